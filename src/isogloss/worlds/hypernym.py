"""Inference by hypernyms and synonyms only: the two sentences share no content word.

What is entailed can be told from word meanings, never from words that occur in both.
"""

from collections.abc import Iterator

from isogloss.core.examples import Classification
from isogloss.core.typing import np
from isogloss.worlds.concepts import ADJUNCTS, CATEGORIES, EMPTY, HYPONYMS, Field, Kind
from isogloss.worlds.events import choose, drop, reworded, sample
from isogloss.worlds.family import DEV, TEST, Drawn, Family, drawn
from isogloss.worlds.judge import ENTAILMENT, judge
from isogloss.worlds.speaker import Speaker, speaker
from isogloss.worlds.world import World

LABELS = ("entailment", "not_entailment")
HEADS = (Field.SUBJECT, Field.OBJECT)


def examples(world: World, split: str, code: str) -> Iterator[Classification]:
    """Labels are true in the language. Pairs that a word of two meanings leaves open there are left out."""
    teller, english = speaker(world, code), speaker(world, world.codes[0])

    def draw(random: np.random.Generator, count: int) -> Drawn:
        return pairs(teller, english, split, random, count)

    (premise, hypothesis), _ = drawn(world, "hypernym", split, FAMILY.sizes[split], draw, hidden=1)
    follows = judge(premise, hypothesis, teller.relations) == ENTAILMENT
    loosely = np.all([teller.readings[premise[:, head], hypothesis[:, head]] for head in HEADS], axis=0)
    texts = zip(teller.tell(premise), teller.tell(hypothesis), follows.tolist(), loosely.tolist(), strict=True)
    for index, (one, two, entailed, possible) in enumerate(texts):
        if entailed == possible:
            yield Classification(id=f"{split}-{index}", text=one, text_pair=two, label=LABELS[0 if entailed else 1])


def pairs(teller: Speaker, english: Speaker, split: str, random: np.random.Generator, count: int) -> Drawn:
    """Any noun with any verb, so that no combination is likelier where it is false."""
    habits = teller.habits(split)
    event = sample(habits, random, count)
    categories = random.integers(CATEGORIES, size=(count, 2))
    for head, kind, category in zip(HEADS, (Field.SUBJECT_KIND, Field.OBJECT_KIND), categories.T, strict=True):
        event[:, kind], event[:, head] = Kind.NOUN, category * HYPONYMS + choose(habits.noun[category], random)
    event[:, [Field.SUBJECT_NUMBER, Field.OBJECT_NUMBER]] = EMPTY
    premise = reworded(event, habits, random, negated=0.0)
    premise[:, Field.VOICE] = 0
    hypothesis = premise.copy()
    for field in ADJUNCTS:
        drop(hypothesis, field, np.ones(count, dtype=bool))
    hypothesis[:, Field.LEXEME] ^= 1
    wrong = random.random(count) < 0.5
    side = random.integers(2, size=count)
    for index, (head, kind) in enumerate(zip(HEADS, (Field.SUBJECT_KIND, Field.OBJECT_KIND), strict=True)):
        category = english.relations.category[event[:, head]]
        off = random.integers(1, CATEGORIES, size=count) * (wrong & (side == index))
        hypothesis[:, kind], hypothesis[:, head] = Kind.HYPERNYM, (category + off) % CATEGORIES
    return [premise, hypothesis], []


FAMILY = Family(
    kind="hypernym",
    type="classification",
    title="Hypernym inference in a synthetic world",
    examples=examples,
    sizes={"train": 3000, "dev": DEV, "test": TEST},
    labels=LABELS,
    metrics=("accuracy",),
    chance=0.5,
)
