"""LogME: the log evidence per example that a linear model on the vectors has for the labels. Higher is better.

A score of the encoder for the target in one language; no intermediate task enters, so it holds for all of them.
"""

from math import pi

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, np
from isogloss.core.vectors import BLOCK, SINGLE
from isogloss.measures._labels import classes, labels_of
from isogloss.measures._vectors import check_varies, thin, vectors_of

STEPS, TOLERANCE = 100, 1e-6
SMALLEST = 1e-200
"""Squared length of weights; the vectors' own length is in it, so that only weights of 0 may be smaller."""


def compare(a: Corpus, b: Corpus) -> float:  # noqa: ARG001
    """Mean over classes of the maximal log evidence, divided by the number of examples."""
    (vectors,), targets = thin(vectors_of(b)), classes(labels_of(b))
    width = vectors.shape[1]
    gram, cross = np.zeros((width, width)), np.zeros((width, targets.shape[1]))
    for begin in range(0, len(vectors), BLOCK):
        rows = np.asarray(vectors[begin : begin + BLOCK], dtype=np.float64)
        gram += rows.T @ rows
        cross += rows.T @ targets[begin : begin + BLOCK]
    n = len(vectors)
    centre = cross.sum(axis=1) / n  # each row has one label
    check_varies(float(np.trace(gram)) / n - float(centre @ centre), centre)
    values, axes = np.linalg.eigh(gram)
    there = values > SINGLE**2 * values[-1]
    values, axes = values[there], axes[:, there]
    squared = (targets * targets).sum(axis=0)
    per_label = [
        evidence(values, axes.T @ cross[:, column], float(squared[column]), n) for column in range(targets.shape[1])
    ]
    return float(np.mean(per_label)) / n


def evidence(values: Float[np.ndarray, "d"], z: Float[np.ndarray, "d"], squared: float, n: int) -> float:
    """max log p(y | F) over the precisions of weights and noise, by fixed-point iteration (You et al. 2021, alg. 1).

    `values` are the eigenvalues of F'F, `z` is F'y on its eigenvectors, `squared` is y'y.
    Dimensions in which nothing lies add nothing, so they may be absent.
    """
    alpha, beta = 1.0, 1.0
    for _ in range(STEPS):
        weights = beta * z / (alpha + beta * values)
        size = float(weights @ weights)
        residual = max(squared - 2 * float(weights @ z) + float(values @ (weights * weights)), 1e-12)
        effective = float((beta * values / (alpha + beta * values)).sum())
        left = n - len(values) + float((alpha / (alpha + beta * values)).sum())  # n - effective, but never 0
        ratio = alpha / beta
        alpha, beta = effective / max(size, SMALLEST), left / residual
        if abs(alpha / beta - ratio) <= TOLERANCE * ratio:
            break
    weights = beta * z / (alpha + beta * values)
    residual = squared - 2 * float(weights @ z) + float(values @ (weights * weights))
    return (
        n / 2 * float(np.log(beta))
        + len(values) / 2 * float(np.log(alpha))
        - n / 2 * float(np.log(2 * pi))
        - beta / 2 * residual
        - alpha / 2 * float(weights @ weights)
        - float(np.log(alpha + beta * values).sum()) / 2
    )


MEASURE = Measure(
    name="logme",
    title="LogME",
    family="label-aware",
    compare=compare,
    needs=("vectors", "labels"),
    unit="nats per example",
    bounds=(-float("inf"), float("inf")),
    symmetric=False,
    direction="similarity",
    scope="target",
    cite="You et al. 2021",
)
