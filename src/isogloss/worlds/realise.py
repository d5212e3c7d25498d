"""Events into words: which concept stands in which slot, and in which order a language says the slots."""

from isogloss.core.typing import Int, np
from isogloss.worlds.concepts import (
    ADJECTIVE,
    AT,
    BY,
    EMPTY,
    HOW_MANY,
    HYPERNYM,
    LINK,
    NOT,
    NOUN,
    NUMBER,
    PASSIVE,
    PLURAL,
    QUERY,
    SLOTS,
    STOP,
    TIME,
    VERB,
    WHAT,
    WHEN,
    WHERE,
    WHO,
    Asked,
    Field,
    Kind,
    Slot,
    entities,
)

ENTITY = entities()


def concepts(events: Int[np.ndarray, "n 18"]) -> Int[np.ndarray, "n 20"]:
    """The concept in each slot, EMPTY where the slot is not said. The same in every language."""
    said = np.full((len(events), SLOTS), EMPTY)
    question, passive = events[:, Field.ASKED], events[:, Field.VOICE] == 1
    said[:, Slot.LINK] = _offset(LINK, events[:, Field.LINK])
    said[:, Slot.TIME] = _offset(TIME, events[:, Field.TIME])
    said[:, Slot.NOT] = np.where(events[:, Field.NEGATED] == 1, NOT, EMPTY)
    said[:, Slot.PASSIVE] = np.where(passive, PASSIVE, EMPTY)
    said[:, Slot.BY] = np.where(passive, BY, EMPTY)
    said[:, Slot.VERB] = VERB + 2 * events[:, Field.VERB] + events[:, Field.LEXEME]
    for field, slot, part in (
        (Field.SUBJECT_KIND, Slot.SUBJECT_NUMBER, Asked.SUBJECT),
        (Field.OBJECT_KIND, Slot.OBJECT_NUMBER, Asked.OBJECT),
    ):
        kind, head, number, adjective = (events[:, field + shift] for shift in range(4))
        said[:, slot] = _offset(NUMBER, number)
        said[:, slot + 1] = _offset(ADJECTIVE, adjective)
        said[:, [slot + 2, slot + 3]] = _heads(kind, head)
        said[:, slot + 4] = np.where(number != EMPTY, PLURAL, EMPTY)
        where = question == part
        said[where, slot : slot + 5] = EMPTY
        said[where, slot + 2] = np.where(kind[where] == Kind.NAME, WHO, WHAT)
    said[:, [Slot.PLACE, Slot.PLACE_SECOND]] = _heads(events[:, Field.PLACE_KIND], events[:, Field.PLACE])
    said[:, Slot.AT] = np.where(events[:, Field.PLACE] != EMPTY, AT, EMPTY)
    said[question == Asked.PLACE, Slot.AT : Slot.PLACE_SECOND + 1] = EMPTY, WHERE, EMPTY
    said[question == Asked.TIME, Slot.TIME] = WHEN
    said[question == Asked.NUMBER, Slot.OBJECT_NUMBER] = HOW_MANY
    said[:, Slot.END] = np.where(question == EMPTY, STOP, QUERY)
    return said


def spoken(
    said: Int[np.ndarray, "n 20"], events: Int[np.ndarray, "n 18"], permutation: Int[np.ndarray, "2 20"]
) -> tuple[Int[np.ndarray, "n 20"], Int[np.ndarray, "n 20"]]:
    """Concepts in spoken order, and the slot each position comes from."""
    slots = permutation[events[:, Field.VOICE]]
    return np.take_along_axis(said, slots, axis=1), slots


def _heads(kind: Int[np.ndarray, "n"], head: Int[np.ndarray, "n"]) -> Int[np.ndarray, "n 2"]:
    names = ENTITY[np.where(kind == Kind.NAME, head, 0)]
    first = np.select(
        [kind == Kind.NAME, kind == Kind.NOUN, kind == Kind.HYPERNYM],
        [names[:, 0], NOUN + head, HYPERNYM + head],
        EMPTY,
    )
    return np.column_stack([first, np.where(kind == Kind.NAME, names[:, 1], EMPTY)])


def _offset(first: int, values: Int[np.ndarray, "n"]) -> Int[np.ndarray, "n"]:
    return np.where(values == EMPTY, EMPTY, first + values)
