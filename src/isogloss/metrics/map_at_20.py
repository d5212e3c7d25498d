"""Mean average precision of the first 20 candidates: LAReQA's score.

A query's divisor is the number of its relevant candidates, 20 at most; a candidate listed twice counts once.
"""

from collections.abc import Sequence
from typing import Any

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics._counts import share, with_ones
from isogloss.metrics._ranking import ids_of, relevant

DEPTH = 20


def statistics(predictions: Sequence[Any], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 2"]:
    """Rows of (average precision, 1)."""
    return with_ones(
        [
            _average_precision(ids_of(prediction)[:DEPTH], relevant(gold, row))
            for row, (prediction, gold) in enumerate(zip(predictions, golds, strict=True))
        ]
    )


def _average_precision(ranked: Sequence[str], wanted: set[str]) -> float:
    left = wanted.copy()
    total = hits = 0.0
    for rank, name in enumerate(ranked, start=1):
        if name in left:
            left.remove(name)
            hits += 1.0
            total += hits / rank
    return total / min(len(wanted), DEPTH)


METRIC = Metric(
    name="map_at_20",
    title="mAP@20",
    type="retrieval",
    statistics=statistics,
    score=share,
    columns=("average precision", "queries"),
    cite="Roy et al. 2020, LAReQA; Ruder et al. 2021, XTREME-R",
)
