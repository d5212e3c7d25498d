"""Accuracy: the share of examples whose predicted label is the gold one."""

from collections.abc import Sequence
from operator import eq

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics._counts import share, with_ones


def statistics(predictions: Sequence[str | int], golds: Sequence[str | int]) -> Float[np.ndarray, "n 2"]:
    """Rows of (correct, 1). A label is a string (classification) or the index of a choice."""
    return with_ones(np.fromiter(map(eq, predictions, golds), dtype=np.float64, count=len(golds)))


METRIC = Metric(
    name="accuracy",
    title="accuracy",
    type="classification",
    statistics=statistics,
    score=share,
    columns=("correct", "examples"),
)
