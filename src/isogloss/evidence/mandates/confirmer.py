"""The confirmer goes back to the texts: do quotations and figures stand where they are said to stand?"""

from collections.abc import Iterator
from functools import partial

from isogloss.core.rating import Mandate, Rating, of_whole
from isogloss.evidence.panel import Sight
from isogloss.evidence.verify import Judged

NAME = "confirmer"
_whole = partial(of_whole, NAME)
NEAR, CLOSE = 0.35, 0.6
"""Share of a claim's words that a passage must hold to be about it, and to be close to it."""


def rate(sight: Sight) -> Iterator[Rating]:
    """High where a claim stands in a text that is held, low where it does not."""
    for judged in sight.judged:
        score, reason = _stands(sight, judged)
        yield Rating(reviewer=NAME, criterion="support", claim=judged.claim.id, score=score, reason=reason)
        near = _near(sight, judged)
        cited = sight.outcome(judged, "resolves")
        score = 1 if cited == "not found" else 2 if cited == "title only" or near < NEAR else 4 if near >= CLOSE else 3
        cut = sight.breaks_off(judged)
        yield Rating(reviewer=NAME, criterion="claim", claim=judged.claim.id, score=max(1, score - cut),
                     reason=f"the nearest passage holds {near:.0%} of its words"
                     + (f"; its reference: {cited}" if cited in ("not found", "title only") else "")
                     + ("; it breaks off" if cut else ""))  # fmt: skip
    counts = sight.counts
    yield _whole(
        "search", 1 if sight.failed else 4, "; ".join(sight.failed) or "every file that was read is in the lock"
    )
    lost = counts["not_held"] or 0
    yield _whole("sources", 4 if not lost else 3 if lost < counts["sought"] / 4 else 2,
                 f"{lost} of {counts['sought']} papers have no text here")  # fmt: skip
    passages = sum(len(each.passages) > 0 for each in sight.judged)
    yield _whole("limits", 4 if passages == len(sight.judged) else 3,
                 f"{passages} of {len(sight.judged)} claims have a passage beside them")  # fmt: skip
    papers = {paper for each in sight.judged for paper in sight.papers(each)}
    yield _whole("balance", 4 if len(papers) > 2 else 3 if len(papers) > 1 else 2,
                 f"passages of {len(papers)} papers are shown with the claims")  # fmt: skip


def _stands(sight: Sight, judged: Judged) -> tuple[int, str]:
    quote, figure = sight.outcome(judged, "verbatim"), sight.outcome(judged, "figures")
    if judged.status == "refuted" or figure == "differ":
        return 1, sight.reason(judged, "figures") or "it is refuted"
    if quote == "quoted":
        return 5, "it stands in its source word for word"
    if figure == "agree":
        return 4, "its figures stand in one passage with its names"
    if figure in ("absent", "unclear"):
        return 2, sight.reason(judged, "figures")
    if quote in ("quoted in part", "nearly"):
        return 4, sight.reason(judged, "verbatim")
    near = _near(sight, judged)
    return (3 if near >= CLOSE else 2 if near >= NEAR else 1), f"no quotation; {near:.0%} of its words in one passage"


def _near(sight: Sight, judged: Judged) -> float:
    nearest = sight.corpus.nearest
    return max((nearest.coverage(judged.claim.text, each["text"]) for each in judged.passages), default=0.0)


MANDATE = Mandate(name=NAME, title="derives spans and figures again from the texts", rate=rate)
