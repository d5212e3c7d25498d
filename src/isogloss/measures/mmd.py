"""MMD²: squared maximum mean discrepancy under a Gaussian kernel whose width is the median distance; unbiased.

Below 0 means below what two samples of one population show by chance; a corpus with itself comes out just below 0.
Up to 20,000 rows every pair is counted. Beyond, 1,024 random frequencies stand in for the kernel (Rahimi & Recht
2007), which takes time in proportion to the rows.
"""

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure
from isogloss.core.seeds import rng
from isogloss.core.typing import Float, np
from isogloss.core.vectors import SINGLE
from isogloss.measures._vectors import Vectors, blocks, mean, pair, spread, squares

EXACT = 20_000
FREQUENCIES = 1024
BANDWIDTH = 250
"""Rows of each corpus whose distances give the kernel's width."""
TILE = 1024
STEEP = 1e5
"""Exponents whose rounding is beyond one part in this many are held at 0 or below."""
Rows = Float[np.ndarray, "_ _"]


def compare(a: Corpus, b: Corpus) -> float:
    """MMD² of two corpora. Raises MetricError where all vectors are the same: the kernel has no width then."""
    x, y = pair(a, b)
    scale = 1 / (2 * _median(spread(x, BANDWIDTH), spread(y, BANDWIDTH)))
    if max(len(x), len(y)) > EXACT:
        return _random(x, y, scale)
    n, m = len(x), len(y)
    centre = (mean(x) + mean(y)) / 2
    x, y = _ready(x, centre, scale), _ready(y, centre, scale)
    within = _inside(x) / (n * (n - 1)) + _inside(y) / (m * (m - 1))
    return within - 2 * _across(x, y) / (n * m)


def _median(x: Vectors, y: Vectors) -> float:
    """The median squared distance; where that is 0 but for rounding, the median of those that are more."""
    together = np.vstack([x, y])
    distances = squares(together, together)
    distances = np.concatenate([distances[row, row + 1 :] for row in range(len(distances) - 1)])
    nothing = SINGLE**2 * float((together * together).sum(axis=1).max())
    median = float(np.median(distances))
    if median > nothing:
        return median
    apart = distances[distances > nothing]
    if not len(apart):
        raise MetricError("all vectors are the same, but for rounding, so that the kernel has no width.")
    return float(np.median(apart))


def _ready(vectors: Vectors, centre: Float[np.ndarray, "d"], scale: float) -> Rows:
    """Rows scaled so that a product of a row with a turned one is the exponent of the kernel."""
    kept = np.float64 if vectors.dtype == np.float64 else np.float32
    found = np.empty((len(vectors), vectors.shape[1] + 2), dtype=kept)
    np.multiply(vectors - centre.astype(kept), np.sqrt(2 * scale).astype(kept), out=found[:, :-2])
    found[:, -2] = -(found[:, :-2] * found[:, :-2]).sum(axis=1) / 2
    found[:, -1] = 1.0
    return found


def _turned(rows: Rows) -> Rows:
    return np.hstack([rows[:, :-2], rows[:, -1:], rows[:, -2:-1]])


def _across(x: Rows, y: Rows) -> float:
    total = 0.0
    for right in blocks(y, 2 * TILE):
        right = _turned(right)
        for left in blocks(x, TILE):
            total += _sum(left, right)
    return total


def _inside(x: Rows) -> float:
    """Sum over all ordered pairs of different rows: each tile above the diagonal counts twice."""
    total = 0.0
    for begin in range(0, len(x), TILE):
        right = _turned(x[begin : begin + TILE])
        total += _sum(x[begin : begin + TILE], right) - len(right)
        for left in blocks(x[:begin], TILE):
            total += 2 * _sum(left, right)
    return total


def _sum(left: Rows, right: Rows) -> float:
    exponents = left @ right.T
    if STEEP * np.finfo(exponents.dtype).eps * -float(min(left[:, -2].min(), right[:, -1].min())) > 1:
        np.minimum(exponents, 0, out=exponents)  # minus a squared distance: only rounding takes it above
    np.exp(exponents, out=exponents)
    return float(exponents.sum(axis=1).sum(dtype=np.float64))


def _random(x: Vectors, y: Vectors, scale: float) -> float:
    n, m, width = len(x), len(y), x.shape[1]
    frequencies = rng(f"width {width}", "frequencies").standard_normal((FREQUENCIES, width)) * np.sqrt(2 * scale)
    centre = (mean(x) + mean(y)) / 2
    sums = [_features(each, frequencies, centre) for each in (x, y)]
    within = sum((float(each @ each) - count) / (count * (count - 1)) for each, count in zip(sums, (n, m), strict=True))
    return within - 2 * float(sums[0] @ sums[1]) / (n * m)


def _features(
    vectors: Vectors, frequencies: Float[np.ndarray, "f d"], centre: Float[np.ndarray, "d"]
) -> Float[np.ndarray, "_"]:
    """The sum of all rows' features, each of length one: cosines and sines of the rows about a common centre."""
    kept = np.float64 if vectors.dtype == np.float64 else np.float32
    turned: Rows = frequencies.T.astype(kept)
    total = np.zeros(2 * len(frequencies))
    for block in blocks(vectors):
        phases = (block - centre).astype(kept, copy=False) @ turned
        total[: len(frequencies)] += np.cos(phases).sum(axis=0, dtype=np.float64)
        total[len(frequencies) :] += np.sin(phases).sum(axis=0, dtype=np.float64)
    return np.asarray(total / np.sqrt(len(frequencies)))


def _method(a: Corpus, b: Corpus) -> str:
    return "exact" if max(len(a), len(b)) <= EXACT else f"{FREQUENCIES} random frequencies"


MEASURE = Measure(
    name="mmd",
    title="MMD²",
    family="distributional",
    compare=compare,
    needs=("vectors",),
    unit="squared kernel distance",
    bounds=(-1.0, 2.0),
    method=_method,
    cite="Gretton et al. 2012, eq. 3",
)
