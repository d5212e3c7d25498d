"""Energy distance: twice the mean distance between two corpora, less the mean distances within each (Székely & Rizzo).

Up to 5,000 rows every pair is counted. Beyond, 512 random directions stand in: a Euclidean distance is its mean
absolute projection up to a constant, and along one direction sorting gives all pairs.
"""

from math import exp, lgamma, pi, sqrt

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, np
from isogloss.core.vectors import SINGLE
from isogloss.measures._lines import lines
from isogloss.measures._vectors import Vectors, blocks, difference, directions, pair

EXACT = 5_000
DIRECTIONS = 512
TILE = 1024


def compare(a: Corpus, b: Corpus) -> float:
    """Energy distance in the units of the vectors; 0 if and only if the corpora are distributed alike."""
    x, y = pair(a, b)
    if max(len(x), len(y)) > EXACT:
        value, across = _random(x, y)
    else:
        x, y = x.astype(np.float64), y.astype(np.float64)
        across = 2 * _mean(x, y)
        value = across - _mean(x, x) - _mean(y, y)
    if across <= 2 * SINGLE * (a.size + b.size):
        return 0.0  # all vectors are the same, but for rounding
    return difference(value, across)


def _mean(x: Vectors, y: Vectors) -> float:
    """The mean distance over all pairs."""
    centre = y.mean(axis=0)
    y = y - centre
    lengths = (y * y).sum(axis=1)
    total = 0.0
    for block in blocks(x, TILE):
        block = block - centre
        found = (block * block).sum(axis=1)[:, None] + lengths - 2 * block @ y.T
        total += float(np.sqrt(np.maximum(found, 0.0)).sum())
    return total / (len(x) * len(y))


def _random(x: Vectors, y: Vectors) -> tuple[float, float]:
    """The distance and twice the mean distance between the corpora."""
    width = x.shape[1]
    total = size = 0.0
    for first, second in lines(x, y, directions(DIRECTIONS, width, "energy")):
        n, m = first.shape[1], second.shape[1]
        together = _pairs(np.sort(np.concatenate([first, second], axis=1), axis=1))
        inside = _pairs(first), _pairs(second)
        across = together - inside[0] - inside[1]
        size += float((2 * across / (n * m)).sum())
        total += float((2 * across / (n * m) - 2 * inside[0] / n**2 - 2 * inside[1] / m**2).sum())
    scale = sqrt(pi) * exp(lgamma((width + 1) / 2) - lgamma(width / 2)) / DIRECTIONS
    return total * scale, size * scale


def _pairs(ordered: Float[np.ndarray, "l n"]) -> Float[np.ndarray, "l"]:
    """The sum of differences over unordered pairs, for each row of sorted numbers."""
    n = ordered.shape[1]
    weights = 2.0 * np.arange(n) - n + 1
    return np.array([row.astype(np.float64) @ weights for row in ordered])


def _method(a: Corpus, b: Corpus) -> str:
    return "exact" if max(len(a), len(b)) <= EXACT else f"{DIRECTIONS} random directions"


MEASURE = Measure(
    name="energy",
    title="energy distance",
    family="distributional",
    compare=compare,
    needs=("vectors",),
    unit="embedding distance",
    bounds=(0.0, float("inf")),
    method=_method,
    cite="Székely & Rizzo 2013",
)
