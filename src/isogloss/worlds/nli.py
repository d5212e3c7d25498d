"""Natural language inference: does the second sentence follow from the first, contradict it, or neither?

The hypothesis is drawn first and the premise is made to fit the label, so that the hypothesis alone tells nothing.
"""

from collections.abc import Iterator

from isogloss.core.examples import Classification
from isogloss.core.typing import np
from isogloss.worlds.concepts import ADJUNCTS, Field, Kind
from isogloss.worlds.contrast import add, clash
from isogloss.worlds.events import drop, generalised, has, pick, reworded, sample, weakened
from isogloss.worlds.family import Drawn, Family, drawn
from isogloss.worlds.judge import CONTRADICTION, LABELS, NEUTRAL, judge
from isogloss.worlds.speaker import Speaker, speaker
from isogloss.worlds.world import World

GENERAL = len(ADJUNCTS)
"""Index, after the adjuncts, of a way to be neutral: the premise has the hypernym of the hypothesis's object."""


def examples(world: World, split: str, code: str) -> Iterator[Classification]:
    """Labels are true in the language: where its hypernyms differ from English's, so do they."""
    teller, english = speaker(world, code), speaker(world, world.codes[0])

    def draw(random: np.random.Generator, count: int) -> Drawn:
        return pairs(teller, english, split, random, count)

    (premise, hypothesis), _ = drawn(world, "nli", split, FAMILY.sizes[split], draw)
    gold = judge(premise, hypothesis, teller.relations)
    texts = zip(teller.tell(premise), teller.tell(hypothesis), gold.tolist(), strict=True)
    for index, (one, two, label) in enumerate(texts):
        yield Classification(id=f"{split}-{index}", text=one, text_pair=two, label=LABELS[label])


def pairs(teller: Speaker, english: Speaker, split: str, random: np.random.Generator, count: int) -> Drawn:
    """Premises and hypotheses; the label aimed at is true in English."""
    habits = teller.habits(split)
    event = generalised(sample(habits, random, count), english.relations, random, 0.15)
    hypothesis = weakened(event, random, 0.4)
    # Every hypothesis must be able to carry every label, or its shape would give the label away.
    fit = has(hypothesis).any(axis=1)
    event, hypothesis = event[fit], hypothesis[fit]
    label = random.integers(len(LABELS), size=len(event))

    hypothesis = generalised(hypothesis, english.relations, random, 0.2)
    premise = np.where((label == CONTRADICTION)[:, None], clash(event, has(hypothesis), random, verb=0.5), event)
    neutral = label == NEUTRAL
    way = pick(np.column_stack([has(hypothesis), hypothesis[:, Field.OBJECT_KIND] == Kind.NOUN]), random)
    # What a neutral premise lacks it makes up for with something else, or its length would give the label away.
    add(premise, neutral & (way != GENERAL), random)
    for index, field in enumerate(ADJUNCTS):
        drop(premise, field, neutral & (way == index))
    general = neutral & (way == GENERAL)
    premise[general, Field.OBJECT_KIND] = Kind.HYPERNYM
    premise[general, Field.OBJECT] = english.relations.category[event[general, Field.OBJECT]]
    return [reworded(premise, habits, random), reworded(hypothesis, habits, random)], []


FAMILY = Family(
    kind="nli",
    type="classification",
    title="Natural language inference in a synthetic world",
    examples=examples,
    labels=LABELS,
    metrics=("accuracy",),
    chance=1 / 3,
)
