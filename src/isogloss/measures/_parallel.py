"""Cosines between translations, block by block: what each sentence's own translation scores, and the best other one."""

from typing import NamedTuple

from isogloss.core.errors import MetricError
from isogloss.core.measure import ROUNDING, Corpus
from isogloss.core.typing import Bool, Float, np
from isogloss.measures._vectors import pair

ROWS = 1024
NOTHING = 1e-12
"""A vector this much shorter than the longest is one of length zero, but for rounding."""


class Cosines(NamedTuple):
    """Per sentence pair."""

    own: Float[np.ndarray, "n"]
    ahead: Float[np.ndarray, "n"]
    """Best other candidate for the first language's sentence."""
    behind: Float[np.ndarray, "n"]
    """Best other candidate for the second language's sentence."""

    @property
    def first(self) -> Bool[np.ndarray, "n"]:
        """Whether the translation is nearest to the first language's sentence; a tie, to 1e-9, is not a hit."""
        return np.asarray(self.own > self.ahead + ROUNDING)

    @property
    def second(self) -> Bool[np.ndarray, "n"]:
        """The same for the second language's sentence."""
        return np.asarray(self.own > self.behind + ROUNDING)


def cosines(a: Corpus, b: Corpus) -> Cosines:
    """Of all pairs of two aligned corpora. Raises MetricError for a vector of length zero, which has no cosine."""
    x, y = (_unit(each, corpus.name) for each, corpus in zip(pair(a, b), (a, b), strict=True))
    n = len(x)
    own = np.einsum("nd,nd->n", x, y)
    ahead, behind = np.full(n, -np.inf), np.full(n, -np.inf)
    for begin in range(0, n, ROWS):
        block = x[begin : begin + ROWS] @ y.T
        rows = np.arange(len(block))
        block[rows, begin + rows] = -np.inf
        ahead[begin : begin + ROWS] = block.max(axis=1)
        np.maximum(behind, block.max(axis=0), out=behind)
    return Cosines(own, ahead, behind)


def _unit(vectors: Float[np.ndarray, "n d"], name: str) -> Float[np.ndarray, "n d"]:
    rows = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    none = np.flatnonzero(lengths <= NOTHING * lengths.max())
    if len(none):
        raise MetricError(f"vector {none[0]} of '{name}' (from 0) has length zero: it has no direction, so no cosine.")
    return np.asarray(rows / lengths)
