"""Sentences of a text, by offsets; and which of them speak most of a claim."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log

from isogloss.literature.words import stems

_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9])|\n\s*\n")
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|etc|et al|al|resp|approx|ca|no|nos|fig|figs|eq|eqs|sec|secs|tab|ch|vol|pp|dr|mr|mrs|ms"
    r"|prof|st|jr|inc|ltd|w\.r\.t|a\.k\.a|ref|refs|app)|(?:^|[\s(.])[A-Za-z]|(?:^|\s)\(?\d{1,2})\.$",
    re.IGNORECASE,
)
_ALWAYS = re.compile(
    r"\b(?:e\.g|i\.e|cf|vs|fig|figs|eq|eqs|sec|dr|mr|mrs|ms|prof|no|nos|pp|vol|(?<=[\s(.])[A-Z])\.$", re.IGNORECASE
)
MOST = 1500
"""Characters of one passage at most; what is longer (a table run together) is cut there."""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence; white space around it is left out.

    A full stop ends one before a capital or a digit, but not after an abbreviation, an initial or a list's number.
    """
    start = 0
    for match in _END.finditer(text):
        end = match.end() if text[match.start()] in ".!?" else match.start()
        before = text[max(start, end - 12) : end]
        if text[match.start()] == "." and _SHORT.search(before) and not _whole(text, start, match.start(), end):
            continue
        yield from _span(text, start, end)
        start = match.end()
    yield from _span(text, start, len(text))


def _whole(text: str, start: int, stop: int, end: int) -> bool:
    """Whether what looks like an abbreviation ends its sentence after all: "… by Smith et al. We …"."""
    if _ALWAYS.search(text[max(start, end - 12) : end]) and not re.search(r"\b[A-Z]\.$", text[:end][-3:]):
        return False
    following = re.match(r"\s+(\w+)", text[end:])
    starts = following is not None and following[1] in _STARTERS
    return starts and stop - start > 20


def spans_of(text: str, given: Sequence[str] = ()) -> list[tuple[int, int]]:
    """The sentences of a text by offsets; as `given` where its source splits it itself."""
    found, start = [], 0
    for each in filter(None, given):
        begin = text.find(each, start)
        if begin < 0:
            return list(sentences(text))
        start = begin + len(each)
        found.append((begin, start))
    return found or list(sentences(text))


_STARTERS = frozenset(
    ["We", "The", "This", "These", "In", "Our", "It", "However", "Here", "To", "For", "A", "An", "While", "Using"]
)


def _span(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    begin = start + len(part) - len(part.lstrip())
    finish = start + len(part.rstrip())
    while finish - begin > MOST:
        cut = text.rfind(" ", begin, begin + MOST)
        cut = cut if cut > begin else begin + MOST
        yield begin, cut
        begin = cut + (text[cut] == " ")
    if finish > begin:
        yield begin, finish


class Nearest:
    """Ranks passages by what share of a claim's words they hold, rare words counting more."""

    def __init__(self, frequency: Counter[str], size: int) -> None:
        self.frequency, self.size = frequency, max(1, size)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Nearest":
        """Word weights from a collection of texts."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(stems(text)))
        return cls(counts, len(texts))

    def weight(self, word: str) -> float:
        """How much a word tells: its inverse document frequency."""
        return log(1 + self.size / (1 + self.frequency[word]))

    def coverage(self, claim: str, passage: str) -> float:
        """The weighted share of the claim's words that are in the passage, in [0, 1]."""
        words = set(stems(claim))
        total = sum(map(self.weight, words))
        return sum(self.weight(word) for word in words & set(stems(passage))) / total if total else 0.0

    def ranked(self, claim: str, passages: Sequence[str]) -> list[int]:
        """Places of the passages, nearest first: by coverage, ties in the order given."""
        scores = [round(self.coverage(claim, passage), 6) for passage in passages]
        return sorted(range(len(passages)), key=lambda place: (-scores[place], place))
