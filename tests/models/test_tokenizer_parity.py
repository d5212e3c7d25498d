"""A saved tokenizer cuts 40 languages as it did before, and what cuts otherwise is another tokenizer, encoder and run.

transformers 5 changed how some models' tokenizers are built, silently for those who load them; so ids are compared on
sentences of many scripts, not only a fingerprint on itself. Sentences are our own.
"""

import json
import shutil
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from isogloss.core.spec import Published, RunSpec
from isogloss.models.encoder import load_subwords
from isogloss.models.tokenizer import KINDS, Subwords, train
from isogloss.plan.census import Census
from isogloss.plan.resolve import Resolver
from isogloss.store.store import Store

SENTENCES = {
    "af": "Die brood is vars en die koffie is warm.",
    "am": "ዛሬ ዝናብ ይዘንባል።",
    "ar": "الخبز طازج والقهوة ساخنة.",
    "az": "Çörək təzədir, qəhvə isə istidir.",
    "bg": "Хлябът е пресен, а кафето е топло.",
    "bn": "রুটি তাজা আর কফি গরম।",
    "bo": "དེ་རིང་ཆར་པ་འབབ་ཀྱི་འདུག",
    "de": "Das Brot ist frisch, der Kaffee heiß.",
    "el": "Το ψωμί είναι φρέσκο και ο καφές ζεστός.",
    "en": "The bread is fresh and the coffee isn't cold.",
    "es": "¿El pan está fresco? ¡El café, también!",
    "et": "Leib on värske ja kohv on kuum.",
    "eu": "Ogia freskoa da eta kafea beroa.",
    "fa": "نان تازه است و قهوه داغ می‌باشد.",
    "fi": "Leipä on tuoretta ja kahvi kuumaa.",
    "fr": "Le pain est frais, l’œuf est cuit.",
    "ga": "Tá an t-arán úr agus an caife te.",
    "gu": "રોટલી તાજી છે અને કોફી ગરમ છે.",
    "he": "הלחם טרי והקפה חם.",
    "hi": "रोटी ताज़ा है और कॉफ़ी गरम है।",
    "hu": "A kenyér friss, a kávé forró.",
    "hy": "Հացը թարմ է, սուրճը՝ տաք։",
    "id": "Rotinya segar dan kopinya panas.",
    "ja": "パンは新しくて、コーヒーは熱いです。",
    "jv": "Rotine anyar lan kopine panas.",
    "ka": "პური ახალია და ყავა ცხელია.",
    "kk": "Нан жаңа, ал кофе ыстық.",
    "km": "ថ្ងៃនេះមានភ្លៀង។",
    "kn": "ಇಂದು ಮಳೆ ಬರುತ್ತದೆ.",
    "ko": "빵은 신선하고 커피는 뜨겁습니다.",
    "lo": "ມື້ນີ້ຝົນຕົກ.",
    "ml": "ഇന്ന് മഴ പെയ്യും.",
    "mr": "भाकरी ताजी आहे आणि कॉफी गरम आहे.",
    "my": "ဒီနေ့ မိုးရွာတယ်။",
    "pa": "ਅੱਜ ਮੀਂਹ ਪਵੇਗਾ।",
    "qu": "Kunan p'unchaw paraqa chayamunqa.",
    "ru": "Хлеб свежий, а кофе — горячий ещё.",
    "si": "අද වැස්ස එනවා.",
    "sw": "Mkate ni mpya na kahawa ni moto.",
    "ta": "இன்று மழை பெய்யும்.",
    "te": "ఈరోజు వర్షం పడుతుంది.",
    "th": "วันนี้ฝนตกและกาแฟร้อน",
    "tr": "Ekmek taze, kahve ise sıcak; İstanbul ılık.",
    "ur": "روٹی تازہ ہے اور کافی گرم ہے۔",
    "vi": "Bánh mì mới và cà phê còn nóng.",
    "yo": "Búrẹ́dì náà tútù, kọfí sì gbóná.",
    "zh": "面包很新鲜，咖啡很热。",
    "composed": "café cafe\u0301 ﬁn ２０ ½ \u00a0non-breaking",
    "signs": "🙂👩‍👩‍👧 ✓ €5.00 #tag @you  two  spaces\ttab",
}
"""Language → a sentence; and two lines of what normalisers treat in their own ways."""


def subwords_of(kind: str, xlmr: Path) -> Subwords:
    if kind == "xlmr":
        return load_subwords(xlmr)
    return Subwords(train(list(SENTENCES.values()) * 3, kind=kind, vocabulary=600, positions=64))


def cut(subwords: Subwords) -> list[list[int]]:
    return [ids.tolist() for ids in subwords.ids(list(SENTENCES.values()))]


@pytest.mark.parametrize("kind", ["xlmr", *KINDS])
def test_forty_languages_are_cut_the_same_after_saving_and_loading(kind: str, xlmr: Path, tmp_path: Path) -> None:
    """Texts, words in lists and framed pairs have the same ids, by our loader and by plain transformers; the
    fingerprint is the same, also after a second round."""
    assert len(SENTENCES) >= 40
    before = subwords_of(kind, xlmr)
    before.tokenizer.save_pretrained(tmp_path / "once")
    once = Subwords(AutoTokenizer.from_pretrained(tmp_path / "once"))
    once.tokenizer.save_pretrained(tmp_path / "twice")
    twice = Subwords(AutoTokenizer.from_pretrained(tmp_path / "twice"))
    words = [word for text in SENTENCES.values() for word in text.split()]
    for after in (once, twice):
        assert cut(after) == cut(before)
        assert [ids.tolist() for ids in after.words(words)] == [ids.tolist() for ids in before.words(words)]
        assert (after.frame, after.pad, after.mask, after.unknown) == (
            before.frame, before.pad, before.mask, before.unknown,
        )  # fmt: skip
        assert after.fingerprint == before.fingerprint
    rows = twice.tokenizer(list(SENTENCES.values()))["input_ids"]
    assert [before.frame.wrap(ids)[0].tolist() for ids in before.ids(list(SENTENCES.values()))] == rows
    kinds = {tuple(ids) for ids in cut(before)}
    assert len(kinds) > 40 or kind == "xlmr"  # its ten sentences know few scripts: the others are unknown alike


def test_a_tokenizer_that_cuts_otherwise_is_another_tokenizer_and_another_run(xlmr: Path, tmp_path: Path) -> None:
    """Another pre-tokenizer, as a changed default would be: other ids, another fingerprint, and an encoder in
    that folder makes another run, so nothing cached of the first is taken for it."""
    changed = tmp_path / "changed"
    shutil.copytree(xlmr, changed)
    path = changed / "tokenizer.json"
    body = json.loads(path.read_text("utf-8"))
    body["pre_tokenizer"] = {"type": "Whitespace"}
    path.write_text(json.dumps(body), "utf-8")
    from transformers import PreTrainedTokenizerFast

    specials = dict(AutoTokenizer.from_pretrained(xlmr).special_tokens_map)
    other = Subwords(PreTrainedTokenizerFast(tokenizer_file=str(path), **specials))
    same = load_subwords(xlmr)
    assert cut(other) != cut(same)
    assert other.fingerprint != same.fingerprint
    runs = [
        Resolver(lambda _: None, Census(Store(tmp_path / "store"), tmp_path)).run(  # type: ignore[arg-type,return-value]
            RunSpec(encoder=Published(name=str(folder)))
        )
        for folder in (xlmr, changed)
    ]
    assert runs[0].run_id != runs[1].run_id
