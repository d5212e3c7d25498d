"""Does a claim stand in a text word for word? White space, quotation marks and dashes aside; else how it differs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.core.texts import characters
from isogloss.evidence.corpus import Corpus, Text

NEARLY = 92
"""Likeness (rapidfuzz, 0 to 100) that counts as nearly quoted: OpenContracts' threshold (issue 2203 there)."""
SHORT = 25
"""A claim of fewer characters can stand in a text by chance."""


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "quoted" (whole sentences), "quoted in part", "nearly" with the difference, or "not quoted"."""
    wanted = Folded.of(claim.text).text.rstrip(" .")
    best: tuple[float, Outcome] | None = None
    for text in corpus.about(claim) if len(wanted) >= SHORT else ():
        plain = Folded.of(text.text)
        if span := plain.find(wanted):
            whole = _sentences(text, span)
            says = "quoted" if whole else "quoted in part"
            reason = (
                "it stands there word for word"
                if whole
                else "it is part of a longer sentence there, which may say more"
            )
            return _outcome(says, reason, text, span)
        near = _nearly(wanted, plain.text)
        if near and (best is None or near[0] > best[0]):
            difference = changed(wanted, plain.text[near[1] : near[2]])
            best = near[0], _outcome("nearly", f"it differs: {difference}", text, plain.span(near[1], near[2]))
    return best[1] if best else _outcome("not quoted", "no text that is held has these words")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in its normal form, with one spelling of quotation marks, dashes and white space."""

    text: str
    places: tuple[tuple[int, int], ...]
    """Where each of its characters stood before: from, to."""

    @classmethod
    def of(cls, text: str) -> "Folded":
        """Fold a text."""
        out: list[str] = []
        places: list[tuple[int, int]] = []
        for begin, end, letters in characters(text):
            for each in letters:
                plain = " " if each.isspace() else _SPELLINGS.get(each, each)
                if plain != " " or (out and out[-1] != " "):
                    out.append(plain)
                    places.append((begin, end))
        return cls("".join(out), tuple(places))

    def find(self, wanted: str) -> tuple[int, int] | None:
        """Where folded words stand first in the text as it was; None where they do not."""
        begin = self.text.find(wanted)
        return None if begin < 0 else self.span(begin, begin + len(wanted))

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Where a part of the folded text stood before."""
        return self.places[begin][0], self.places[end - 1][1]


def changed(claim: str, passage: str) -> str:
    """The words in which two texts differ: "6.1 for 5.4"."""
    from difflib import SequenceMatcher

    mine, theirs = claim.split(), passage.split()
    found = []
    for kind, a, b, c, d in SequenceMatcher(a=theirs, b=mine, autojunk=False).get_opcodes():
        if kind != "equal":
            there, here = " ".join(theirs[a:b]) or "nothing", " ".join(mine[c:d]) or "nothing"
            found.append(f"“{here}” for “{there}”")
    return "; ".join(found[:4])


_SPELLINGS = dict.fromkeys("“”„«»″", '"') | dict.fromkeys("‘’‚′`", "'") | dict.fromkeys("–—−‐‑", "-")


def _sentences(text: Text, span: tuple[int, int]) -> bool:
    """Whether a span is whole sentences, but for the last full stop."""
    starts = {start for start, _ in text.spans}
    ends = {end - len(re.search(r"[.!?\"'”’)\s]*$", text.text[start:end])[0]) for start, end in text.spans}  # type: ignore[index]
    begin = min((start for start in starts if abs(start - span[0]) <= 1), default=None)
    return begin is not None and (span[1] in ends or any(0 <= span[1] - end <= 2 for end in ends))


def _nearly(wanted: str, plain: str) -> tuple[float, int, int] | None:
    from rapidfuzz.fuzz import partial_ratio_alignment

    if len(plain) < len(wanted) // 2:
        return None
    alignment = partial_ratio_alignment(wanted, plain, score_cutoff=NEARLY)
    if alignment is None or alignment.dest_end <= alignment.dest_start:
        return None
    start, end = alignment.dest_start, alignment.dest_end
    while start > 0 and plain[start - 1] not in " \n":
        start -= 1
    while end < len(plain) and plain[end] not in " \n":
        end += 1
    return float(alignment.score), start, end


def _outcome(says: str, reason: str, text: Text | None = None, span: tuple[int, int] | None = None) -> Outcome:
    document = text.document.id if text else ""
    return Outcome(
        check="verbatim", level=0, status="undecided", says=says, reason=reason, document=document,
        spans=(span,) if span else (),
    )  # fmt: skip


CHECK = Check(name="verbatim", title="the words stand in the text", level=0, needs="text", order=3, run=run)
