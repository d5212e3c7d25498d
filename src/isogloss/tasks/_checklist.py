"""Filling MultiCheckList's templates: which translation goes with which values, and names to fill them with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from isogloss.core.seeds import rng
from isogloss.formats.checklist import Cell, Template, last_words

SLOT = re.compile(r"\{(?:[a-z]:)?([^{}]+)\}")
SEPARATOR = re.compile(r"[,،，၊]")
SENTENCE = re.compile(r"(^|[.!?]\s+)(\w)")
"""Where a sentence begins."""
PROPERTIES = ("color", "size", "age", "shape", "material")
NAMES = {
    "Latn": "Martin Daniel Adam Viktor Anton Samuel",
    "Cyrl": "Мартин Антон Виктор Адам Самуил Давид",
    "Grek": "Γιώργος Νίκος Κώστας Πέτρος Ανδρέας Στέλιος",
    "Arab": "سامر کریم یونس عادل طارق رامی",
    "Hebr": "דוד משה יוסף אורי נועם איתן",
    "Deva": "राहुल अमित मोहन विजय संजय अर्जुन",
    "Beng": "রাহুল অমিত মোহন বিজয় সঞ্জয় অর্জুন",
    "Gujr": "રાહુલ અમિત મોહન વિજય સંજય અર્જુન",
    "Guru": "ਰਾਹੁਲ ਅਮਿਤ ਮੋਹਨ ਵਿਜੈ ਸੰਜੇ ਅਰਜੁਨ",
    "Taml": "ராகுல் அமித் மோகன் விஜய் சஞ்சய் அர்ஜுன்",
    "Telu": "రాహుల్ అమిత్ మోహన్ విజయ్ సంజయ్ అర్జున్",
    "Mlym": "രാഹുൽ അമിത് മോഹൻ വിജയ് സഞ്ജയ് അർജുൻ",
    "Mymr": "အောင် ကျော် မင်း ဇော် နိုင် ထွန်း",
    "Thai": "สมชาย ธนา วิชัย อนันต์ ประเสริฐ สุรชัย",
    "Geor": "გიორგი დავით ნიკა ლევან ირაკლი თორნიკე",
    "Jpan": "太郎 健太 翔太 大輔 直樹 和也",
    "Kore": "민수 지훈 성호 영수 동현 준호",
    "Hans": "李明 王伟 张强 刘洋 陈杰 赵磊",
}
"""Names of men, since many templates are declined for a man only, as in the official generator."""


@dataclass(frozen=True, kw_only=True)
class Draw:
    """What one case is about, in English, and so the same in every language: row numbers of the values, and names."""

    rows: Mapping[str, int]
    properties: tuple[str, str]
    names: tuple[int, int, int]
    context: int


@dataclass(frozen=True, kw_only=True)
class Case:
    """One question about one context. `start` is where the answer begins."""

    number: int
    question: int
    context: str
    text: str
    answer: str
    start: int


@dataclass
class Filled:
    """The cases of a test, and how many draws a language could not say."""

    cases: list[Case] = field(default_factory=list)
    left_out: int = 0


def draw(english: Template, number: int) -> Draw:
    """The n-th draw of a test; it depends on the English template only."""
    sizes = tuple((kind, len(cells)) for kind, cells in sorted(english.values.items()))
    return _draw(english.name, sizes, len(english.contexts), number)


@cache
def _draw(name: str, sizes: tuple[tuple[str, int], ...], contexts: int, number: int) -> Draw:
    random = rng(f"multichecklist/{name}", str(number))
    rows = {kind: int(random.integers(size)) for kind, size in sizes}
    first, second = (PROPERTIES[i] for i in random.permutation(len(PROPERTIES))[:2])
    one, two, three = (int(i) for i in random.permutation(6)[:3])
    return Draw(rows=rows, properties=(first, second), names=(one, two, three), context=int(random.integers(contexts)))


class Test:
    """One test in one language, ready to be filled."""

    def __init__(self, template: Template, english: Template, script: str) -> None:
        self.template = template
        self.english = english
        self.names = NAMES[script].split()
        self.words = {kind: [last_words(cell[0]) for cell in cells] for kind, cells in english.values.items()}
        """English row → what restrictions call it, per kind of value; contexts are a kind, too."""
        self.words["Context"] = [last_words(cell[0]) for cell in english.contexts]
        self.vocabulary = {kind: frozenset().union(*words) for kind, words in self.words.items()}

    def fill(self, draws: int) -> Filled:
        """So many draws. A question whose values, wording or answer the language lacks, whose answer does not stand in
        its context, or that an earlier draw has asked already, is left out and counted.
        """
        filled = Filled()
        seen: set[tuple[str, str]] = set()
        for number in range(draws):
            drawn = draw(self.english, number)
            slots = self._slots(drawn)
            for question in range(len(self.english.questions)):
                case = None if slots is None else self._case(slots, drawn, number, question)
                if case is None or (case.context, case.text) in seen:
                    filled.left_out += 1
                else:
                    seen.add((case.context, case.text))
                    filled.cases.append(case)
        return filled

    def _case(self, slots: dict[str, str], drawn: Draw, number: int, question: int) -> Case | None:
        properties = (drawn.properties[question % 2],)
        template = self.template
        context = self._choose(template.contexts, drawn.context, drawn, drawn.properties)
        text = self._choose(template.questions, question, drawn, properties)
        answer = self._choose(template.answers, question, drawn, properties)
        if context is None or text is None or answer is None:
            return None
        if question == 1:  # some second questions name the first property (German): the second is meant
            text = text.replace("p.p1", "p.p2")
        if {slot for part in (context, text, answer) for slot in SLOT.findall(part)} - set(slots):
            return None
        context, text, answer = (SLOT.sub(lambda match: slots[match[1]], part) for part in (context, text, answer))
        context = SENTENCE.sub(lambda match: match[1] + match[2].upper(), context)
        start = context.find(answer)
        if start < 0 or not answer:
            return None
        return Case(number=number, question=question, context=context, text=text, answer=answer, start=start)

    def _choose(self, cells: list[Cell], row: int, drawn: Draw, properties: tuple[str, ...]) -> str | None:
        """The first translation of a row that may be used with the values drawn."""
        if row >= len(cells):
            return None
        return next((variant.text for variant in cells[row][1] if self._fits(variant.only, drawn, properties)), None)

    def _fits(self, only: frozenset[str], drawn: Draw, properties: tuple[str, ...]) -> bool:
        """Whether a restriction allows a draw: of every kind of value it mentions, it must mention the one drawn."""
        if not only:
            return True
        if only & set(PROPERTIES) and not only & set(properties):
            return False
        for kind, words in self.words.items():
            row = drawn.context if kind == "Context" else drawn.rows[kind]
            if kind != "property" and only & self.vocabulary[kind] and not only & words[row]:
                return False
        return True

    def _slots(self, drawn: Draw) -> dict[str, str] | None:
        """What fills each slot in this language; None when a value that was drawn has no translation."""
        one, two, three = (self.names[i] for i in drawn.names)
        slots = {"first_name": one, "first_name1": two, "first_name2": three}
        for kind in self.english.values:
            if kind == "property" or (kind in PROPERTIES and kind not in drawn.properties):
                continue
            text = self._choose(self.template.values.get(kind, []), drawn.rows[kind], drawn, drawn.properties)
            if text is None:
                return None
            slots["s" if kind == "state" else kind] = text
            parts = [part.strip() for part in SEPARATOR.split(text) if part.strip()]
            parts = text.split(" ") if len(parts) == 1 and kind in ("adj", "obj") else parts
            slots |= {f"{kind}[{i}]": part for i, part in enumerate(parts)}
            slots.setdefault(f"{kind}[1]", parts[0])
        named = {english: variants for english, variants in self.template.values.get("property", []) if variants}
        for place, name in enumerate(drawn.properties, 1):
            slots |= {f"p.v{place}": slots[name]} if name in slots else {}
            slots |= {f"p.p{place}": named[name][0].text} if name in named else {}
        return slots
