"""What the ways to search share: two sides, what was found, and vectors of both sides under a view."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isogloss.core.errors import MetricError
from isogloss.core.examples import Passage
from isogloss.core.typing import Float, np
from isogloss.core.vectors import centred as without
from isogloss.core.way import Way, standing
from isogloss.evaluation.retrieval.nearest import unit
from isogloss.models.embedding import View, views
from isogloss.models.encoder import Encoder

NEIGHBOURS = 4
"""k of the ratio margin (Artetxe & Schwenk 2019)."""
ROOM = 2 << 30
"""Bytes of vectors held at once; where all layers of a corpus need more, that of the way that stands is searched."""
Vectors = Float[np.ndarray, "n d"]


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Who asks and what can be found, in one language."""

    queries: list[Passage]
    candidates: list[Passage]


@dataclass(frozen=True, kw_only=True)
class Found:
    """The rankings of one language in one way, row by row."""

    language: str
    way: Way
    stands: bool
    """Whether this is the way that stands for all, whose predictions are kept."""
    ids: list[str]
    ranked: list[Any]
    """What the retrieval metrics take: candidate ids, best first, with their scores where a threshold needs them."""
    gold: list[list[str] | None]


Search = Callable[[Encoder, Mapping[str, Sides], Callable[[int, int], None]], Iterator[Found]]


def affordable(encoder: Encoder, texts: int) -> list[View]:
    """All views of an encoder, or the one that is read first where all would not fit in memory."""
    wanted = views(encoder)
    if texts * encoder.width * 4 * len(wanted) <= ROOM:
        return wanted
    best = standing(Way(layer=view.layer, pooling=view.pooling) for view in wanted)
    return [view for view in wanted if (view.layer, view.pooling) == (best.layer, best.pooling)]


def ways(wanted: Sequence[View], margins: Sequence[str], directions: Sequence[str] = ("",)) -> list[Way]:
    """All ways to search under these views."""
    return [
        Way(layer=view.layer, pooling=view.pooling, centred=centred, margin=margin, direction=direction)
        for view in wanted
        for centred in (False, True)
        for margin in margins
        for direction in directions
    ]


def centre(vectors: Vectors, centred: bool) -> Vectors:
    """Vectors of length one, their mean subtracted before if `centred`.

    Raises MetricError for a vector of length zero, and where nothing but rounding is left without the mean.
    """
    if not centred:
        return unit(vectors)
    return unit(without(vectors, vectors.mean(axis=0)))


def seen(
    vectors: Mapping[View, Vectors], wanted: Sequence[View], first: int
) -> Iterator[tuple[View, bool, Vectors, Vectors]]:
    """(view, centred, unit vectors of the `first` texts, those of the rest) for every view, raw and centred.

    A collapsed encoder's centred vectors are rounding alone, so such a view is left out. Raises MetricError for raw
    vectors of length zero, or that are not numbers.
    """
    for view in wanted:
        one, two = vectors[view][:first], vectors[view][first:]
        yield view, False, centre(one, centred=False), centre(two, centred=False)
        try:
            moved = centre(one, centred=True), centre(two, centred=True)
        except MetricError:
            continue
        yield view, True, *moved


def relevant(queries: Sequence[Passage], pool: Sequence[Passage]) -> list[list[str]]:
    """Ids of the pool's passages that share a key with each of those who ask, sorted."""
    by_key: dict[str, set[str]] = {}
    for passage in pool:
        for key in passage.keys:
            by_key.setdefault(key, set()).add(passage.id)
    return [sorted(set().union(*(by_key.get(key, set()) for key in passage.keys))) for passage in queries]
