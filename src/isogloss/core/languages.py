"""Languages as XTREME writes them: code → English name, script, family, ISO 639-3 codes.

The first ISO 639-3 code is the one ISO 639 gives for the code; those after it name the same language in some dataset
(Swahili is `swa` and `swh`). Scripts are ISO 15924 and are the one the datasets use. Families are the usual top
level; the branch tells Indo-European and a few other large families apart, so that "leave one family out" can be fair.
"""

from dataclasses import dataclass
from functools import cache

from isogloss.core.errors import UnknownName

ENGLISH = "en"
"""The language of every intermediate task and of all training data."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language; `iso3` holds its ISO 639-3 codes, the usual one first."""

    code: str
    name: str
    script: str
    family: str
    branch: str
    iso3: tuple[str, ...]


def known(code: str) -> Language | None:
    """The language of a code, or None: languages of worlds are in no table."""
    return table().get(code)


def find(code: str) -> Language:
    """The language of a code. Raises UnknownName."""
    try:
        return table()[code]
    except KeyError:
        raise UnknownName.of("language", code, table(), "isogloss/core/languages.py") from None


def codes(text: str) -> tuple[str, ...]:
    """Codes separated by spaces, each of which must be in the table. Raises UnknownName."""
    return tuple(find(code).code for code in text.split())


def distance(one: str, other: str) -> float:
    """How far two languages are by this table: the mean of family (0 one branch, .5 one family, 1) and script (0 or 1).

    Raises UnknownName.
    """
    a, b = find(one), find(other)
    family = 1.0 if a.family != b.family else 0.5 * (a.branch != b.branch)
    return (family + (a.script != b.script)) / 2


@cache
def by_iso3() -> dict[str, str]:
    """ISO 639-3 code → our code."""
    return {iso3: language.code for language in table().values() for iso3 in language.iso3}


@cache
def table() -> dict[str, Language]:
    """code → Language, for every language that a task of ours or a table of published scores has."""
    found = {}
    for line in _TABLE.strip().split("\n"):
        code, iso3, script, family, name = line.split(maxsplit=4)
        top, _, branch = family.replace("_", " ").partition("/")
        found[code] = Language(code, name, script, top, branch or top, tuple(iso3.split(",")))
    return found


_TABLE = """
af  afr          Latn Indo-European/Germanic     Afrikaans
aii aii          Syrc Afro-Asiatic/Semitic       Assyrian
akk akk          Latn Afro-Asiatic/Semitic       Akkadian
am  amh          Ethi Afro-Asiatic/Semitic       Amharic
an  arg          Latn Indo-European/Romance      Aragonese
ang ang          Latn Indo-European/Germanic     Old English
ar  ara,arb      Arab Afro-Asiatic/Semitic       Arabic
arq arq          Arab Afro-Asiatic/Semitic       Algerian Arabic
arz arz          Arab Afro-Asiatic/Semitic       Egyptian Arabic
as  asm          Beng Indo-European/Indo-Aryan   Assamese
ast ast          Latn Indo-European/Romance      Asturian
awa awa          Deva Indo-European/Indo-Aryan   Awadhi
az  aze,azj      Latn Turkic                     Azerbaijani
azb azb          Arab Turkic                     South Azerbaijani
ba  bak          Cyrl Turkic                     Bashkir
bar bar          Latn Indo-European/Germanic     Bavarian
bbj bbj          Latn Niger-Congo/Bantoid        Ghomala'
be  bel          Cyrl Indo-European/Slavic       Belarusian
ber ber          Latn Afro-Asiatic/Berber        Berber languages
bg  bul          Cyrl Indo-European/Slavic       Bulgarian
bho bho          Deva Indo-European/Indo-Aryan   Bhojpuri
bm  bam          Latn Mande                      Bambara
bn  ben          Beng Indo-European/Indo-Aryan   Bengali
bpy bpy          Beng Indo-European/Indo-Aryan   Bishnupriya
br  bre          Latn Indo-European/Celtic       Breton
bs  bos          Latn Indo-European/Slavic       Bosnian
bxr bxr          Cyrl Mongolic                   Buryat
ca  cat          Latn Indo-European/Romance      Catalan
cbk cbk          Latn Creole/Spanish-based       Chavacano
ce  che          Cyrl Northeast_Caucasian        Chechen
ceb ceb          Latn Austronesian/Philippine    Cebuano
ch  cha          Latn Austronesian/Chamorro      Chamorro
ckb ckb          Arab Indo-European/Iranian      Central Kurdish
ckt ckt          Cyrl Chukotko-Kamchatkan        Chukchi
cs  ces          Latn Indo-European/Slavic       Czech
csb csb          Latn Indo-European/Slavic       Kashubian
cu  chu          Cyrl Indo-European/Slavic       Church Slavonic
cv  chv          Cyrl Turkic                     Chuvash
cy  cym          Latn Indo-European/Celtic       Welsh
da  dan          Latn Indo-European/Germanic     Danish
de  deu          Latn Indo-European/Germanic     German
dsb dsb          Latn Indo-European/Slavic       Lower Sorbian
dtp dtp          Latn Austronesian/North_Borneo  Kadazan Dusun
ee  ewe          Latn Niger-Congo/Kwa            Ewe
el  ell          Grek Indo-European/Greek        Greek
en  eng          Latn Indo-European/Germanic     English
eo  epo          Latn Constructed                Esperanto
es  spa          Latn Indo-European/Romance      Spanish
et  est,ekk      Latn Uralic/Finnic              Estonian
eu  eus          Latn Basque                     Basque
fa  fas,pes      Arab Indo-European/Iranian      Persian
fi  fin          Latn Uralic/Finnic              Finnish
fo  fao          Latn Indo-European/Germanic     Faroese
fon fon          Latn Niger-Congo/Kwa            Fon
fr  fra          Latn Indo-European/Romance      French
fro fro          Latn Indo-European/Romance      Old French
fy  fry          Latn Indo-European/Germanic     West Frisian
ga  gle          Latn Indo-European/Celtic       Irish
gd  gla          Latn Indo-European/Celtic       Scottish Gaelic
gl  glg          Latn Indo-European/Romance      Galician
got got          Latn Indo-European/Germanic     Gothic
grc grc          Grek Indo-European/Greek        Ancient Greek
gsw gsw          Latn Indo-European/Germanic     Swiss German
gu  guj          Gujr Indo-European/Indo-Aryan   Gujarati
gv  glv          Latn Indo-European/Celtic       Manx
ha  hau          Latn Afro-Asiatic/Chadic        Hausa
he  heb          Hebr Afro-Asiatic/Semitic       Hebrew
hi  hin          Deva Indo-European/Indo-Aryan   Hindi
hr  hrv          Latn Indo-European/Slavic       Croatian
hsb hsb          Latn Indo-European/Slavic       Upper Sorbian
ht  hat          Latn Creole/French-based        Haitian Creole
hu  hun          Latn Uralic/Ugric               Hungarian
hy  hye          Armn Indo-European/Armenian     Armenian
hyw hyw          Armn Indo-European/Armenian     Western Armenian
ia  ina          Latn Constructed                Interlingua
id  ind          Latn Austronesian/Malayic       Indonesian
ie  ile          Latn Constructed                Interlingue
ig  ibo          Latn Niger-Congo/Igboid         Igbo
io  ido          Latn Constructed                Ido
is  isl          Latn Indo-European/Germanic     Icelandic
it  ita          Latn Indo-European/Romance      Italian
ja  jpn          Jpan Japonic                    Japanese
jv  jav          Latn Austronesian/Javanese      Javanese
ka  kat          Geor Kartvelian                 Georgian
kab kab          Latn Afro-Asiatic/Berber        Kabyle
kk  kaz          Cyrl Turkic                     Kazakh
km  khm          Khmr Austroasiatic/Khmer        Khmer
kn  kan          Knda Dravidian                  Kannada
ko  kor          Kore Koreanic                   Korean
kpv kpv          Cyrl Uralic/Permic              Komi-Zyrian
krl krl          Latn Uralic/Finnic              Karelian
ku  kur,kmr      Latn Indo-European/Iranian      Kurdish
kw  cor          Latn Indo-European/Celtic       Cornish
ky  kir          Cyrl Turkic                     Kyrgyz
kzj kzj          Latn Austronesian/North_Borneo  Coastal Kadazan
la  lat          Latn Indo-European/Italic       Latin
lb  ltz          Latn Indo-European/Germanic     Luxembourgish
lfn lfn          Latn Constructed                Lingua Franca Nova
lg  lug          Latn Niger-Congo/Bantu          Luganda
lmo lmo          Latn Indo-European/Romance      Lombard
lo  lao          Laoo Kra-Dai                    Lao
lt  lit          Latn Indo-European/Baltic       Lithuanian
luo luo          Latn Nilotic                    Luo
lv  lav,lvs      Latn Indo-European/Baltic       Latvian
lzh lzh          Hant Sino-Tibetan/Sinitic       Literary Chinese
max max          Latn Austronesian/Malayic       North Moluccan Malay
mdf mdf          Cyrl Uralic/Mordvinic           Moksha
mg  mlg,plt      Latn Austronesian/Barito        Malagasy
mhr mhr          Cyrl Uralic/Mari                Meadow Mari
min min          Latn Austronesian/Malayic       Minangkabau
mk  mkd          Cyrl Indo-European/Slavic       Macedonian
ml  mal          Mlym Dravidian                  Malayalam
mn  mon,khk      Cyrl Mongolic                   Mongolian
mos mos          Latn Niger-Congo/Gur            Mossi
mr  mar          Deva Indo-European/Indo-Aryan   Marathi
ms  msa,zsm,zlm  Latn Austronesian/Malayic       Malay
mt  mlt          Latn Afro-Asiatic/Semitic       Maltese
my  mya          Mymr Sino-Tibetan/Burmish       Burmese
myv myv          Cyrl Uralic/Mordvinic           Erzya
nb  nob          Latn Indo-European/Germanic     Norwegian Bokmål
nds nds          Latn Indo-European/Germanic     Low German
ne  nep,npi      Deva Indo-European/Indo-Aryan   Nepali
nl  nld          Latn Indo-European/Germanic     Dutch
nn  nno          Latn Indo-European/Germanic     Norwegian Nynorsk
no  nor          Latn Indo-European/Germanic     Norwegian
nov nov          Latn Constructed                Novial
ny  nya          Latn Niger-Congo/Bantu          Chichewa
oc  oci          Latn Indo-European/Romance      Occitan
om  orm,gaz      Latn Afro-Asiatic/Cushitic      Oromo
or  ori,ory      Orya Indo-European/Indo-Aryan   Odia
orv orv          Cyrl Indo-European/Slavic       Old East Slavic
otk otk          Latn Turkic                     Old Turkish
pa  pan          Guru Indo-European/Indo-Aryan   Punjabi
pam pam          Latn Austronesian/Philippine    Kapampangan
pcm pcm          Latn Creole/English-based       Nigerian Pidgin
pl  pol          Latn Indo-European/Slavic       Polish
pms pms          Latn Indo-European/Romance      Piedmontese
pnb pnb          Arab Indo-European/Indo-Aryan   Western Punjabi
ps  pus,pbt      Arab Indo-European/Iranian      Pashto
pt  por          Latn Indo-European/Romance      Portuguese
qu  que,quy,quz  Latn Quechuan                   Quechua
quc quc          Latn Mayan                      K'iche'
ro  ron          Latn Indo-European/Romance      Romanian
ru  rus          Cyrl Indo-European/Slavic       Russian
rw  kin          Latn Niger-Congo/Bantu          Kinyarwanda
sa  san          Deva Indo-European/Indo-Aryan   Sanskrit
scn scn          Latn Indo-European/Romance      Sicilian
sco sco          Latn Indo-European/Germanic     Scots
sd  snd          Arab Indo-European/Indo-Aryan   Sindhi
sh  hbs          Latn Indo-European/Slavic       Serbo-Croatian
si  sin          Sinh Indo-European/Indo-Aryan   Sinhala
sk  slk          Latn Indo-European/Slavic       Slovak
sl  slv          Latn Indo-European/Slavic       Slovenian
sme sme          Latn Uralic/Sami                Northern Sami
sms sms          Latn Uralic/Sami                Skolt Sami
sn  sna          Latn Niger-Congo/Bantu          Shona
so  som          Latn Afro-Asiatic/Cushitic      Somali
sq  sqi,als      Latn Indo-European/Albanian     Albanian
sr  srp          Cyrl Indo-European/Slavic       Serbian
su  sun          Latn Austronesian/Sundanese     Sundanese
sv  swe          Latn Indo-European/Germanic     Swedish
sw  swa,swh      Latn Niger-Congo/Bantu          Swahili
swg swg          Latn Indo-European/Germanic     Swabian
ta  tam          Taml Dravidian                  Tamil
te  tel          Telu Dravidian                  Telugu
tg  tgk          Cyrl Indo-European/Iranian      Tajik
th  tha          Thai Kra-Dai                    Thai
tk  tuk          Latn Turkic                     Turkmen
tl  tgl,fil      Latn Austronesian/Philippine    Tagalog
tn  tsn          Latn Niger-Congo/Bantu          Setswana
tr  tur          Latn Turkic                     Turkish
tt  tat          Cyrl Turkic                     Tatar
tw  twi          Latn Niger-Congo/Kwa            Twi
tzl tzl          Latn Constructed                Talossan
ug  uig          Arab Turkic                     Uyghur
uk  ukr          Cyrl Indo-European/Slavic       Ukrainian
ur  urd          Arab Indo-European/Indo-Aryan   Urdu
uz  uzb,uzn      Latn Turkic                     Uzbek
vi  vie          Latn Austroasiatic/Vietic       Vietnamese
vo  vol          Latn Constructed                Volapük
war war          Latn Austronesian/Philippine    Waray
wbp wbp          Latn Pama-Nyungan               Warlpiri
wo  wol          Latn Niger-Congo/Atlantic       Wolof
wuu wuu          Hans Sino-Tibetan/Sinitic       Wu Chinese
xh  xho          Latn Niger-Congo/Bantu          Xhosa
yi  yid          Hebr Indo-European/Germanic     Yiddish
yo  yor          Latn Niger-Congo/Yoruboid       Yoruba
yue yue          Hant Sino-Tibetan/Sinitic       Cantonese
zh  zho,cmn      Hans Sino-Tibetan/Sinitic       Chinese
zu  zul          Latn Niger-Congo/Bantu          Zulu
"""

XTREME_R = codes(
    "af ar az bg bn de el en es et eu fa fi fr gu he hi ht hu id it ja jv ka kk ko lt ml mr ms my nl pa pl pt qu ro "
    "ru sw ta te th tl tr uk ur vi wo yo zh"
)
"""The 50 languages of XTREME-R."""
