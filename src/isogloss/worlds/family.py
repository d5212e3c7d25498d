"""A family of gold-labelled tasks: the same question in any world."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from isogloss.core.errors import IsoglossError
from isogloss.core.examples import Example
from isogloss.core.typing import Int, np
from isogloss.worlds.events import SPLITS, split_of
from isogloss.worlds.world import World

TRAIN, DEV, TEST = 4000, 400, 400


@dataclass(frozen=True, kw_only=True)
class Family:
    """What a task needs beside the world. `examples(world, split, language)` are gold in that language."""

    kind: str
    type: str
    title: str
    examples: Callable[[World, str, str], Iterable[Example]]
    labels: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    chance: float = 0.0
    trained: bool = True
    splits: tuple[str, ...] = ("train", "dev", "test")
    sizes: Mapping[str, int] = field(default_factory=lambda: {"train": TRAIN, "dev": DEV, "test": TEST})
    """Latent items per split; a language keeps those that are decidable in it."""
    with_english: bool = True


Drawn = tuple[list[Int[np.ndarray, "n 18"]], list[Int[np.ndarray, "n"]]]
"""Statements (aligned events of one item) and whatever else belongs to an item, one row per item each."""


def drawn(
    world: World, kind: str, split: str, count: int, draw: Callable[[np.random.Generator, int], Drawn], hidden: int = 0
) -> Drawn:
    """`count` items all of whose statements belong to the split; the last `hidden` ones (questions) may be anywhere."""
    random = world.rng(f"{kind}/{split}")
    statements: list[list[Int[np.ndarray, "n 18"]]] = []
    others: list[list[Int[np.ndarray, "n"]]] = []
    got = 0
    for _ in range(200):
        events, rest = draw(random, 4 * count)
        mine = np.array([name == split for name in SPLITS])
        keep = np.all([mine[split_of(event)] for event in events[: len(events) - hidden]], axis=0)
        statements.append([event[keep] for event in events])
        others.append([other[keep] for other in rest])
        got += int(keep.sum())
        if got >= count:
            return (
                [np.concatenate(parts)[:count] for parts in zip(*statements, strict=True)],
                [np.concatenate(parts)[:count] for parts in zip(*others, strict=True)],
            )
    raise IsoglossError(f"world '{world.name}': {kind} {split} found {got} of {count} items; use another seed.")
