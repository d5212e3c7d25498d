"""Whether a passage takes a number the way a claim does: sign, bound, unit, direction, negation and hedges.

A number that stands in a passage for the same thing is not yet what the passage says: "−5.4", "at least 5.4", "to 5.4"
for "by 5.4", "5.4 days" for "5.4 hours", "falls" for "rises", "does not gain 5.4" and "may gain 5.4" are other claims.
"""

import re
from collections.abc import Sequence
from functools import cache

from isogloss.evidence.figures import COUNT, PLAIN, Figure
from isogloss.literature.words import STOP, stem, stems

NOT = re.compile(r"\b(?:not|no|never|neither|nor|cannot|without|hardly|barely)\b|n['’]t\b", re.IGNORECASE)
_FAIL = re.compile(r"\b(?:fail(?:s|ed|ing|ures?)?|unable|lack(?:s|ed|ing)?|none|nothing|nobody|rather than)\b", re.I)
_MODAL = re.compile(
    r"\b(?:may|might|could|would|should|possibl[ey]|potential(?:ly)?|perhaps|expect(?:s|ed)?|estimat(?:e|es|ed)"
    r"|hypothesi[sz]\w*|suggest(?:s|ed|ing)?|seem(?:s|ed)?|appear(?:s|ed)?|likely|sometimes|occasionally|if|unless"
    r"|in (?:some|many|most) cases|at best|projected|claim(?:s|ed)?|reported(?:ly)?|believed?|assum(?:e|es|ed|ing))\b",
    re.IGNORECASE,
)
_UP = """improve improvement gain increase outperform exceed surpass raise boost higher better greater accurate bring
advance rise rose risen grow grew growth climb win superior faster stronger more"""
_DOWN = """drop decrease lose loss reduce reduction lower worse worsen worst fewer degrade degradation decline fall fell
fallen hurt smaller cost underperform inferior slower weaker shrink less diminish harm deteriorate"""
_CLAUSE = re.compile(r"[;:]\s|\.\s+(?=[A-Z])|\b(?:but|while|whereas|although|though|however|yet)\b")
"""Where a negation ends. Not at commas: "it does not, as was hoped, gain 5.4"."""
_LED = re.compile(
    r"(?<!up )\b(by|to|from)\s+(?:(?:an?|the|average|mean|total|about|around|roughly|approximately|almost|nearly|only"
    r"|just|of|at|least|most|more|than|over)\s+)*$",
    re.IGNORECASE,
)
_MEASURES = """second minute hour day week month year ms gram kg mg ml mm cm km meter metre degree dollar usd euro kb mb
gb tb bit byte watt kwh hz token word sentence character"""
_BOUNDS = {
    "most": "at most", "least": "at least", "under": "less than", "over": "more than", "about": "about",
    "first": "a range or a change that begins with", "last": "a range or a change that ends with", "": "exactly",
}  # fmt: skip


def objection(claim: str, passage: str, wanted: Sequence[Figure], there: Sequence[Figure]) -> str:
    """Why equal numbers do not make a passage say what a claim says, in words; "" where nothing objects."""
    for figure in wanted:
        equal = [other for other in there if figure.alike(other) and figure.equal(other)]
        told = [_one(claim, figure, passage, other) for other in equal]
        if told and all(told):
            return told[0]
    mine, theirs = sides(stems(claim), claim), sides(stems(passage), passage)
    signs = {1 if figure.sign > 0 else -1 for figure in there if figure.sign}
    if len(mine) == 1 and theirs | signs and not mine & (theirs | signs):
        return "the number stands there, with the opposite direction"
    said = {_root(each) for each in _MODAL.findall(claim)}
    hedges = [each for each in _MODAL.findall(passage) if _root(each) not in said]
    return f"the number stands there, after “{hedges[0].lower()}”, which the claim leaves out" if hedges else ""


def _one(claim: str, figure: Figure, passage: str, other: Figure) -> str:
    """What objects to one pair of equal numbers."""
    if (figure.sign < 0) != (other.sign < 0):
        return f"{figure.text.strip()} in the claim, {other.text.strip()} in the passage: another sign"
    if figure.bound != other.bound and not (figure.bound == "about" and not other.bound):
        return f"the passage says {_BOUNDS[other.bound]} {other.text.strip()}"
    led = [match[1].lower() if match else "" for match in (_LED.search(claim[: figure.start]),
           _LED.search(passage[: other.start]))]  # fmt: skip
    if all(led) and led[0] != led[1]:
        return f"the passage says “{led[1]} {other.text.strip()}”, the claim “{led[0]} {figure.text.strip()}”"
    measures = [_measure(text[each.end :]) for text, each in ((claim, figure), (passage, other))]
    lost = figure.unit == PLAIN and bool(figure.noun) and not set(figure.noun) & set(stems(passage))
    if COUNT not in (figure.unit, other.unit) and (measures[0] != measures[1] or lost):
        return f"{figure.text.strip()} stands there, in another unit"
    mine, theirs = _way(claim, figure), _way(passage, other)
    if mine and theirs and mine != theirs:
        return "the number stands there, with the opposite direction"
    if len(_negations(_clause(claim, figure))) != len(_negations(_clause(passage, other))):
        return "the number stands there, in a clause with another negation"
    return ""


def _negations(text: str) -> list[str]:
    return [*NOT.findall(text), *_FAIL.findall(text)]


def _clause(text: str, figure: Figure) -> str:
    """The clause of a text that holds a figure."""
    cuts = [found.end() for found in _CLAUSE.finditer(text)]
    start = max((cut for cut in cuts if cut <= figure.start), default=0)
    return text[start : min((cut for cut in cuts if cut >= figure.end), default=len(text))]


def _measure(after: str) -> str:
    """The unit of time, size or money that follows a number; "" for none."""
    found = re.match(r"[\s-]?([A-Za-z]+)", after)
    word = stem(found[1].lower()) if found and found[1].lower() not in STOP else ""
    return word if word in _stemmed(_MEASURES) else ""


def _way(text: str, figure: Figure) -> int:
    """1 for up, -1 for down, 0 for neither or both, by the sign and the words around a figure."""
    near = text[max(0, figure.start - 60) : figure.end + 40]
    if figure.sign:
        return 1 if figure.sign > 0 else -1
    named = sides(stems(near), near)
    return sum(named) if len(named) == 1 else 0


def sides(words: Sequence[str], text: str) -> set[int]:
    """The directions that words name: 1 up, -1 down."""
    small = set(re.findall(r"\b(?:more|less|fewer)\b", text.lower()))
    said = {*words, *map(stem, small)}
    return {side for side, names in ((1, _UP), (-1, _DOWN)) if said & _stemmed(names)}


@cache
def _stemmed(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


def _root(hedge: str) -> str:
    return stem(hedge.lower().split()[0])
