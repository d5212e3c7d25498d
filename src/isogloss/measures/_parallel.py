"""Cosines between translations, block by block: what each sentence's own translation scores, and the best other one."""

from typing import NamedTuple

from isogloss.core.measure import Corpus
from isogloss.core.typing import Float, np
from isogloss.measures._vectors import pair

ROWS = 1024


class Cosines(NamedTuple):
    """Per sentence pair."""

    own: Float[np.ndarray, "n"]
    ahead: Float[np.ndarray, "n"]
    """Best other candidate for the first language's sentence."""
    behind: Float[np.ndarray, "n"]
    """Best other candidate for the second language's sentence."""


def cosines(a: Corpus, b: Corpus) -> Cosines:
    """Of all pairs of two aligned corpora."""
    x, y = (_unit(each) for each in pair(a, b))
    n = len(x)
    own = np.einsum("nd,nd->n", x, y)
    ahead, behind = np.full(n, -np.inf), np.full(n, -np.inf)
    for begin in range(0, n, ROWS):
        found = x[begin : begin + ROWS] @ y.T
        rows = np.arange(len(found))
        found[rows, begin + rows] = -np.inf
        ahead[begin : begin + ROWS] = found.max(axis=1)
        np.maximum(behind, found.max(axis=0), out=behind)
    return Cosines(own, ahead, behind)


def _unit(vectors: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0))
