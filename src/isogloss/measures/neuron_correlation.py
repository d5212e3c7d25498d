"""Average neuron-wise correlation: the mean over dimensions of how they correlate between translations, in size."""

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import np
from isogloss.measures._vectors import BLOCK, mean, pair


def compare(a: Corpus, b: Corpus) -> float:
    """Mean absolute Pearson correlation of dimension i in one language with dimension i in the other."""
    x, y = pair(a, b)
    first, second = mean(x), mean(y)
    sums = np.zeros((3, x.shape[1]))
    for begin in range(0, len(x), BLOCK):
        left = np.asarray(x[begin : begin + BLOCK], np.float64) - first
        right = np.asarray(y[begin : begin + BLOCK], np.float64) - second
        sums += ((left * right).sum(axis=0), (left * left).sum(axis=0), (right * right).sum(axis=0))
    spread = sums[1] * sums[2]
    alive = spread > 0
    if not alive.any():
        raise MetricError("neuron_correlation: no dimension varies in both corpora.")
    return min(1.0, float(np.abs(sums[0][alive] / np.sqrt(spread[alive])).mean()))


MEASURE = Measure(
    name="neuron_correlation",
    title="average neuron-wise correlation",
    family="alignment",
    compare=compare,
    needs=("vectors",),
    unit="|correlation|",
    bounds=(0.0, 1.0),
    direction="similarity",
    scope="target",
    parallel=True,
    cite="Del & Fishel 2022",
)
