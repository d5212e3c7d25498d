"""The numbering of everything: concepts (what a word can mean), fields of an event, slots of a sentence.

Concepts are the same in all languages; a lexicon gives each a form, a language gives the slots an order.
"""

from enum import IntEnum

from isogloss.core.typing import Int, np

TOPICS, CATEGORIES, HYPONYMS, VERBS, ADJECTIVES, TIMES, NUMBERS = 6, 8, 6, 16, 16, 7, 8
NOUNS = CATEGORIES * HYPONYMS
PAIRS = VERBS // 2
"""Verbs 2k and 2k+1 are antonyms (v ^ 1), and so are adjectives; each verb has two synonymous lexemes."""
PERSONS, ORGANISATIONS, PLACES = 36, 18, 18
AGENTS = PERSONS + ORGANISATIONS
ENTITIES = AGENTS + PLACES
PLACE_CATEGORY = CATEGORIES - 1
"""The category whose nouns can be where something happens."""

# First concept of each class. Noun i of category c is NOUN + c * HYPONYMS + i; lexeme l of verb v is VERB + 2 v + l.
NOUN = 0
HYPERNYM = NOUN + NOUNS
VERB = HYPERNYM + CATEGORIES
ADJECTIVE = VERB + 2 * VERBS
TIME = ADJECTIVE + ADJECTIVES
FIRM = TIME + TIMES
"""Three words that make an organisation of a surname."""
NOT = FIRM + 3
PASSIVE, BY, AT, PLURAL = NOT + 1, NOT + 2, NOT + 3, NOT + 4
LINK = PLURAL + 1
SO, NAMELY, THEN = 0, 1, 2
ASK = LINK + 3
WHO, WHAT, WHERE, WHEN, HOW_MANY = range(ASK, ASK + 5)
NATIVE = ASK + 5
"""Concepts below this have a form of their own in each language; those from here on are written alike everywhere."""
NUMBER = NATIVE
GIVEN = NUMBER + NUMBERS
SURNAME = GIVEN + 24
TOWN = SURNAME + 24
STOP = TOWN + 12
QUERY = STOP + 1
CONCEPTS = QUERY + 1
EMPTY = -1

CLASSES = (
    ("noun", NOUN, HYPERNYM),
    ("hypernym", HYPERNYM, VERB),
    ("verb", VERB, ADJECTIVE),
    ("adjective", ADJECTIVE, TIME),
    ("time", TIME, FIRM),
    ("function", FIRM, NATIVE),
)


class Field(IntEnum):
    """The 18 integers of an event. EMPTY (-1) means absent."""

    TOPIC = 0
    SUBJECT_KIND = 1
    SUBJECT = 2
    SUBJECT_NUMBER = 3
    SUBJECT_ADJECTIVE = 4
    VERB = 5
    LEXEME = 6
    NEGATED = 7
    """"not ANTONYM" says the verb: what is meant is VERB ^ NEGATED."""
    VOICE = 8
    OBJECT_KIND = 9
    OBJECT = 10
    OBJECT_NUMBER = 11
    OBJECT_ADJECTIVE = 12
    PLACE_KIND = 13
    PLACE = 14
    TIME = 15
    LINK = 16
    ASKED = 17
    """Which Asked part a question word replaces."""


FIELDS = len(Field)
ADJUNCTS = (
    Field.SUBJECT_NUMBER,
    Field.SUBJECT_ADJECTIVE,
    Field.OBJECT_NUMBER,
    Field.OBJECT_ADJECTIVE,
    Field.PLACE,
    Field.TIME,
)
"""What a sentence can leave out and still be true."""


class Kind(IntEnum):
    """What a subject, object or place is."""

    NAME = 0
    NOUN = 1
    HYPERNYM = 2


class Asked(IntEnum):
    """What a question asks for."""

    SUBJECT = 0
    OBJECT = 1
    PLACE = 2
    TIME = 3
    NUMBER = 4
    """How many of the object."""


class Slot(IntEnum):
    """The places of a sentence that a language puts in order."""

    LINK = 0
    TIME = 1
    SUBJECT_NUMBER = 2
    SUBJECT_ADJECTIVE = 3
    SUBJECT = 4
    SUBJECT_SECOND = 5
    SUBJECT_PLURAL = 6
    BY = 7
    NOT = 8
    PASSIVE = 9
    VERB = 10
    OBJECT_NUMBER = 11
    OBJECT_ADJECTIVE = 12
    OBJECT = 13
    OBJECT_SECOND = 14
    OBJECT_PLURAL = 15
    AT = 16
    PLACE = 17
    PLACE_SECOND = 18
    END = 19


SLOTS = len(Slot)


def entities() -> Int[np.ndarray, "72 2"]:
    """The one or two concepts of each name: persons, organisations, places, in this order.

    A surname is a person's second word, an organisation's first and, for six of them, also a place: only what
    stands around it tells which.
    """
    table = np.full((ENTITIES, 2), EMPTY)
    for person in range(PERSONS):
        table[person] = GIVEN + person % 24, SURNAME + person * 7 % 24 if person >= PERSONS // 2 else EMPTY
    for firm in range(ORGANISATIONS):
        table[PERSONS + firm] = SURNAME + firm, FIRM + firm % 3
    for place in range(PLACES):
        table[AGENTS + place, 0] = TOWN + place if place < 12 else SURNAME + 3 * (place - 12)
    return table


def parts_of_speech() -> list[str]:
    """The universal part of speech of each concept."""
    tags = ["NOUN"] * VERB + ["VERB"] * (2 * VERBS) + ["ADJ"] * ADJECTIVES + ["ADV"] * TIMES + ["NOUN"] * 3
    tags += ["PART", "AUX", "ADP", "ADP", "PART"] + ["CCONJ"] * 3 + ["PRON", "PRON", "ADV", "ADV", "ADV"]
    return tags + ["NUM"] * NUMBERS + ["PROPN"] * (STOP - GIVEN) + ["PUNCT"] * 2
