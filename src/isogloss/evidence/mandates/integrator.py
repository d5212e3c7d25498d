"""The integrator asks what papers say together: how much of the question they touch, how many bear on a claim."""

from collections.abc import Iterator
from functools import partial

from isogloss.core.rating import Mandate, Rating, of_whole
from isogloss.evidence.panel import Sight
from isogloss.evidence.verify import Judged
from isogloss.literature.words import stems

NAME = "integrator"
_whole = partial(of_whole, NAME)
TOUCHES = 0.35


def rate(sight: Sight) -> Iterator[Rating]:
    """High where several papers bear on a claim and the question is touched in all its words."""
    texts = [text for name in sight.corpus.included for text in sight.corpus.texts(name)]
    for judged in sight.judged:
        bearing = {text.document.record for text in texts if _touches(sight, judged, text.passages)}
        score, reason = _support(sight, judged, len(bearing))
        yield Rating(reviewer=NAME, criterion="support", claim=judged.claim.id, score=score, reason=reason)
        score = 4 if len(bearing) > 1 else 3 if bearing else 1
        score -= sight.breaks_off(judged) and score > 1
        yield Rating(reviewer=NAME, criterion="claim", claim=judged.claim.id, score=score,
                     reason=f"{len(bearing)} of {sight.counts['included']} papers bear on it")  # fmt: skip
    wanted = set(stems(sight.question))
    said = {word for text in texts for passage in text.passages for word in stems(passage)}
    share = len(wanted & said) / len(wanted) if wanted else 0.0
    yield _whole("search", 1 + sum(share >= cut for cut in (0.4, 0.6, 0.8, 0.99)),
                 f"{share:.0%} of the question's words occur in the papers")  # fmt: skip
    count = sight.counts["included"]
    yield _whole("sources", 1 + sum(count >= cut for cut in (3, 10, 20, 40)), f"{count} papers are included")
    single = sum(len(sight.papers(each)) < 2 for each in sight.judged)
    yield _whole("balance", 4 if not single else 3 if single < len(sight.judged) / 2 else 2,
                 f"{single} of {len(sight.judged)} claims have passages of one paper only")  # fmt: skip
    decided = sum(each.status != "undecided" for each in sight.judged)
    yield _whole("limits", 3 if decided else 2, f"{decided} of {len(sight.judged)} claims are decided")


def _touches(sight: Sight, judged: Judged, passages: tuple[str, ...]) -> bool:
    return any(sight.corpus.nearest.coverage(judged.claim.text, passage) >= TOUCHES for passage in passages)


def _support(sight: Sight, judged: Judged, bearing: int) -> tuple[int, str]:
    if judged.status == "refuted":
        return 1, "it is refuted"
    if judged.status == "supported":
        return (5 if bearing > 1 else 4), f"it is supported; {bearing} papers bear on it"
    if sight.outcome(judged, "figures") in ("differ", "unclear", "absent"):
        return 2, sight.reason(judged, "figures")
    return (3 if bearing > 1 else 2 if bearing else 1), f"undecided; {bearing} papers bear on it"


MANDATE = Mandate(name=NAME, title="asks what the papers say together", rate=rate)
