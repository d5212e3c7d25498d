"""H-score: how much of the vectors' variance lies between classes, whitened; 0 to classes - 1. Higher is better.

A score of the encoder for the target in one language; no intermediate task enters. The covariance is shrunk by a
hundredth of its mean variance, since examples are often fewer than dimensions (Ibrahim et al. 2022 shrink as well).
"""

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import np
from isogloss.core.vectors import BLOCK
from isogloss.measures._labels import classes, labels_of
from isogloss.measures._vectors import check_varies, moments, ridge, thin, vectors_of

SHRINK = 0.01


def compare(a: Corpus, b: Corpus) -> float:  # noqa: ARG001
    """tr(cov(f)⁻¹ cov(E[f | y]))."""
    wide, targets = vectors_of(b), classes(labels_of(b))
    (vectors,) = thin(wide)
    centre, covariance = moments(vectors)
    check_varies(float(np.trace(covariance)), centre)
    ridge(covariance, SHRINK, wide.shape[1])
    sums = np.zeros((targets.shape[1], len(centre)))
    for begin in range(0, len(vectors), BLOCK):
        sums += targets[begin : begin + BLOCK].T @ (np.asarray(vectors[begin : begin + BLOCK], np.float64) - centre)
    counts = targets.sum(axis=0)
    between = sums / np.sqrt(counts)[:, None]
    return float((between * np.linalg.solve(covariance, between.T).T).sum()) / len(vectors)


MEASURE = Measure(
    name="h_score",
    title="H-score",
    family="label-aware",
    compare=compare,
    needs=("vectors", "labels"),
    unit="whitened variance",
    bounds=(0.0, float("inf")),
    symmetric=False,
    direction="similarity",
    scope="target",
    cite="Bao et al. 2019",
)
