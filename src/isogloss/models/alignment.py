"""Which sub-words translate each other: IBM model 1 in both directions, with a preference for the diagonal.

Brown et al. 1993; the diagonal as in Dyer, Chahuneau & Smith 2013; the two directions are multiplied, so that what
stays are links both agree on. All sentence pairs are worked on at once, as flat arrays of cells (i, j).
"""

from collections.abc import Sequence

from scipy import sparse

from isogloss.core.typing import Float, Int, np
from isogloss.models.cooccurrence import Counts, Ids

LARGEST = 40_000
"""Cells of one sentence pair; a longer pair says little about words and is left out."""
DIAGONAL = 2.0
"""How fast a link's prior falls with its distance from the diagonal."""
PRIOR = 0.01
"""Added to every count."""
LEAST = 0.02
"""Expected links below this are dropped."""


def links(pairs: Sequence[tuple[Ids, Ids]], size: int, rounds: int = 3) -> Counts:
    """(`size` × `size`): expected number of links between each sub-word of the first side and each of the second."""
    pairs = [(x, y) for x, y in pairs if 0 < len(x) * len(y) <= LARGEST]
    if not pairs:
        return sparse.csr_matrix((size, size), dtype=np.float32)
    kind, first, second, prior = _cells(pairs, size)
    kinds, cell = np.unique(kind, return_inverse=True)
    one, other = kinds // size, kinds % size
    forward = backward = np.ones(len(kinds), np.float32)
    for _ in range(rounds):
        there = _posterior(forward[cell] * prior, first)
        back = _posterior(backward[cell] * prior, second)
        forward = _translations(np.bincount(cell, there, len(kinds)), other, size)
        backward = _translations(np.bincount(cell, back, len(kinds)), one, size)
    counts = np.bincount(cell, there * back, len(kinds))
    kept = counts > LEAST
    return sparse.csr_matrix((counts[kept].astype(np.float32), (one[kept], other[kept])), shape=(size, size))


def _cells(
    pairs: Sequence[tuple[Ids, Ids]], size: int
) -> tuple[Int[np.ndarray, "c"], Int[np.ndarray, "c"], Int[np.ndarray, "c"], Float[np.ndarray, "c"]]:
    """Per cell: its two sub-words as one number, which token of the first and of the second side it is, its prior."""
    kind, first, second, prior = [], [], [], []
    done = [0, 0]
    for x, y in pairs:
        m, n = len(x), len(y)
        kind.append((x.astype(np.int64)[:, None] * size + y).ravel())
        first.append(np.repeat(np.arange(done[0], done[0] + m, dtype=np.int32), n))
        second.append(np.tile(np.arange(done[1], done[1] + n, dtype=np.int32), m))
        apart = np.abs((np.arange(m) + 0.5)[:, None] / m - (np.arange(n) + 0.5) / n)
        prior.append(np.exp(-DIAGONAL * apart).astype(np.float32).ravel())
        done = [done[0] + m, done[1] + n]
    return np.concatenate(kind), np.concatenate(first), np.concatenate(second), np.concatenate(prior)


def _posterior(weights: Float[np.ndarray, "c"], token: Int[np.ndarray, "c"]) -> Float[np.ndarray, "c"]:
    """The cells of each token sum to 1."""
    return np.asarray(weights / np.bincount(token, weights)[token])


def _translations(counts: Float[np.ndarray, "k"], given: Int[np.ndarray, "k"], size: int) -> Float[np.ndarray, "k"]:
    """Probability of each pair of sub-words given one of them."""
    total = np.bincount(given, counts, size)
    return np.asarray((counts + PRIOR) / (total + 300 * PRIOR)[given], np.float32)
