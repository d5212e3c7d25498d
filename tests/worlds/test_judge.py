"""Gold labels by definition, on cases worked by hand."""

import numpy as np
import pytest

from isogloss.worlds.concepts import EMPTY, FIELDS, Field, Kind
from isogloss.worlds.judge import CONTRADICTION, ENTAILMENT, LABELS, NEUTRAL, judge
from isogloss.worlds.latent import relations
from isogloss.worlds.speaker import speaker
from isogloss.worlds.world import DEFAULT

# Noun 7 is of category 1. "Person 3 does verb 4 to three big nouns 7 in place 60 at time 2."
PREMISE = {
    Field.SUBJECT_KIND: Kind.NAME, Field.SUBJECT: 3, Field.VERB: 4, Field.LEXEME: 0, Field.NEGATED: 0, Field.VOICE: 0,
    Field.OBJECT_KIND: Kind.NOUN, Field.OBJECT: 7, Field.OBJECT_NUMBER: 1, Field.OBJECT_ADJECTIVE: 6,
    Field.PLACE_KIND: Kind.NAME, Field.PLACE: 60, Field.TIME: 2,
}  # fmt: skip

CASES = [
    ("the same words", {}, ENTAILMENT),
    ("another lexeme, passive", {Field.LEXEME: 1, Field.VOICE: 1}, ENTAILMENT),
    ("not the antonym", {Field.VERB: 5, Field.NEGATED: 1}, ENTAILMENT),
    ("no time, no place", {Field.TIME: EMPTY, Field.PLACE: EMPTY, Field.PLACE_KIND: EMPTY}, ENTAILMENT),
    ("the object's hypernym", {Field.OBJECT_KIND: Kind.HYPERNYM, Field.OBJECT: 1}, ENTAILMENT),
    ("another hypernym", {Field.OBJECT_KIND: Kind.HYPERNYM, Field.OBJECT: 2}, NEUTRAL),
    ("a sibling noun", {Field.OBJECT: 8}, NEUTRAL),
    ("another person", {Field.SUBJECT: 4}, NEUTRAL),
    ("another verb", {Field.VERB: 8}, NEUTRAL),
    ("the antonym", {Field.VERB: 5}, CONTRADICTION),
    ("not the verb", {Field.NEGATED: 1}, CONTRADICTION),
    ("another number", {Field.OBJECT_NUMBER: 2}, CONTRADICTION),
    ("the opposite adjective", {Field.OBJECT_ADJECTIVE: 7}, CONTRADICTION),
    ("an unrelated adjective", {Field.OBJECT_ADJECTIVE: 8}, NEUTRAL),
    ("another time", {Field.TIME: 3}, CONTRADICTION),
    ("another place", {Field.PLACE: 61}, CONTRADICTION),
    ("a place that is no name", {Field.PLACE_KIND: Kind.NOUN, Field.PLACE: 43}, CONTRADICTION),
    ("another time, of another person", {Field.TIME: 3, Field.SUBJECT: 4}, NEUTRAL),
]


def row(**changes: int) -> np.ndarray:
    found = np.full((1, FIELDS), EMPTY)
    for field, value in (PREMISE | {Field[name]: value for name, value in changes.items()}).items():
        found[0, field] = value
    return found


@pytest.mark.parametrize(("what", "changes", "label"), CASES, ids=[case[0] for case in CASES])
def test_judge(what: str, changes: dict[Field, int], label: int) -> None:
    """Each change of the premise has the label that its meaning gives it."""
    english = relations(DEFAULT, DEFAULT.languages[0])
    found = judge(row(), row(**{field.name: value for field, value in changes.items()}), english)
    assert LABELS[found[0]] == LABELS[label], what


def test_what_the_premise_leaves_open_is_neutral() -> None:
    """A hypothesis that adds a time to a premise without one is neutral."""
    english = relations(DEFAULT, DEFAULT.languages[0])
    assert judge(row(TIME=EMPTY), row(), english)[0] == NEUTRAL


def test_told_events(read) -> None:
    """The hand-made event is told with its parts in English order, and read back as what it was."""
    teller = speaker(DEFAULT, "en")
    sentence = teller.tell(row())[0]
    subject, verb, thing, place, time = read(DEFAULT, sentence)
    assert verb == 4
    assert len(sentence.split()) == len(subject) + len(thing) + len(place) + len(time) + 4  # verb, plural, at, stop
    assert read(DEFAULT, teller.tell(row(VOICE=1, VERB=5, NEGATED=1, LEXEME=1))[0]) == (subject, 4, thing, place, time)
