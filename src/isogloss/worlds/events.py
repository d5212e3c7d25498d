"""Events: rows of 18 integers. Drawing them, rewording them, and what can be said of them."""

from isogloss.core.typing import Bool, Float, Int, np
from isogloss.worlds.concepts import (
    ADJUNCTS,
    AGENTS,
    CATEGORIES,
    EMPTY,
    FIELDS,
    HYPONYMS,
    NUMBERS,
    PLACE_CATEGORY,
    TIMES,
    Field,
    Kind,
)
from isogloss.worlds.latent import Preferences, Relations

SPLITS = ("train", "train", "dev", "test")
"""Which split an event belongs to, by two bits of a hash: about half of all events are for training."""

MEANING = (
    Field.SUBJECT_KIND,
    Field.SUBJECT,
    Field.SUBJECT_NUMBER,
    Field.SUBJECT_ADJECTIVE,
    Field.OBJECT_KIND,
    Field.OBJECT,
    Field.OBJECT_NUMBER,
    Field.OBJECT_ADJECTIVE,
    Field.PLACE_KIND,
    Field.PLACE,
    Field.TIME,
)
"""With the verb as meant, all that makes two events the same; wording and topic do not."""


def sample(
    preferences: Preferences,
    random: np.random.Generator,
    count: int,
    *,
    verb: Int[np.ndarray, "n"] | None = None,
    names: bool = True,
) -> Int[np.ndarray, "n 18"]:
    """Plain events (active, first lexeme, no negation). `verb` fixes the verbs, and topics follow
    from them; without `names` there are nouns only."""
    events = np.full((count, FIELDS), EMPTY)
    if verb is None:
        topic = choose(np.broadcast_to(preferences.topic, (count, len(preferences.topic))), random)
        pair = choose(preferences.pair[topic], random)
        verb = 2 * pair + (random.random(count) >= preferences.positive[topic, pair])
    else:
        pair = verb // 2
        side = np.where(verb[:, None] % 2, 1 - preferences.positive[:, pair].T, preferences.positive[:, pair].T)
        topic = choose(preferences.topic * preferences.pair[:, pair].T * side, random)
    events[:, Field.TOPIC], events[:, Field.VERB] = topic, verb
    events[:, [Field.LEXEME, Field.NEGATED, Field.VOICE]] = 0
    for number, adjective, kind, head, category, named in (
        (Field.SUBJECT_NUMBER, Field.SUBJECT_ADJECTIVE, Field.SUBJECT_KIND, Field.SUBJECT, preferences.subject[topic],
         0.55),
        (Field.OBJECT_NUMBER, Field.OBJECT_ADJECTIVE, Field.OBJECT_KIND, Field.OBJECT, preferences.object[pair], 0.15),
    ):  # fmt: skip
        chosen = choose(category, random)
        noun = chosen * HYPONYMS + choose(preferences.noun[chosen], random)
        name = choose(preferences.agent[topic], random)
        is_name = random.random(count) < named * names
        events[:, kind] = np.where(is_name, Kind.NAME, Kind.NOUN)
        events[:, head] = np.where(is_name, name, noun)
        events[:, number] = _sometimes(0.3, random.integers(NUMBERS, size=count), ~is_name, random)
        events[:, adjective] = _sometimes(0.4, choose(preferences.adjective[chosen], random), ~is_name, random)
    place_noun = PLACE_CATEGORY * HYPONYMS + choose(
        np.broadcast_to(preferences.noun[PLACE_CATEGORY], (count, HYPONYMS)), random
    )
    place_name = AGENTS + choose(preferences.place[topic], random)
    kind_of_place = choose(np.broadcast_to([0.3 * names, 0.25, 0.45], (count, 3)), random)
    events[:, Field.PLACE_KIND] = np.array([Kind.NAME, Kind.NOUN, EMPTY])[kind_of_place]
    events[:, Field.PLACE] = np.select([kind_of_place == 0, kind_of_place == 1], [place_name, place_noun], EMPTY)
    events[:, Field.TIME] = _sometimes(0.45, random.integers(TIMES, size=count), np.ones(count, dtype=bool), random)
    return events


def choose(weights: Float[np.ndarray, "n k"], random: np.random.Generator) -> Int[np.ndarray, "n"]:
    """One column of each row, with probability in proportion to its weight."""
    bounds = np.cumsum(weights, axis=1)
    drawn = random.random(len(weights)) * bounds[:, -1]
    found: Int[np.ndarray, "*n"] = np.minimum(np.sum(drawn[:, None] >= bounds, axis=1), weights.shape[1] - 1)
    return found


def pick(mask: Bool[np.ndarray, "n k"], random: np.random.Generator) -> Int[np.ndarray, "n"]:
    """A random true column of each row; rows must have one."""
    found: Int[np.ndarray, "n"] = np.argmax(random.random(mask.shape) * mask, axis=1)
    return found


def _sometimes(
    share: float, values: Int[np.ndarray, "n"], where: Bool[np.ndarray, "n"], random: np.random.Generator
) -> Int[np.ndarray, "n"]:
    return np.where(where & (random.random(len(values)) < share), values, EMPTY)


def meant(events: Int[np.ndarray, "n 18"]) -> Int[np.ndarray, "n"]:
    """The verb as meant: "not" and the antonym say the verb."""
    found: Int[np.ndarray, "*n"] = np.bitwise_xor(events[:, Field.VERB], events[:, Field.NEGATED])
    return found


def reworded(
    events: Int[np.ndarray, "n 18"], preferences: Preferences, random: np.random.Generator, negated: float = 0.2
) -> Int[np.ndarray, "n 18"]:
    """The same meaning in a random wording: voice, lexeme, and a share `negated` of "not ANTONYM"."""
    found, count = events.copy(), len(events)
    verb, negation = meant(events), (random.random(count) < negated).astype(np.int64)
    found[:, Field.NEGATED], found[:, Field.VERB] = negation, verb ^ negation
    found[:, Field.VOICE] = random.random(count) < preferences.passive
    found[:, Field.LEXEME] = random.random(count) < preferences.second
    return found


def drop(events: Int[np.ndarray, "n 18"], field: Field, where: Bool[np.ndarray, "n"]) -> None:
    """Leave an adjunct out, in place."""
    events[where, field] = EMPTY
    if field == Field.PLACE:
        events[where, Field.PLACE_KIND] = EMPTY


def has(events: Int[np.ndarray, "n 18"]) -> Bool[np.ndarray, "n 6"]:
    """Which adjuncts are there."""
    found: Bool[np.ndarray, "*n"] = np.not_equal(events[:, list(ADJUNCTS)], EMPTY)
    return found


def weakened(events: Int[np.ndarray, "n 18"], random: np.random.Generator, share: float) -> Int[np.ndarray, "n 18"]:
    """What the events still entail: each adjunct left out with probability `share`."""
    found = events.copy()
    for field in ADJUNCTS:
        drop(found, field, random.random(len(events)) < share)
    return found


def generalised(
    events: Int[np.ndarray, "n 18"], relations: Relations, random: np.random.Generator, share: float
) -> Int[np.ndarray, "n 18"]:
    """Nouns of subject and object replaced by their hypernyms with probability `share`."""
    found = events.copy()
    for kind, head in ((Field.SUBJECT_KIND, Field.SUBJECT), (Field.OBJECT_KIND, Field.OBJECT)):
        where = (events[:, kind] == Kind.NOUN) & (random.random(len(events)) < share)
        found[where, head] = relations.category[events[where, head]]
        found[where, kind] = Kind.HYPERNYM
    return found


def split_of(events: Int[np.ndarray, "n 18"]) -> Int[np.ndarray, "n"]:
    """The split an event belongs to for ever (index into SPLITS), in every task.

    It hangs on the antonym pair of the verb and the kinds of the two participants. What a task does to an event
    (weaken, contradict, generalise, swap roles) changes none of these, so no test statement can occur in training,
    not even as the altered half of a pair.
    """
    kinds = [
        np.select(
            [events[:, kind] == Kind.NAME, events[:, kind] == Kind.NOUN],
            [CATEGORIES, events[:, head] // HYPONYMS],
            events[:, head],
        )
        for kind, head in ((Field.SUBJECT_KIND, Field.SUBJECT), (Field.OBJECT_KIND, Field.OBJECT))
    ]
    return hashed(np.column_stack([meant(events) // 2, np.minimum(*kinds), np.maximum(*kinds)])) & 3


def hashed(rows: Int[np.ndarray, "n k"]) -> Int[np.ndarray, "n"]:
    """A hash of each row, alike in all processes and machines (the finaliser of SplitMix64 per column)."""
    state = np.full(len(rows), 0x9E3779B97F4A7C15, dtype=np.uint64)
    for column in rows.T.astype(np.uint64):
        state ^= column
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            state = (state ^ (state >> np.uint64(shift))) * np.uint64(factor)
        state ^= state >> np.uint64(31)
    return (state >> np.uint64(1)).astype(np.int64)
