"""Questions about an event: one part of it replaced by a question word."""

from isogloss.core.typing import Int, np
from isogloss.worlds.concepts import EMPTY, Asked, Field, Slot
from isogloss.worlds.realise import concepts

PARTS = {
    Asked.SUBJECT: (Slot.SUBJECT, Slot.SUBJECT_SECOND),
    Asked.OBJECT: (Slot.OBJECT, Slot.OBJECT_SECOND),
    Asked.PLACE: (Slot.PLACE, Slot.PLACE_SECOND),
    Asked.TIME: (Slot.TIME,),
    Asked.NUMBER: (Slot.OBJECT_NUMBER,),
}
"""The slots of a statement that answer each question; they stand together in every language."""


def without_answer(events: Int[np.ndarray, "n 18"]) -> Int[np.ndarray, "n 18"]:
    """Questions without what would give the answer away; events with ASKED empty stay as they are."""
    kept = events.copy()
    for part, fields in (
        (Asked.SUBJECT, [Field.SUBJECT_NUMBER, Field.SUBJECT_ADJECTIVE]),
        (Asked.OBJECT, [Field.OBJECT_NUMBER, Field.OBJECT_ADJECTIVE]),
    ):
        kept[np.ix_(events[:, Field.ASKED] == part, fields)] = EMPTY
    return kept


def answers(events: Int[np.ndarray, "n 18"]) -> Int[np.ndarray, "n 3"]:
    """Concepts of the answer and a full stop; all EMPTY where nothing is asked."""
    plain = events.copy()
    plain[:, Field.ASKED] = EMPTY
    said, found = concepts(plain), np.full((len(events), 3), EMPTY)
    for part, slots in PARTS.items():
        where = events[:, Field.ASKED] == part
        found[where, : len(slots)] = said[np.ix_(where, list(slots))]
        found[where, 2] = said[where, Slot.END]
    return found
