"""Optimal transport between Gaussians has a closed form (Dowson & Landau 1982)."""

from isogloss.core.typing import Float, np
from isogloss.measures._vectors import difference


def root(covariance: Float[np.ndarray, "d d"]) -> Float[np.ndarray, "d d"]:
    """The symmetric square root of a covariance."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


def transport(
    mean: Float[np.ndarray, "d"],
    root_: Float[np.ndarray, "d d"],
    other: Float[np.ndarray, "d"],
    other_root: Float[np.ndarray, "d d"],
) -> float:
    """Squared 2-Wasserstein distance, from means and square roots of covariances.

    tr (A^½ B A^½)^½ is the sum of singular values of A^½ B^½: unlike roots of tiny eigenvalues they lose no digits,
    so that a Gaussian lies at 0 from itself.
    """
    gap = mean - other
    cross = float(np.linalg.svd(root_ @ other_root, compute_uv=False).sum())
    spread = float((root_ * root_).sum() + (other_root * other_root).sum())
    apart = float(gap @ gap)
    return difference(apart + spread - 2 * cross, apart + spread)
