"""Sliced Wasserstein distance: the root mean square of 2-Wasserstein distances along 128 random directions.

Along one direction optimal transport pairs quantile with quantile, so sorting solves it, for samples of any two sizes.
"""

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, np
from isogloss.measures._lines import lines
from isogloss.measures._vectors import apart, directions, pair

DIRECTIONS = 128


def compare(a: Corpus, b: Corpus) -> float:
    """The distance, in the units of the vectors."""
    x, y = pair(a, b)
    total = 0.0
    for first, second in lines(x, y, directions(DIRECTIONS, x.shape[1], "sliced")):
        total += float(_squared(first, second).sum())
    value = float(np.sqrt(total / DIRECTIONS))
    return value if apart(value * x.shape[1] ** 0.5, a, b) else 0.0


def _squared(first: Float[np.ndarray, "l n"], second: Float[np.ndarray, "l m"]) -> Float[np.ndarray, "l"]:
    """Squared 2-Wasserstein distances between sorted samples, row by row."""
    n, m = first.shape[1], second.shape[1]
    if n == m:
        gaps = first - second
        return np.asarray(np.einsum("ln,ln->l", gaps, gaps, dtype=np.float64) / n)
    # Between two neighbouring steps of either quantile function both are constant. Steps are counted in 1/(nm).
    steps = np.union1d(np.arange(1, n + 1) * m, np.arange(1, m + 1) * n)
    widths = np.diff(steps, prepend=0) / (n * m)
    left, right = (steps - 1) // m, (steps - 1) // n
    squares = np.empty(len(first))
    for row in range(len(first)):
        gaps = first[row, left].astype(np.float64) - second[row, right]
        squares[row] = float(widths @ (gaps * gaps))
    return squares


MEASURE = Measure(
    name="sliced_wasserstein",
    title="sliced Wasserstein",
    family="distributional",
    compare=compare,
    needs=("vectors",),
    unit="embedding distance",
    bounds=(0.0, float("inf")),
    method=lambda a, b: f"{DIRECTIONS} random directions",  # noqa: ARG005
    cite="Bonneel et al. 2015",
)
