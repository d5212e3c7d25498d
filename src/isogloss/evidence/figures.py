"""Figures in a text: value, unit, what is counted, and how it is bounded; number words count, numbers in names do not.

"a 5.4 point improvement"        5.4 points
"+14.6% average accuracy"        14.6 points: per cent and points are one unit, as papers use them
"nine intermediate tasks"        9, counting intermediate tasks
"up to 27.3 points", "3.2x"      27.3 points at most; 3.2 times
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from isogloss.literature.words import NUMBERS, SCALES, STOP, TENS, stem

POINTS, TIMES, COUNT, PLAIN, YEAR, RATIO = "points", "times", "count", "plain", "year", "ratio"
_WORDS = "|".join(sorted({*NUMBERS, *TENS, *SCALES} - {"zero"}, key=len, reverse=True))
_NUMBER = re.compile(
    rf"""(?<![\w.·])(?<![A-Za-z]-)(?P<sign>[+−–-](?=\d))?
    (?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:[.·]\d+)?|\.\d+)(?!·\d)(?:(?P<suffix>[kKMB](?![\w]))|\s(?P<scale>thousand|million|billion|trillion)\b)?
    |(?P<words>(?:{_WORDS})(?:[\s-](?:and\s)?(?:{_WORDS}))*)(?![\w]))""",
    re.VERBOSE | re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s?(?P<points>%|per\s?cent\b|percentage[- ]points?\b"
    r"|(?:absolute |relative |average |accuracy |F1 |BLEU )?points?\b|pp\b|(?:absolute )?BLEU\b)"
    r"|\s?(?P<times>×|x(?![\w])|times\b|-?\s?fold\b)",
    re.IGNORECASE,
)
_BOUND = (
    ("most", r"(?:up to|at most|as much as|as many as|no more than|maximum of)"),
    ("least", r"(?:at least|no less than|no fewer than|minimum of)"),
    ("under", r"(?:less than|fewer than|lower than|below|under)"),
    ("over", r"(?:more than|greater than|higher than|over|above|exceeding)"),
    ("about", r"(?:about|around|roughly|approximately|nearly|almost|some|ca\.|~|∼|≈)"),
)
_CITATION = re.compile(r"\((?:[^()]*\bet al\b[^()]*|[^()]*\b(?:19|20)\d\d[a-z]?(?:[;,][^()]*)?)\)|\[\d+(?:,\s*\d+)*\]")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number of a text."""

    value: float
    unit: str
    start: int
    end: int
    """Offsets in the text, the unit included."""
    text: str
    noun: tuple[str, ...] = ()
    """Stems of what is counted, head last; of other units, the words after it."""
    head: str = ""
    bound: str = ""
    """"most" (at most), "least", "under" (less than), "over", "about"; "first" and "last" of a range; or ""."""
    sign: int = 0
    """1 or -1 where one is written."""

    def equal(self, other: "Figure") -> bool:
        """Whether two numbers are the same, signs aside; "about 5" is 5.4."""
        if abs(self.value - other.value) < 1e-9 * max(1.0, abs(self.value)):
            return True
        return self.bound == "about" and round(other.value) == self.value

    def alike(self, other: "Figure") -> bool:
        """Whether two figures can be compared at all."""
        if self.unit == other.unit == COUNT:
            return self.counts(other)
        scores = (POINTS, PLAIN)
        return self.unit == other.unit or (self.unit in scores and other.unit in scores)

    def counts(self, other: "Figure", *, loose: bool = False) -> bool:
        """Whether two counts are of the same things; `loose` for a claim that breaks off before it says of what."""
        mine, theirs = set(self.noun) - {self.head}, set(other.noun) - {other.head}
        shared = set(self.noun) & set(other.noun)
        if self.head == other.head:
            return not (mine and theirs) or bool(mine & theirs)
        return len(shared) >= (1 if loose else 2)


def uncited(text: str) -> str:
    """A text with its citations blanked out, offsets kept."""
    return _CITATION.sub(lambda found: " " * len(found[0]), text)


@lru_cache(maxsize=4096)
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a text, in order; those of citations, lists and names left out."""
    text = uncited(text)
    numbers = []
    for match in _NUMBER.finditer(text):
        if _no_figure(text, match):
            continue
        value = _value(match)
        unit = _UNIT.match(text, match.end())
        end = unit.end() if unit else match.end()
        noun, head = _counted(text[end:])
        kind = POINTS if unit and unit["points"] else TIMES if unit else _bare(match, value, noun)
        numbers.append(Figure(
            value=value, unit=kind, start=match.start(), end=end, text=text[match.start() : end], noun=noun, head=head,
            bound=_bound(text[: match.start()], text[end:]), sign=_sign(match, text[: match.start()]),
        ))  # fmt: skip
    return tuple(_ranged(_united(numbers, text), text))


def raw(text: str) -> set[float]:
    """Every number written in a text, in names and lists too: what no claim may have that its passage has not."""
    digits = {float(each.replace(",", "")) for each in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", uncited(text))}
    words = {word for word in re.findall(r"[a-z]+", uncited(text).lower()) if word in NUMBERS or word in TENS}
    return digits | {float(NUMBERS.get(word, TENS.get(word, 0))) for word in words}


def _no_figure(text: str, match: re.Match[str]) -> bool:
    """Numbers of lists, sections and names: "(1)", "Section 3", "Task 1", "GPT-3", "top-5", "F1"."""
    before, after = text[max(0, match.start() - 14) : match.start()], text[match.end() : match.end() + 3]
    if match[0].lower() == "one" and after[:1] != "-" and _somebody(before, text[match.end() :]):
        return True
    if match["digits"] and "." not in match[0] and (re.match(r"/\d", after) or re.search(r"\d/$", before)):
        return True
    if re.search(
        r"\b(?:section|table|figure|fig\.|task|version|v|equation|appendix|chapter|step|type|phase)\s?$", before, re.I
    ):
        return True
    if re.match(r"-[A-Za-z]", after) and match["words"] is None:
        return not re.match(
            r"-(?:point|fold|way|shot|lang|task|layer|dim|bit|phase|class)", text[match.end() : match.end() + 9]
        )
    if re.match(r"[A-Za-z]", after[:1]) and not re.match(r"x(?!\w)", after) and match["suffix"] is None:
        return True
    if (
        match["digits"]
        and "." not in match["digits"]
        and re.search(r"\b(?!and\b|to\b)[a-z]{4,} $", before)
        and _bareword(text, match)
    ):
        return True
    listed = text[match.start() - 1 : match.start()] == "(" and after[:1] == ")" and "." not in match[0]
    return listed or bool(re.search(r"[A-Za-z]\d*$", before[-1:]))


def _somebody(before: str, after: str) -> bool:
    """Whether "one" counts nothing: "no one knows", "one can see"; "one of the datasets" does count."""
    if _OF_MANY.match(after):
        return False
    return bool(_NONE.search(before) or _NOBODY.match(after) or (_EACH.search(before) and not _MANY.match(after)))


_OF_MANY = re.compile(
    r"\s+of\s+(?:the|these|those|our|its|their|all)\s+(?!best|most|first|main|key)(?:[a-z-]+\s)?[a-z-]{3,}s\b"
)
_NOBODY = re.compile(
    r"\s+(?:of|another|can|could|or|more|hand|way|the|to|such|may|might|is|side|has|that|who|must|by)\b|[.,;]"
)
_MANY = re.compile(r"(?:[\s-]+[a-z-]+){0,2}?[\s-]+[a-z]{3,}[^s\W]s\b")
_NONE = re.compile(r"\b(?:no|any|every|each|this|that|which|another)\s$", re.IGNORECASE)
_EACH = re.compile(r"\b(?:only|a|new|first|second|last|the|some|from|as)\s$", re.IGNORECASE)


def _bareword(text: str, match: re.Match[str]) -> bool:
    """Whether a whole number is a label of the word before it ("grade 2", "type 2"): nothing is counted after it."""
    after = text[match.end() :]
    unit, noun = _UNIT.match(text, match.end()), () if after.startswith(" of ") else _counted(after)[0]
    word = text[: match.start()].split()[-1].lower()
    return not unit and not noun and word not in STOP and word not in _BEFORE and not word.endswith("s")


_BEFORE = frozenset(
    ("about", "around", "reach", "score", "roughly", "approximately", "nearly", "almost", "exactly", "only", "least")
)


def _value(match: re.Match[str]) -> float:
    if match["digits"]:
        value = float(match["digits"].replace(",", "").replace("·", "."))
        scale = SCALES.get((match["scale"] or "").lower(), 1)
        return value * scale * {"k": 1e3, "m": 1e6, "b": 1e9}.get((match["suffix"] or "").lower(), 1)
    total, part = 0.0, 0.0
    for word in re.split(r"[\s-]+", match["words"].lower()):
        if word == "and":
            continue
        if word in SCALES:
            part = (part or 1) * SCALES[word]
            if SCALES[word] > 100:
                total, part = total + part, 0.0
        else:
            part += NUMBERS.get(word, TENS.get(word, 0))
    return total + part


def _bare(match: re.Match[str], value: float, noun: tuple[str, ...]) -> str:
    if match["digits"] and re.fullmatch(r"(?:19|20)\d\d", match["digits"]) and match["suffix"] is None:
        return YEAR
    whole = value == int(value) and not (match["digits"] and "." in match["digits"])
    return COUNT if whole and noun else PLAIN


def _counted(after: str) -> tuple[tuple[str, ...], str]:
    """(stems, head) of the words that follow a number, as far as it can count them; "pairs of tasks" goes on."""
    words: list[str] = []
    links: set[str] = set()
    head = ""
    for match in re.finditer(r"[\s-]+(?:(of)\s+(?:the\s+)?)?([A-Za-z][A-Za-z'-]*)", after):
        word = match[2].lower()
        if (
            after[match.start() - 1 : match.start()] in (",", ";", ".", ":", ")")
            or match.start() > 70
            or len(words) >= 6
        ):
            break
        if re.search(r"[^\w\s'-]", after[: match.start()]) or (word in STOP and not match[1] and word != "and"):
            break
        if word in NUMBERS or word in TENS or (head and not match[1] and "of" not in links):
            break
        links.add(match[1] or "")
        if word in STOP:
            continue
        parts = [part for part in word.split("-") if part]
        words += parts
        if not head and parts and re.search(r"[^s]s$", parts[-1]) and len(parts[-1]) > 3:
            head = stem(parts[-1])
    if words and words[0] in SCALES:
        words = words[1:]
    stems = tuple(dict.fromkeys(stem(word) for word in words))
    return stems, head or (stems[-1] if stems else "")


def _sign(match: re.Match[str], before: str) -> int:
    if match["sign"]:
        return 1 if match["sign"] == "+" else -1
    return -1 if re.search(r"\b(?:minus|negative)\s$", before, re.IGNORECASE) else 0


def _bound(before: str, after: str) -> str:
    later = re.match(
        r"\s*(?:or|and)\s+(more|better|higher|above|less|fewer|lower|below)\b|\+(?!\w)", after, re.IGNORECASE
    )
    if later:
        return "most" if (later[1] or "").lower() in ("less", "fewer", "lower", "below") else "least"
    before = before[-28:]
    for name, words in _BOUND:
        if re.search(
            rf"\b{words}\s+(?:an?\s+|the\s+)?[+−-]?$|[~∼≈]\s?$" if name == "about" else rf"\b{words}\s+[+−-]?$",
            before,
            re.I,
        ):
            return name
    return ""


def _ranged(numbers: list[Figure], text: str) -> list[Figure]:
    """Both ends of "3 to 7 points", "3–7" and "between 3 and 7" are not values of their own."""
    ranged = list(numbers)
    for place, (one, following) in enumerate(pairwise(numbers)):
        joint = " ".join(text[one.end : following.start].lower().split())
        between = joint == "and" and re.search(r"\bbetween\s+$", text[: one.start], re.IGNORECASE)
        if joint in ("-", "–", "—", "to", "up to") or between:
            ranged[place] = replace(ranged[place], bound="first")
            ranged[place + 1] = replace(ranged[place + 1], bound="last")
        if joint in ("in", "in every", "out of", "of every"):  # "one in five" counts nothing
            ranged[place : place + 2] = [replace(each, unit=RATIO) for each in ranged[place : place + 2]]
    return ranged


def _united(numbers: list[Figure], text: str) -> list[Figure]:
    """Numbers of one list share the unit that is written after the last: "8.2, 7.5, and 7.0 points", "10-20%"."""
    united = list(numbers)
    for place in range(len(united) - 2, -1, -1):
        one, following = united[place], united[place + 1]
        between = text[one.end : following.start]
        listed = re.fullmatch(r"(?:\s*(?:,|and|or|,\s*and|to|[-–/])\s*)", between)
        bare = one.unit == PLAIN or (one.unit == COUNT and not one.noun)
        if listed and bare and following.unit in (POINTS, TIMES):
            united[place] = replace(one, unit=following.unit, noun=following.noun, head=following.head)
    return united
