"""Retrieval accuracy: the share of queries whose nearest candidate is relevant.

Among candidates at exactly the same distance the first one counts, as in the search XTREME uses for Tatoeba.
"""

from collections.abc import Sequence
from typing import Any

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics._counts import share, with_ones
from isogloss.metrics._ranking import ids_of, relevant


def statistics(predictions: Sequence[Any], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 2"]:
    """Rows of (correct, 1). An empty ranking is wrong."""
    hits = [
        float(any(name in relevant(gold, row) for name in ids_of(prediction)[:1]))
        for row, (prediction, gold) in enumerate(zip(predictions, golds, strict=True))
    ]
    return with_ones(hits)


METRIC = Metric(
    name="retrieval_accuracy",
    title="retrieval accuracy",
    type="retrieval",
    statistics=statistics,
    score=share,
    columns=("correct", "queries"),
    cite="Artetxe & Schwenk 2019 (Tatoeba); Hu et al. 2020, XTREME",
)
