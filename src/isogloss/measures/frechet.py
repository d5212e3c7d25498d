"""Fréchet distance: the squared 2-Wasserstein distance between Gaussians with the corpora's means and covariances."""

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import np
from isogloss.measures._gaussians import root, transport
from isogloss.measures._vectors import Vectors, apart, difference, moments, pair


def compare(a: Corpus, b: Corpus) -> float:
    """The squared distance, in squared units of the vectors."""
    x, y = pair(a, b)
    if max(len(x), len(y)) <= 2 * x.shape[1]:
        value = _from_rows(x.astype(np.float64), y.astype(np.float64))
    else:
        (first, covariance), (second, other) = moments(x), moments(y)
        value = transport(first, root(covariance), second, root(other))
    return value if value < 0 or apart(value**0.5, a, b) else 0.0


def _from_rows(x: Vectors, y: Vectors) -> float:
    """The same from centred rows, quicker for few of them: X Y' has the singular values that A^½ B^½ has, scaled."""
    gap = x.mean(axis=0) - y.mean(axis=0)
    x, y = ((each - each.mean(axis=0)) / np.sqrt(len(each) - 1) for each in (x, y))
    cross = float(np.linalg.svd(x @ y.T, compute_uv=False).sum())
    size = float(gap @ gap) + float((x * x).sum() + (y * y).sum())
    return difference(size - 2 * cross, size)


MEASURE = Measure(
    name="frechet",
    title="Fréchet distance",
    family="distributional",
    compare=compare,
    needs=("vectors",),
    unit="squared embedding distance",
    bounds=(0.0, float(np.inf)),
    cite="Dowson & Landau 1982; Heusel et al. 2017",
)
