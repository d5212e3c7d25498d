"""What scores are made of: sums of counts, turned into a mean or an F1. Undefined is an error, never 0."""

from collections.abc import Sequence

from isogloss.core.errors import MetricError
from isogloss.core.typing import Float, np


def share(sums: Float[np.ndarray, "2"]) -> float:
    """First count over the second. Raises MetricError when there was nothing to count."""
    if sums[1] <= 0:
        raise MetricError("there is nothing to score, so a share is undefined; give at least one labelled example.")
    return float(sums[0] / sums[1])


def f1(sums: Float[np.ndarray, "3"]) -> float:
    """F1 of (correct, predicted, gold) counts. Raises MetricError when nothing is gold and nothing was predicted."""
    correct, predicted, gold = (float(count) for count in sums)
    if predicted + gold <= 0:
        raise MetricError("nothing is gold and nothing was predicted, so F1 is undefined; leave this language out.")
    return 2.0 * correct / (predicted + gold)


def with_ones(values: Sequence[float] | Float[np.ndarray, "n"]) -> Float[np.ndarray, "n 2"]:
    """(n,) values → (n, 2) rows (value, 1), whose sums `share` turns into the mean."""
    rows = np.ones((len(values), 2))
    rows[:, 0] = values
    return rows
