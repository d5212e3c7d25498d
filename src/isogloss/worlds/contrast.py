"""Minimal changes that change what an event says."""

from isogloss.core.typing import Bool, Int, np
from isogloss.worlds.concepts import ADJECTIVES, ADJUNCTS, AGENTS, ENTITIES, HYPONYMS, NUMBERS, TIMES, Field, Kind
from isogloss.worlds.events import has, pick

RANGES = (0, 0, 0, 0, AGENTS, 0), (NUMBERS, ADJECTIVES, NUMBERS, ADJECTIVES, ENTITIES, TIMES)
"""First value and end of each adjunct; places are named ones."""


def clash(
    events: Int[np.ndarray, "n 18"],
    allowed: Bool[np.ndarray, "n 6"],
    random: np.random.Generator,
    verb: float,
) -> Int[np.ndarray, "n 18"]:
    """One thing made incompatible: the verb's antonym with probability `verb`, else one of the adjuncts `allowed`."""
    changed = events.copy()
    by_verb = (random.random(len(events)) < verb) | ~allowed.any(axis=1)
    changed[by_verb, Field.VERB] ^= 1
    chosen = pick(allowed, random)
    for index, field in enumerate(ADJUNCTS):
        where = ~by_verb & (chosen == index)
        changed[where, field] = _other(events[where], field, random)
    return changed


def add(events: Int[np.ndarray, "n 18"], where: Bool[np.ndarray, "n"], random: np.random.Generator) -> None:
    """One more adjunct, in place, where there is room for one."""
    room = ~has(events)
    room[:, :4] &= np.repeat(events[:, [Field.SUBJECT_KIND, Field.OBJECT_KIND]] != Kind.NAME, 2, axis=1)
    where = where & room.any(axis=1)
    chosen, count = pick(room, random), len(events)
    for index, (field, low, high) in enumerate(zip(ADJUNCTS, *RANGES, strict=True)):
        here = where & (chosen == index)
        events[here, field] = random.integers(low, high, count)[here]
        if field == Field.PLACE:
            events[here, Field.PLACE_KIND] = Kind.NAME


def _other(events: Int[np.ndarray, "n 18"], field: Field, random: np.random.Generator) -> Int[np.ndarray, "n"]:
    value = events[:, field]
    if field in (Field.SUBJECT_ADJECTIVE, Field.OBJECT_ADJECTIVE):
        return value ^ 1
    if field == Field.TIME:
        return _step(value, 0, TIMES, random)
    if field != Field.PLACE:
        return _step(value, 0, NUMBERS, random)
    by_name = events[:, Field.PLACE_KIND] == Kind.NAME
    named = _step(np.where(by_name, value, AGENTS), AGENTS, ENTITIES, random)
    return np.where(by_name, named, _sibling(np.where(by_name, 0, value), random))


def exchanged(events: Int[np.ndarray, "n 18"], random: np.random.Generator) -> Int[np.ndarray, "n 18"]:
    """Another participant: roles swapped, a sibling noun, or another name."""
    changed = events.copy()
    same_kind = events[:, Field.SUBJECT_KIND] == events[:, Field.OBJECT_KIND]
    differ = events[:, Field.SUBJECT] != events[:, Field.OBJECT]
    swap = same_kind & differ & (random.random(len(events)) < 0.5)
    for left, right in (
        (Field.SUBJECT, Field.OBJECT),
        (Field.SUBJECT_NUMBER, Field.OBJECT_NUMBER),
        (Field.SUBJECT_ADJECTIVE, Field.OBJECT_ADJECTIVE),
    ):
        changed[swap, left], changed[swap, right] = events[swap, right], events[swap, left]
    subject = random.random(len(events)) < 0.5
    for kind, head, side in (
        (Field.SUBJECT_KIND, Field.SUBJECT, subject),
        (Field.OBJECT_KIND, Field.OBJECT, ~subject),
    ):
        by_name = events[:, kind] == Kind.NAME
        value = np.where(
            by_name,
            _step(np.where(by_name, events[:, head], 0), 0, AGENTS, random),
            _sibling(np.where(by_name, 0, events[:, head]), random),
        )
        changed[:, head] = np.where(side & ~swap, value, changed[:, head])
    return changed


def _step(value: Int[np.ndarray, "n"], first: int, end: int, random: np.random.Generator) -> Int[np.ndarray, "n"]:
    """Any other value of the range."""
    size = end - first
    return first + (value - first + random.integers(1, size, len(value))) % size


def _sibling(noun: Int[np.ndarray, "n"], random: np.random.Generator) -> Int[np.ndarray, "n"]:
    category, index = noun // HYPONYMS, noun % HYPONYMS
    return category * HYPONYMS + (index + random.integers(1, HYPONYMS, len(noun))) % HYPONYMS
