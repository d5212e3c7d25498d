"""A metric: per-example statistics and a score of their sums.

The split is what makes intervals, pairing and pooling work for every metric, F1 included, without predicting again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from isogloss.core.errors import MetricError
from isogloss.core.typing import Float, np

Statistics = Callable[[Sequence[Any], Sequence[Any]], "Float[np.ndarray, 'n k']"]
ScoreOf = Callable[["Float[np.ndarray, 'k']"], float]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A score in [0, 1]; higher is better."""

    name: str
    title: str
    type: str
    """The task type it scores."""
    statistics: Statistics
    """(predictions, golds), aligned → (n, k): one row of counts per example."""
    score: ScoreOf
    """(k,) sums of the rows → the score. Raises MetricError where it is undefined."""
    cite: str = ""

    def __call__(self, predictions: Sequence[Any], golds: Sequence[Any]) -> float:
        """The score of all examples together. Raises MetricError for none, or for different lengths."""
        if len(predictions) != len(golds):
            raise MetricError(
                f"{self.name}: {len(predictions)} predictions for {len(golds)} gold labels; give one each."
            )
        if not golds:
            raise MetricError(f"{self.name}: no examples, so the score is undefined.")
        return self.score(self.statistics(predictions, golds).sum(axis=0))
