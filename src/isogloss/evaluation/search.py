"""What the ways to search share: two sides, what was found, and vectors of both sides under a view."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isogloss.core.examples import Passage
from isogloss.core.typing import Float, np
from isogloss.evaluation.embedding import View, reference, views
from isogloss.evaluation.nearest import unit
from isogloss.models.encoder import Encoder

NEIGHBOURS = 4
"""k of the ratio margin (Artetxe & Schwenk 2019)."""
ROOM = 2 << 30
"""Bytes of vectors held at once; where all layers of a corpus need more, the reference view alone is searched."""
Vectors = Float[np.ndarray, "n d"]


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Who asks and what can be found, in one language."""

    queries: list[Passage]
    candidates: list[Passage]


@dataclass(frozen=True, kw_only=True)
class Found:
    """The rankings of one language under one variant, row by row."""

    language: str
    variant: str
    reference: bool
    """Whether this is the variant whose predictions are kept and which tables show first."""
    ids: list[str]
    ranked: list[Any]
    """What the retrieval metrics take: candidate ids, best first, with their scores where a threshold needs them."""
    gold: list[list[str] | None]


Search = Callable[[Encoder, Mapping[str, Sides], Callable[[int, int], None]], Iterator[Found]]


def affordable(encoder: Encoder, texts: int) -> list[View]:
    """All views of an encoder, or the reference alone where all would not fit in memory."""
    wanted = views(encoder)
    return wanted if texts * encoder.width * 4 * len(wanted) <= ROOM else [reference(encoder)]


def centre(vectors: Vectors, centred: bool) -> Vectors:
    """Vectors of length one, their mean subtracted before if `centred`."""
    return unit(vectors - vectors.mean(axis=0) if centred else vectors)


def relevant(asked: Sequence[Passage], pool: Sequence[Passage]) -> list[list[str]]:
    """Ids of the pool's passages that share a key with each of those who ask, sorted."""
    by_key: dict[str, set[str]] = {}
    for passage in pool:
        for key in passage.keys:
            by_key.setdefault(key, set()).add(passage.id)
    return [sorted(set().union(*(by_key.get(key, set()) for key in passage.keys))) for passage in asked]


def named(view: View, centred: bool) -> str:
    """How a variant begins."""
    return f"{view} centred={'yes' if centred else 'no'}"
