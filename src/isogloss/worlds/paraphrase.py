"""Paraphrase identification: do two sentences of much the same words mean the same?"""

from collections.abc import Iterator

from isogloss.core.examples import Classification
from isogloss.core.typing import np
from isogloss.worlds.concepts import Field
from isogloss.worlds.contrast import clash, exchanged
from isogloss.worlds.events import has, reworded, sample
from isogloss.worlds.family import Drawn, Family, drawn
from isogloss.worlds.judge import ENTAILMENT, judge
from isogloss.worlds.speaker import Speaker, speaker
from isogloss.worlds.world import World

LABELS = ("different", "same")


def examples(world: World, split: str, code: str) -> Iterator[Classification]:
    """ "same" when each sentence entails the other."""
    teller = speaker(world, code)

    def draw(random: np.random.Generator, count: int) -> Drawn:
        return pairs(teller, split, random, count)

    (one, two), _ = drawn(world, "paraphrase", split, FAMILY.sizes[split], draw)
    same = (judge(one, two, teller.relations) == ENTAILMENT) & (judge(two, one, teller.relations) == ENTAILMENT)
    texts = zip(teller.tell(one), teller.tell(two), same.tolist(), strict=True)
    for index, (left, right, label) in enumerate(texts):
        yield Classification(id=f"{split}-{index}", text=left, text_pair=right, label=LABELS[label])


def pairs(teller: Speaker, split: str, random: np.random.Generator, count: int) -> Drawn:
    """Half the same, half with one thing changed: a participant, an adjunct or the verb."""
    habits = teller.habits(split)
    event = sample(habits, random, count)
    other = np.where((random.random(count) < 0.4)[:, None], exchanged(event, random),
                     clash(event, has(event), random, verb=0.4))  # fmt: skip
    other = np.where((random.random(count) < 0.5)[:, None], event, other)
    one, two = reworded(event, habits, random), reworded(other, habits, random)
    two[:, Field.LEXEME] = 1 - one[:, Field.LEXEME]  # never the very same words
    return [one, two], []


FAMILY = Family(
    kind="paraphrase",
    type="classification",
    title="Paraphrase identification in a synthetic world",
    examples=examples,
    labels=LABELS,
    metrics=("accuracy",),
    chance=0.5,
)
