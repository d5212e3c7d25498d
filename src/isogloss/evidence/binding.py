"""Whether a passage says what a claim says with a figure: the same number, of the same thing, about the same names.

A false claim near its source swaps a number with that of another metric, so that a number stands in the passage is not
enough. Each figure of a passage has a segment: the words that go with it and with no other figure. A claim's figure
agrees when the segment of the same number fits the claim's words better than that of any other number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from isogloss.core.texts import normal
from isogloss.evidence.figures import COUNT, PLAIN, Figure, figures, raw, uncited
from isogloss.evidence.stance import objection
from isogloss.literature.words import STOP, stems

AGREE, DIFFER, ABSENT, UNCLEAR = "agree", "differ", "absent", "unclear"
LEAST, ENOUGH, NAMELESS = 0.34, 0.5, 0.75
"""Share of a claim's words that a passage must hold before its number agrees; before its other number refutes; the same
where the claim names nothing."""
_NAME = re.compile(r"[A-Za-z][\w]*(?:[-–][\w]+)*")
_ALIASES = {
    "xlmroberta": "xlmr",
    "multilingualbert": "mbert",
    "tydi": "tydiqa",
    "tydiqagoldp": "tydiqa",
    "panx": "panx",
}
_EDGE = re.compile(
    r"[,;:]\s+(?:and\s+|but\s+|while\s+|whereas\s+)?|\s+(?:and|but|while|whereas|versus|vs\.?|than|compared\s+(?:to|with))\s+|\s*\("
)
_PLAIN = """we the this these those in on at our it its a an as for of to and but or if while with by from not no all
both such using however moreover furthermore finally also results show most more many some i ii iii iv"""
_COMMON = frozenset(_PLAIN.split())


@dataclass(frozen=True, kw_only=True)
class Held:
    """A claim's figures held against one passage."""

    says: str
    """"agree", "differ", "absent", "unclear"."""
    reason: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    """Where in the passage the figures stand."""


def held(claim: str, passage: str, topic: str = "", *, truncated: bool = False) -> Held:
    """A claim's figures against one passage. `topic` is the title: names in it need not be said again."""
    wanted, there = figures(claim), figures(passage)
    if not wanted:
        return Held(says=ABSENT, reason="no figure in the claim")
    missing = names(claim) - names(passage, everything=True) - names(topic, everything=True)
    share = _share(claim, passage)
    bound: list[Held] = []
    for place, figure in enumerate(wanted):
        alike = [at for at, other in enumerate(there) if _alike(figure, other, truncated and place == len(wanted) - 1)]
        bound.append(_one(claim, wanted, place, passage, there, alike, missing, share))
    spans = tuple(span for each in bound for span in each.spans)
    for says in (DIFFER, ABSENT, UNCLEAR):
        worst = [each for each in bound if each.says == says]
        if worst:
            return Held(says=says, reason=worst[0].reason, spans=spans)
    strange = raw(claim) - raw(f"{passage} {topic}") - {figure.value for figure in there}
    if strange and not any(figure.bound == "about" for figure in wanted):
        told = ", ".join(f"{value:g}" for value in sorted(strange))
        return Held(says=UNCLEAR, reason=f"{told} does not stand in the passage", spans=spans)
    if _share(claim, f"{passage} {topic}") < LEAST:
        return Held(says=UNCLEAR, reason="the number stands there, in a sentence about something else", spans=spans)
    objects = objection(claim, passage, wanted, there)
    if objects:
        return Held(says=UNCLEAR, reason=objects, spans=spans)
    return Held(says=AGREE, reason="; ".join(f"{figure.text.strip()} stands there" for figure in wanted), spans=spans)


@lru_cache(maxsize=4096)
def names(text: str, *, everything: bool = False) -> frozenset[str]:
    """Names in a text as they compare: words with capitals or digits inside, and capitals that do not begin a sentence.

    `everything` adds all other words and pairs of neighbours, for looking names up in.
    """
    text = normal(uncited(text))
    forms: set[str] = set()
    previous = ""
    for match in _NAME.finditer(text):
        word, plain = match[0], _plain(match[0])
        starts = not text[: match.start()].strip() or bool(re.search(r"[.!?:]\s*[\"“(]*$", text[: match.start()]))
        capital = word[0].isupper() and plain not in _COMMON
        inside = any(part[1:] != part[1:].lower() or re.search(r"\d", part) for part in re.split(r"[-–]", word))
        if everything:
            parts = [_plain(part) for part in re.split(r"[-–]", word)]
            joins = {"".join(parts[at:to]) for at in range(len(parts)) for to in range(at + 1, len(parts) + 1)}
            forms |= {plain, *joins, *(_ALIASES.get(each, each) for each in joins)}
            joined = previous + plain
            forms |= {joined, _ALIASES.get(joined, joined)}
        elif (inside and any(letter.isupper() for letter in word)) or (capital and not starts and len(plain) > 1):
            forms.add(_ALIASES.get(plain, plain))
        previous = plain
    return frozenset(forms)


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word.lower().removesuffix("'s"))


def _alike(figure: Figure, other: Figure, open_ended: bool) -> bool:
    if open_ended and figure.unit in (COUNT, PLAIN) and other.unit == COUNT:
        return not figure.noun or figure.counts(other, loose=True)
    return figure.alike(other)


def _one(
    claim: str, wanted: Sequence[Figure], place: int, passage: str, there: Sequence[Figure], alike: Sequence[int],
    missing: frozenset[str], share: float,
) -> Held:  # fmt: skip
    """One figure of the claim."""
    figure = wanted[place]
    if not alike:
        return Held(says=ABSENT, reason=f"no such figure as {figure.text.strip()} in the passage")
    segments = _segments(passage, there, alike)
    terms = _terms(claim, wanted, place)
    common: frozenset[str] = frozenset.intersection(*segments) if len(segments) > 1 else frozenset()
    fit = [len(_told(terms, words - common)) for words in segments]
    equal = [at for at, other in enumerate(alike) if figure.equal(there[other])]
    spans = tuple((there[alike[at]].start, there[alike[at]].end) for at in equal)
    others = [at for at in range(len(alike)) if at not in equal]
    if missing:
        return Held(says=ABSENT, reason=f"the passage does not name {', '.join(sorted(missing))}", spans=spans)
    if equal:
        best = max(fit[at] for at in equal)
        rival = max((fit[at] for at in others), default=-1)
        if best > rival or not others:
            return Held(says=AGREE, spans=spans)
        if rival > best and _firm(claim, figure, share):
            right = there[alike[max(others, key=lambda at: fit[at])]]
            return Held(says=DIFFER, reason=f"{figure.text.strip()} in the claim, {right.text.strip()} in the passage, "
                        "where that number belongs to something else", spans=spans)  # fmt: skip
        if _same_list(wanted, there, claim, passage):
            return Held(says=AGREE, spans=spans)
        return Held(
            says=UNCLEAR, reason=f"{figure.text.strip()} stands there, but not plainly for what is claimed", spans=spans
        )
    nearest = max(others, key=lambda at: (fit[at], -at))
    tied = sum(fit[at] == fit[nearest] for at in others) > 1
    other = there[alike[nearest]]
    if not tied and _firm(claim, figure, share):
        return Held(says=DIFFER, reason=f"{figure.text.strip()} in the claim, {other.text.strip()} in the passage",
                    spans=((other.start, other.end),))  # fmt: skip
    return Held(says=ABSENT, reason=f"{figure.text.strip()} is not in the passage")


def _firm(claim: str, figure: Figure, share: float) -> bool:
    """Whether a passage speaks of the same thing so plainly that another number refutes the claim."""
    if figure.unit == COUNT:
        return bool(figure.noun) and (share >= ENOUGH or len(figure.noun) > 1)
    return share >= (ENOUGH if names(claim) else NAMELESS)


def _segments(passage: str, there: Sequence[Figure], alike: Sequence[int]) -> list[frozenset[str]]:
    """For each of the figures that compare, the words that go with it and with no other of them.

    "+14.6% on XNLI, +13% on MLQA": words follow their number. "on XNLI by 14.6, on MLQA by 13": they come before it.
    """
    if len(alike) == 1:
        return [_stems(passage) | names(passage)]
    some = [there[at] for at in alike]
    gaps = [passage[one.end : following.start] for one, following in pairwise(some)]
    after = any(stems(gap[: edges[0].start()]) for gap in gaps for edges in [list(_EDGE.finditer(gap))] if edges)
    cuts: list[int] = []
    for one, following, gap in zip(some, some[1:], gaps, strict=False):
        edges = list(_EDGE.finditer(gap))
        cuts.append(one.end + (edges[-1] if after else edges[0]).end() if edges else following.start)
    if after:
        start = some[0].start
    else:  # as many words before the first number as stand before the others
        words = max(len(passage[cut : one.start].split()) for cut, one in zip(cuts, some[1:], strict=True))
        before = list(re.finditer(r"\S+", passage[: some[0].start]))
        start = before[max(0, len(before) - words)].start() if words and before else some[0].start
    rest = passage[some[-1].end :]
    stop = next((e.start() for e in _EDGE.finditer(rest) if not after or stems(rest[: e.start()])), len(rest))
    ends = [*cuts, some[-1].end + stop]
    return [_words(passage[start:end]) for start, end in zip([start, *cuts], ends, strict=True)]


def _words(text: str) -> frozenset[str]:
    return (_stems(_masked(text)) | names(text, everything=True)) - _COMMON - STOP


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stems(text))


@lru_cache(maxsize=4096)
def _masked(text: str) -> str:
    """A text without its figures: they are compared apart."""
    for figure in reversed(figures(text)):
        text = text[: figure.start] + " " + text[figure.start + len(figure.text) :] if figure.unit != COUNT else text
    return text


def _terms(claim: str, wanted: Sequence[Figure], place: int) -> frozenset[str]:
    """The claim's words that go with one of its figures."""
    alike = [at for at, other in enumerate(wanted) if wanted[place].alike(other)]
    if len(alike) > 1:
        segments = _segments(claim, wanted, alike)
        return segments[alike.index(place)]
    return _stems(_masked(claim)) | names(claim)


def _told(terms: frozenset[str], words: frozenset[str]) -> list[str]:
    """Words in common; a name counts twice, since it is a stem and a name."""
    return sorted(terms & words)


def _same_list(wanted: Sequence[Figure], there: Sequence[Figure], claim: str, passage: str) -> bool:
    """Whether a claim repeats the passage's whole list: the same numbers in a row, names in the same order."""
    mine, theirs = [f.value for f in wanted], [f.value for f in there]
    if len(mine) < 2 or mine not in [theirs[at : at + len(mine)] for at in range(len(theirs))]:
        return False
    order = list(_ordered(claim, passage))
    return len(order) > 1 and order == sorted(order)


def _ordered(claim: str, passage: str) -> Iterator[int]:
    """Places in the passage of the claim's names, in the claim's order."""
    text = normal(passage).lower()
    seen = set()
    for match in _NAME.finditer(normal(uncited(claim))):
        if names(f"x {match[0]}") and match[0] not in seen and match[0].lower() in text:
            seen.add(match[0])
            yield text.index(match[0].lower())


def _share(claim: str, passage: str) -> float:
    words = _stems(_masked(claim))
    return len(words & _stems(passage)) / len(words) if words else 0.0


_INTRODUCED = re.compile(
    r"\b(?:propos|present|introduc|dubb|call|nam|releas|creat|develop|build|built)\w*\b", re.IGNORECASE
)


def introduced(passages: Sequence[str]) -> set[str]:
    """Names that a text gives to what it is about: "we present a new encoder, AMBER", "our model, dubbed XLM-R"."""
    found: set[str] = set()
    seen: set[str] = set()
    for passage in passages:
        own = names(passage)
        for match in _INTRODUCED.finditer(passage) if re.search(r"\b(?:we|our|this)\b", passage, re.IGNORECASE) else ():
            found |= names("x " + passage[match.end() : match.end() + 70]) - seen
        seen |= own
    return found
