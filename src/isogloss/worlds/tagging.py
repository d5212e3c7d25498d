"""Sentences with a tag for every token: parts of speech and names."""

from collections.abc import Iterator

from isogloss.core.examples import Tagging
from isogloss.core.typing import Int, np
from isogloss.worlds.concepts import ASK, EMPTY, LINK, PERSONS, Field, Kind, Slot
from isogloss.worlds.events import reworded, sample
from isogloss.worlds.family import DEV, TEST, Drawn, drawn
from isogloss.worlds.speaker import PARTS_OF_SPEECH, Speaker, speaker
from isogloss.worlds.world import World

SIZES = {"train": 2000, "dev": DEV, "test": TEST}
NAMED: dict[int, tuple[str, Field]] = {
    Slot.SUBJECT: ("B-", Field.SUBJECT_KIND),
    Slot.SUBJECT_SECOND: ("I-", Field.SUBJECT_KIND),
    Slot.OBJECT: ("B-", Field.OBJECT_KIND),
    Slot.OBJECT_SECOND: ("I-", Field.OBJECT_KIND),
    Slot.PLACE: ("B-", Field.PLACE_KIND),
}
"""Slots where a name can stand, and the field that says whether one does."""
POS = tuple(sorted(set(PARTS_OF_SPEECH)))
NER = ("B-LOC", "B-ORG", "B-PER", "I-ORG", "I-PER", "O")


def parts_of_speech(world: World, split: str, code: str) -> Iterator[Tagging]:
    """Universal parts of speech."""
    teller = speaker(world, code)
    events = sentences(teller, world, "pos", split)
    for index, row in enumerate(teller.spell(events)):
        tags = tuple(PARTS_OF_SPEECH[concept] for _, concept, _ in row)
        yield Tagging(id=f"{split}-{index}", tokens=tuple(token for token, _, _ in row), tags=tags)


def names(world: World, split: str, code: str) -> Iterator[Tagging]:
    """Persons, organisations, places. Surnames occur in all three; what stands around them decides."""
    teller = speaker(world, code)
    events = sentences(teller, world, "ner", split)
    for index, (row, event) in enumerate(zip(teller.spell(events), events.tolist(), strict=True)):
        tags = tuple(_name_tag(slot, event) for _, _, slot in row)
        yield Tagging(id=f"{split}-{index}", tokens=tuple(token for token, _, _ in row), tags=tags)


def _name_tag(slot: int, event: list[int]) -> str:
    if slot not in NAMED:
        return "O"
    prefix, kind = NAMED[slot]
    if event[kind] != Kind.NAME:
        return "O"
    return prefix + ("LOC" if kind == Field.PLACE_KIND else "PER" if event[kind + 1] < PERSONS else "ORG")


def sentences(teller: Speaker, world: World, kind: str, split: str) -> Int[np.ndarray, "n 18"]:
    """Plain statements, some of which begin with a link word."""
    habits = teller.habits(split)

    def draw(random: np.random.Generator, count: int) -> Drawn:
        events = reworded(sample(habits, random, count), habits, random)
        events[:, Field.LINK] = np.where(random.random(count) < 0.3, random.integers(ASK - LINK, size=count), EMPTY)
        return [events], []

    (events,), _ = drawn(world, kind, split, SIZES[split], draw)
    return events
