"""Fréchet distance: the squared 2-Wasserstein distance between Gaussians with the corpora's means and covariances."""

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import np
from isogloss.measures._gaussians import root, transport
from isogloss.measures._vectors import moments, pair


def compare(a: Corpus, b: Corpus) -> float:
    """The squared distance, in squared units of the vectors."""
    x, y = pair(a, b)
    (first, covariance), (second, other) = moments(x), moments(y)
    return transport(first, root(covariance), second, root(other))


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
