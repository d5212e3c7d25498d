"""Exact nearest neighbours by inner product, both ways in one pass, and mining by margin.

The products of one tile serve both directions: half the work of searching twice. Memory is bounded by the tile, not by
n × m. Candidates found in float32 are scored again in float64, so neighbours depend neither on tiles nor on threads;
among equal scores (to 1e-12) the lowest index comes first, as in the search XTREME uses.
"""

from dataclasses import dataclass

import torch

from isogloss.core.errors import MetricError
from isogloss.core.typing import Float, Int, np

SPARE = 4
"""Candidates kept beyond k, so that rounding in float32 cannot lose one."""
GROUP = 64
"""Rows whose maximum is taken first when a tile is searched down its columns."""
ROWS = 512
"""Vectors settled at a time."""
DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """For each of n vectors its k nearest, nearest first."""

    ids: Int[np.ndarray, "n k"]
    scores: Float[np.ndarray, "n k"]
    """Inner products; higher is closer."""


def unit(vectors: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "n d"]:
    """Vectors of length one, so that inner products are cosines. Raises MetricError for a vector of length zero."""
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    wrong = np.flatnonzero(~(np.isfinite(lengths[:, 0]) & (lengths[:, 0] > 0)))
    if len(wrong):
        why = "" if lengths[wrong[0], 0] == 0 else " The encoder's weights are damaged or have overflowed."
        raise MetricError(
            f"vector {wrong[0]} (of {len(lengths)}) has length {lengths[wrong[0], 0]}: it has no cosine.{why}"
        )
    return np.asarray(vectors / lengths, dtype=np.float32)


def search(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"], k: int, *, block: int = 4096) -> Neighbours:
    """The k nearest of y for each of x (all of y where k is larger)."""
    return _search(x, y, k, block, both=False)[0]


def search_both(
    x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"], k: int, *, block: int = 4096
) -> tuple[Neighbours, Neighbours]:
    """(the k nearest of y for each of x, the k nearest of x for each of y); `block` is the side of a tile."""
    forward, backward = _search(x, y, k, block, both=True)
    return forward, backward


def margin(forward: Neighbours, backward: Neighbours, kind: str = "ratio") -> Float[np.ndarray, "n k"]:
    """Scores of the forward candidates against how close neighbours are on average (Artetxe & Schwenk 2019).

    "ratio" divides by the mean of the two sides' mean similarity to their k nearest, "distance" subtracts it,
    "absolute" leaves it out. Raises MetricError where the mean is 0 or negative, since a ratio then says nothing.
    """
    if kind == "absolute":
        return forward.scores
    middle = (forward.scores.mean(axis=1)[:, None] + backward.scores.mean(axis=1)[forward.ids]) / 2
    if kind == "distance":
        return np.asarray(forward.scores - middle)
    if kind != "ratio":
        raise MetricError(f"no margin named '{kind}'; known: absolute, distance, ratio.")
    if (middle <= 0).any():
        raise MetricError("a mean similarity to the nearest neighbours is 0 or negative; use kind='distance'.")
    return np.asarray(forward.scores / middle)


def mine(
    forward: Neighbours, backward: Neighbours, kind: str = "ratio"
) -> tuple[Int[np.ndarray, "p 2"], Float[np.ndarray, "p"]]:
    """Pairs (i, j) and their margins, highest first: the best of both directions, each sentence in one pair at most.

    This is the mining XTREME uses for BUCC ("max" retrieval); the caller has removed repeated sentences.
    """
    one, two = margin(forward, backward, kind), margin(backward, forward, kind)
    n, m = len(one), len(two)
    best_y = forward.ids[np.arange(n), one.argmax(axis=1)]
    best_x = backward.ids[np.arange(m), two.argmax(axis=1)]
    left, right = np.concatenate([np.arange(n), best_x]), np.concatenate([best_y, np.arange(m)])
    scores = np.concatenate([one.max(axis=1), two.max(axis=1)])
    free_x, free_y = np.ones(n, dtype=bool), np.ones(m, dtype=bool)
    kept = []
    for at in np.argsort(-scores, kind="stable"):
        if free_x[left[at]] and free_y[right[at]]:
            free_x[left[at]] = free_y[right[at]] = False
            kept.append(at)
    return np.stack([left[kept], right[kept]], axis=1), scores[kept]


def _search(
    x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"], k: int, block: int, *, both: bool
) -> list[Neighbours]:
    if not len(x) or not len(y) or k < 1:
        raise MetricError(f"{len(x)} queries, {len(y)} candidates, k={k}: there is nothing to search.")
    queries, candidates = (torch.from_numpy(np.require(side, np.float32, ["C", "W"])) for side in (x, y))
    forward, backward = _Best(len(x), k + SPARE), _Best(len(y), k + SPARE)
    for top in range(0, len(x), block):
        rows = queries[top : top + block].numpy()
        for left in range(0, len(y), block):
            # numpy's product is no slower than torch's, and on AMD processors a good deal faster.
            tile = torch.from_numpy(rows @ candidates[left : left + block].numpy().T)
            forward.add(top, *tile.topk(min(k + SPARE, tile.shape[1]), dim=1), left)
            if both:
                backward.add(left, *_down(tile, min(k + SPARE, tile.shape[0])), top)
    neighbours = [_settled(queries, candidates, forward, k, block)]
    return [*neighbours, _settled(candidates, queries, backward, k, block)] if both else neighbours


class _Best:
    """The best candidates so far of every vector on one side."""

    def __init__(self, count: int, keep: int) -> None:
        self.scores = torch.full((count, keep), -torch.inf)
        self.ids = torch.full((count, keep), -1, dtype=torch.int64)

    def add(self, start: int, scores: torch.Tensor, ids: torch.Tensor, offset: int) -> None:
        """(b, c) further candidates of the vectors from `start` on; their ids count from `offset`."""
        here = slice(start, start + len(scores))
        pool = torch.cat([self.scores[here], scores], dim=1)
        pool_ids = torch.cat([self.ids[here], ids + offset], dim=1)
        self.scores[here], chosen = pool.topk(self.scores.shape[1], dim=1)
        self.ids[here] = pool_ids.gather(1, chosen)


def _down(tile: torch.Tensor, keep: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Top values and rows of each column, as (columns, keep).

    The top `keep` values lie in the `keep` groups of rows with the highest maxima; only those are sorted.
    """
    height, width = tile.shape
    groups = -(-height // GROUP)
    if groups <= keep:
        values, rows = tile.topk(keep, dim=0)
        return values.T, rows.T
    if height % GROUP:
        filler = tile.new_full((groups * GROUP - height, width), -torch.inf)
        tile = torch.cat([tile, filler])
    grouped = tile.view(groups, GROUP, width)
    which = grouped.amax(dim=1).topk(keep, dim=0).indices
    pool = grouped.gather(0, which[:, None, :].expand(keep, GROUP, width)).reshape(keep * GROUP, width)
    values, places = pool.topk(keep, dim=0)
    rows = which.gather(0, places // GROUP) * GROUP + places % GROUP
    return values.T, rows.T


def _settled(x: torch.Tensor, y: torch.Tensor, best: _Best, k: int, block: int) -> Neighbours:
    """The k best in float64, ties by index.

    Where float32 parts the k best clearly, only their scores are computed again; else all that were kept are, and
    vectors whose k-th best even those cannot decide are searched again.
    """
    k = min(k, len(y))
    keep = min(best.ids.shape[1], len(y))
    slack = 1e-5 * float(x.norm(dim=1).max() * y.norm(dim=1).max())
    ids, scores = np.empty((len(x), k), dtype=np.int64), np.empty((len(x), k))
    gaps = (best.scores[:, :-1] - best.scores[:, 1:])[:, :k].min(dim=1).values.numpy()
    for width, rows in ((k, np.flatnonzero(gaps > slack)), (keep, np.flatnonzero(~(gaps > slack)))):
        for start in range(0, len(rows), ROWS):
            at = rows[start : start + ROWS]
            near = best.ids[at, :width]
            exact = torch.einsum("nd,nkd->nk", x[at].double(), y[near].double()).numpy().round(DIGITS)
            ids[at], scores[at] = _first(exact, near.numpy(), k)
    if keep < len(y):
        unsure = np.flatnonzero(best.scores[:, -1].numpy() > scores[:, -1] - slack)
        for start in range(0, len(unsure), ROWS):
            at = unsure[start : start + ROWS]
            ids[at], scores[at] = _exactly(x[at].double(), y, k, block)
    return Neighbours(ids=ids, scores=scores)


def _exactly(
    x: torch.Tensor, y: torch.Tensor, k: int, block: int
) -> tuple[Int[np.ndarray, "n k"], Float[np.ndarray, "n k"]]:
    """The k best of all y, every product in float64."""
    ids, scores = np.full((len(x), k), -1, dtype=np.int64), np.full((len(x), k), -np.inf)
    for start in range(0, len(y), block):
        exact = (x @ y[start : start + block].double().T).numpy().round(DIGITS)
        least = np.partition(np.hstack([scores, exact]), -k, axis=1)[:, -k]
        for row in range(len(x)):
            columns = np.flatnonzero(exact[row] >= least[row])
            pool = np.concatenate([scores[row], exact[row, columns]])[None]
            ids[row], scores[row] = (part[0] for part in _first(pool, np.append(ids[row], columns + start)[None], k))
    return ids, scores


def _first(
    scores: Float[np.ndarray, "n c"], ids: Int[np.ndarray, "n c"], k: int
) -> tuple[Int[np.ndarray, "n k"], Float[np.ndarray, "n k"]]:
    order = np.lexsort((ids, -scores), axis=1)[:, :k]
    return np.take_along_axis(ids, order, axis=1), np.take_along_axis(scores, order, axis=1)
