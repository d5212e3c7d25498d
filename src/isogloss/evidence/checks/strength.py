"""Is the source weaker than the claim? Hedges in the nearest passage that the claim leaves out."""

import re
from collections.abc import Mapping

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.evidence.corpus import Corpus

HEDGES = re.compile(
    r"\bneither\b.{0,40}?\bconsistently\b|\bneither\b|\bnot (?:consistently|always|necessarily|significantly|all)\b"
    r"|\bup to\b|\bas much as\b|\bmay\b|\bmight\b|\bcould\b|\bcan\b|\bsometimes\b"
    r"|\bsmall\b|\bslight(?:ly)?\b|\bmoderate(?:ly)?\b|\bmodest(?:ly)?\b|\bmarginal(?:ly)?\b|\bsome\b|\bpartial(?:ly)?\b"
    r"|\bgenerally\b|\busually\b|\btypically\b|\bmostly\b|\boften\b"
    r"|\bin (?:some|most|many) cases\b|\bsuggests?\b|\bappears?\b"
    r"|\bseems?\b|\bpotential(?:ly)?\b|\bpossibl[ey]\b|\blikely\b|\bcomparable\b|\bcompetitive\b|\bpreliminary\b|\blimited\b",
    re.IGNORECASE,
)
NEAR = 0.35
"""The share of the claim's words a passage must hold before its hedges count."""


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "weaker in the source" with the hedge, "as strong", or "no passage"."""
    nearest = corpus.passage(claim)
    if nearest is None or corpus.nearest.coverage(claim.text, nearest[0].passages[nearest[1]]) < NEAR:
        return Outcome(
            check="strength", level=0, status="undecided", says="no passage", reason="no passage is near enough"
        )
    text, place = nearest
    passage = text.passages[place]
    said = {hedge.lower() for hedge in HEDGES.findall(claim.text)}
    lacking = [match for match in HEDGES.finditer(passage) if not _said(match[0].lower(), said)]
    start = text.spans[place][0]
    spans: tuple[tuple[int, int], ...] = (text.spans[place],)
    if not lacking:
        says, reason = "as strong", ""
    else:
        words = list(dict.fromkeys(" ".join(match[0].split()) for match in lacking))
        says, reason = "weaker in the source", "the source says “" + "”, “".join(words[:3]) + "”, the claim does not"
        spans = (text.spans[place], *((start + match.start(), start + match.end()) for match in lacking[:3]))
    return Outcome(
        check="strength", level=0, status="undecided", says=says, reason=reason, document=text.document.id, spans=spans
    )


def _said(hedge: str, said: set[str]) -> bool:
    return hedge in said or any(each.split()[0] == hedge.split()[0] for each in said)


CHECK = Check(name="strength", title="the claim is no stronger", level=0, needs="text", order=5, run=run)
