"""Mean reciprocal rank of the first relevant candidate among 20: Mewsli-X's score.

XTREME-R prints it under the name mAP@20. The two are equal where a query has one relevant candidate, as in Mewsli-X.
"""

from collections.abc import Sequence
from typing import Any

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics._counts import share, with_ones
from isogloss.metrics._ranking import ids_of, relevant

DEPTH = 20


def statistics(predictions: Sequence[Any], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 2"]:
    """Rows of (reciprocal rank, 1); 0 where no relevant candidate is among the first 20."""
    return with_ones(
        [
            _reciprocal_rank(ids_of(prediction)[:DEPTH], relevant(gold, row))
            for row, (prediction, gold) in enumerate(zip(predictions, golds, strict=True))
        ]
    )


def _reciprocal_rank(ranked: Sequence[str], wanted: set[str]) -> float:
    return next((1.0 / rank for rank, name in enumerate(ranked, start=1) if name in wanted), 0.0)


METRIC = Metric(
    name="mrr_at_20",
    title='MRR@20 (officially "mAP@20")',
    type="retrieval",
    statistics=statistics,
    score=share,
    columns=("reciprocal rank", "queries"),
    cite="Ruder et al. 2021, XTREME-R (Mewsli-X)",
)
