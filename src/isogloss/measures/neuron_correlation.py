"""Average neuron-wise correlation: the mean over dimensions of how they correlate between translations, in size."""

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Bool, Float, np
from isogloss.core.vectors import BLOCK, SINGLE
from isogloss.measures._vectors import mean, pair

NOTHING = 1e-12


def compare(a: Corpus, b: Corpus) -> float:
    """Mean absolute Pearson correlation of dimension i in one language with dimension i in the other.

    Over the dimensions that vary in both by more than rounding.
    """
    x, y = pair(a, b)
    first, second = mean(x), mean(y)
    sums = np.zeros((3, x.shape[1]))
    for begin in range(0, len(x), BLOCK):
        left = np.asarray(x[begin : begin + BLOCK], np.float64) - first
        right = np.asarray(y[begin : begin + BLOCK], np.float64) - second
        sums += ((left * right).sum(axis=0), (left * left).sum(axis=0), (right * right).sum(axis=0))
    alive = _varying(sums[1], len(x) * first**2) & _varying(sums[2], len(x) * second**2)
    if not alive.any():
        raise MetricError("neuron_correlation: no dimension varies in both corpora.")
    spread = sums[1] * sums[2]
    return float(np.abs(sums[0][alive] / np.sqrt(spread[alive])).mean())


def _varying(spread: Float[np.ndarray, "d"], middle: Float[np.ndarray, "d"]) -> Bool[np.ndarray, "d"]:
    """Per dimension, from the squares about its mean and those of its mean: whether there is more than rounding.

    Beside the dimension's own numbers, which are in single precision, and the largest of all, in double.
    """
    sizes = spread + middle
    return np.asarray((spread > SINGLE**2 * sizes) & (spread > NOTHING**2 * sizes.max()))


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
