"""Corpora on random lines: projected and sorted, some directions at a time, so that memory stays bounded."""

from collections.abc import Iterator
from typing import Any

from isogloss.core.typing import Float, np
from isogloss.measures._vectors import Vectors, blocks, mean

ROOM = 32_000_000
"""Projected numbers held at once, of both corpora."""


def lines(
    x: Vectors, y: Vectors, axes: Float[np.ndarray, "l d"]
) -> Iterator[tuple[Float[np.ndarray, "k n"], Float[np.ndarray, "k m"]]]:
    """Sorted projections of both corpora on the axes, a few at a time; double precision if both corpora have it.

    The common mean is taken off first: it moves nothing apart and costs digits.
    """
    kept = np.float64 if x.dtype == y.dtype == np.float64 else np.float32
    centre = (mean(x) + mean(y)) / 2
    count = max(1, ROOM // (len(x) + len(y)))
    for begin in range(0, len(axes), count):
        some = axes[begin : begin + count]
        shift = some @ centre
        yield _sorted(x, some, shift, kept), _sorted(y, some, shift, kept)


def _sorted(
    vectors: Vectors, axes: Float[np.ndarray, "k d"], shift: Float[np.ndarray, "k"], kept: Any
) -> Float[np.ndarray, "k n"]:
    projected: Vectors = np.empty((len(axes), len(vectors)), dtype=kept)
    done = 0
    turned: Vectors = axes.astype(kept)
    for block in blocks(vectors):
        projected[:, done : done + len(block)] = turned @ block.astype(kept, copy=False).T
        done += len(block)
    projected -= shift.astype(kept)[:, None]
    projected.sort(axis=1)
    return projected
