"""What measures on vectors share: blocks that fit in memory, moments, and a sample that no order of rows can change."""

from collections.abc import Callable, Iterator

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus
from isogloss.core.seeds import rng
from isogloss.core.typing import Float, np
from isogloss.core.vectors import BLOCK, SINGLE

Vectors = Float[np.ndarray, "_ d"]


def vectors_of(corpus: Corpus) -> Vectors:
    """The vectors, unread if they are a memory map. Raises MetricError for none."""
    if corpus.vectors is None:
        raise MetricError(f"corpus '{corpus.name}' has no vectors.")
    return corpus.vectors


def pair(a: Corpus, b: Corpus) -> tuple[Vectors, Vectors]:
    """The vectors of both. Raises MetricError for different widths."""
    first, second = vectors_of(a), vectors_of(b)
    if first.shape[1] != second.shape[1]:
        raise MetricError(f"vectors of {first.shape[1]} and {second.shape[1]} dimensions; use one encoder and layer.")
    return first, second


def blocks(vectors: Vectors, rows: int = BLOCK) -> Iterator[Vectors]:
    """Consecutive rows, read as they are needed."""
    for begin in range(0, len(vectors), rows):
        yield np.asarray(vectors[begin : begin + rows])


def thin(*sides: Vectors) -> "list[Float[np.ndarray, '_ k']]":
    """All of them in as many dimensions as they have rows together, where those are fewer: turned, not approximated.

    Distances and products stay what they are, so a measure that no rotation changes needs only the smaller matrices.
    """
    rows, width = sum(len(each) for each in sides), sides[0].shape[1]
    if rows >= width:
        return list(sides)
    turned: Vectors = np.linalg.qr(np.concatenate(sides).astype(np.float64).T).R.T
    return [np.asarray(part) for part in np.split(turned, np.cumsum([len(each) for each in sides])[:-1])]


def mean(vectors: Vectors) -> Float[np.ndarray, "d"]:
    """The mean row, in double precision."""
    total = np.zeros(vectors.shape[1])
    for block in blocks(vectors):
        total += block.sum(axis=0, dtype=np.float64)
    return total / len(vectors)


def moments(vectors: Vectors) -> tuple[Float[np.ndarray, "d"], Float[np.ndarray, "d d"]]:
    """Mean and unbiased covariance, in double precision, in one pass over centred blocks."""
    centre = mean(vectors)
    total = np.zeros((vectors.shape[1], vectors.shape[1]))
    for block in blocks(vectors):
        centred = block.astype(np.float64) - centre
        total += centred.T @ centred
    return centre, total / (len(vectors) - 1)


def varies(variance: float, centre: Float[np.ndarray, "d"]) -> bool:
    """Whether vectors of this total variance about their mean differ by more than rounding."""
    return variance > SINGLE**2 * (variance + float(centre @ centre))


def check_varies(variance: float, centre: Float[np.ndarray, "d"]) -> None:
    """Raises MetricError where vectors are all the same but for rounding: what they tell is 0/0."""
    if not varies(variance, centre):
        raise MetricError("all vectors of a corpus are the same, but for rounding.")


def difference(value: float, size: float) -> float:
    """What terms of this size leave, which is 0 or more: 0 if rounding alone takes it below, else as it came out."""
    return 0.0 if -SINGLE * size <= value < 0 else value


def apart(distance: float, a: Corpus, b: Corpus) -> float:
    """How far vectors are moved to make one corpus of the other: 0 where their rounding alone moves them so far."""
    return 0.0 if distance <= SINGLE * (a.size + b.size) else distance


def ridge(covariance: Float[np.ndarray, "k k"], share: float, width: int, variance: float = 0.0) -> None:
    """Add `share` of a dimension's mean variance to its diagonal, in place; `width` is the vectors' before `thin`.

    `variance` is one beside which the covariance may be nothing (two points have none): 1e-12 of it keeps its inverse.
    """
    covariance[np.diag_indices(len(covariance))] += (share * float(np.trace(covariance)) + 1e-12 * variance) / width


def directions(count: int, width: int, purpose: str) -> Float[np.ndarray, "count width"]:
    """Random unit vectors: the same ones for every corpus of this width, so that values can be compared."""
    drawn = rng(f"width {width}", f"directions/{purpose}").standard_normal((count, width))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def ranks(vectors: Vectors) -> np.ndarray:
    """Rows in the order of their projection on a fixed direction: an order that depends on what the rows are alone."""
    axis = directions(1, vectors.shape[1], "order")[0]
    projected = np.concatenate([block.astype(np.float64) @ axis for block in blocks(vectors)])
    return np.argsort(projected, kind="stable")


def spread(vectors: Vectors, count: int) -> Vectors:
    """At most `count` rows, evenly spread along a fixed direction, in double precision; all of them if there are fewer.

    A sample without chance: equal collections give equal samples in whatever order their rows stand.
    """
    order = ranks(vectors)
    if len(order) > count:
        order = order[((np.arange(count) + 0.5) * len(order) / count).astype(np.int64)]
    # A memory map is read fastest from front to back.
    places = np.sort(order)
    rows = np.asarray(vectors[places], dtype=np.float64)
    return np.asarray(rows[np.searchsorted(places, order)])


def squares(x: Vectors, y: Vectors) -> Float[np.ndarray, "_ _"]:
    """Squared Euclidean distances, centred first, since large common means cost digits."""
    centre = (x.mean(axis=0) + y.mean(axis=0)) / 2
    x, y = x - centre, y - centre
    found = (x * x).sum(axis=1)[:, None] + (y * y).sum(axis=1) - 2 * x @ y.T
    return np.asarray(np.maximum(found, 0.0))


def sampled(count: int) -> Callable[[Corpus, Corpus], str]:
    """The `method` of a measure that looks at no more than `count` rows of each corpus."""

    def method(a: Corpus, b: Corpus) -> str:
        if max(len(a), len(b)) <= count:
            return "exact"
        return f"spread sample of {min(count, len(a))} + {min(count, len(b))}"

    return method
