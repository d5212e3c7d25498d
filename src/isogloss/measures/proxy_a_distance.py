"""Proxy A-distance: 2 - 4 × the error of a linear classifier that tells the corpora apart, by 5-fold cross-validation.

Between languages nearly every encoder's raw vectors are linearly separable: it then saturates at 2 and says nothing
about how far they lie. The classifier is least squares (Fisher's discriminant), so time grows with the rows alone.
"""

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, Int, np
from isogloss.measures._vectors import Vectors, mean, pair, ranks, ridge, thin, varies

FOLDS = 5
RIDGE = 1e-2
"""Of the mean variance of a dimension."""
ROWS = 8192


def compare(a: Corpus, b: Corpus) -> float:
    """The distance in [0, 2]; errors above one half, worse than chance, count as one half.

    Raises MetricError for fewer rows than folds.
    """
    wide = pair(a, b)
    if min(len(a), len(b)) < FOLDS:
        raise MetricError(f"proxy_a_distance: {len(a)} and {len(b)} examples; it needs {FOLDS} or more of each.")
    folds = [_folds(each) for each in wide]
    both, width = thin(*wide), wide[0].shape[1]
    centre = (mean(both[0]) + mean(both[1])) / 2
    sums = [_sums(each, where, centre) for each, where in zip(both, folds, strict=True)]
    if not varies(sum(_about(_total(each)) for each in sums) / 2, centre):
        return 0.0  # all vectors are the same, but for rounding
    error = 0.0
    for fold in range(FOLDS):
        first, second = (_total(each[:fold] + each[fold + 1 :]) for each in sums)
        classifier = _fit(first, second, width)
        taken = [_taken(each, where == fold, centre, *classifier) for each, where in zip(both, folds, strict=True)]
        error += ((1 - taken[0]) + taken[1]) / 2 / FOLDS
    return 2 - 4 * min(error, 0.5)


def _folds(vectors: Vectors) -> Int[np.ndarray, "n"]:
    """Folds by rank along a fixed direction: equal rows of two corpora fall into the same fold, as honesty needs."""
    found = np.empty(len(vectors), dtype=np.int64)
    found[ranks(vectors)] = np.arange(len(vectors)) % FOLDS
    return found


Sums = tuple[int, Float[np.ndarray, "d"], Float[np.ndarray, "d d"]]


def _sums(vectors: Vectors, folds: Int[np.ndarray, "n"], centre: Float[np.ndarray, "d"]) -> list[Sums]:
    """Of each fold its number of rows, their sum, and the sum of their products, in one pass."""
    width = len(centre)
    found = [(0, np.zeros(width), np.zeros((width, width))) for _ in range(FOLDS)]
    for begin in range(0, len(vectors), ROWS):
        rows = np.asarray(vectors[begin : begin + ROWS], dtype=np.float64) - centre
        where = folds[begin : begin + ROWS]
        for fold, (count, first, second) in enumerate(found):
            own = rows[where == fold]
            found[fold] = (count + len(own), first + own.sum(axis=0), second + own.T @ own)
    return found


def _total(parts: list[Sums]) -> Sums:
    counts, firsts, seconds = zip(*parts, strict=True)
    return sum(counts), np.sum(firsts, axis=0), np.sum(seconds, axis=0)


def _about(total: Sums) -> float:
    """The mean squared distance of rows from the common centre."""
    return float(np.trace(total[2])) / total[0]


def _fit(a: Sums, b: Sums, width: int) -> tuple[Float[np.ndarray, "d"], float]:
    """Weights and offset; both corpora count the same, however large. `width` is that of the vectors before `thin`."""
    means = a[1] / a[0], b[1] / b[0]
    spread = (a[2] / a[0] - np.outer(means[0], means[0]) + b[2] / b[0] - np.outer(means[1], means[1])) / 2
    gap = means[0] - means[1]
    ridge(spread, RIDGE, width, float(gap @ gap))
    weights = np.linalg.solve(spread, gap)
    return weights, float(weights @ (means[0] + means[1]) / 2)


def _taken(
    vectors: Vectors, chosen: np.ndarray, centre: Float[np.ndarray, "d"], weights: Float[np.ndarray, "d"], offset: float
) -> float:
    """The share of chosen rows that are taken for the first corpus's; a score on the border counts as half."""
    found, count = 0.0, 0
    for begin in range(0, len(vectors), ROWS):
        rows = np.asarray(vectors[begin : begin + ROWS])[chosen[begin : begin + ROWS]].astype(np.float64) - centre
        found += float((np.sign(rows @ weights - offset) / 2 + 0.5).sum())
        count += len(rows)
    return found / count


MEASURE = Measure(
    name="proxy_a_distance",
    title="proxy A-distance",
    family="distributional",
    compare=compare,
    needs=("vectors",),
    unit="2 - 4 × error",
    bounds=(0.0, 2.0),
    saturates=1.9,
    cite="Ben-David et al. 2007",
)
