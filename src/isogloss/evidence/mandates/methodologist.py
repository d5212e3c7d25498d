"""The methodologist reads measurements: cells, and what a study says against itself. Text alone is not enough."""

from collections.abc import Iterator
from functools import partial

from isogloss.core.rating import Mandate, Rating, of_whole
from isogloss.evidence.figures import figures
from isogloss.evidence.panel import Sight
from isogloss.evidence.verify import Judged

NAME = "methodologist"
_whole = partial(of_whole, NAME)


def rate(sight: Sight) -> Iterator[Rating]:
    """High where cells decide, low where only words do."""
    for judged in sight.judged:
        score, reason = _support(sight, judged)
        yield Rating(reviewer=NAME, criterion="support", claim=judged.claim.id, score=score, reason=reason)
        exact = bool(figures(judged.claim.text))
        cut = sight.breaks_off(judged)
        reason = ("it names figures" if exact else "it names no figure") + ("; it breaks off" if cut else "")
        yield Rating(
            reviewer=NAME, criterion="claim", claim=judged.claim.id, score=(4 if exact else 3) - 2 * cut, reason=reason
        )  # fmt: skip
    merged = sight.counts["merged"] + sight.counts["versions_linked"]
    yield _whole("search", 1 if sight.failed else 3, f"{merged} records were merged or linked by rule")
    kinds = {document.format for document in sight.corpus.documents if document.held}
    yield _whole("sources", 4 if kinds - {"abstract"} else 2,
                 "full texts are held" if kinds - {"abstract"} else "abstracts alone are held")  # fmt: skip
    measured = sum(sight.outcome(each, "measured") in ("supported", "refuted") for each in sight.judged)
    yield _whole("balance", 4 if measured > 1 else 3 if measured else 2,
                 f"cells of a study speak of {measured} claims")  # fmt: skip
    told = f"the study warns of {len(sight.cautions)} things" if sight.study else "no study was named"
    yield _whole("limits", 4 if sight.study and not sight.cautions else 3 if sight.study else 2, told)


def _support(sight: Sight, judged: Judged) -> tuple[int, str]:
    if judged.status == "refuted":
        return 1, "it is refuted"
    for check, who in (("measured", "the study's cells"), ("published", "published cells")):
        says = sight.outcome(judged, check)
        if says in ("supported", "refuted"):
            return (5 if says == "supported" else 1), f"{who}: {says}"
    if judged.status == "supported":
        return 4, "its text supports it; no cell does"
    if sight.outcome(judged, "figures") == "agree":
        return 3, "its figures agree with its source; no cell holds them"
    return (1 if sight.outcome(judged, "figures") == "differ" else 2), "no cell decides it"


MANDATE = Mandate(name=NAME, title="reads measurements and their warnings", rate=rate)
