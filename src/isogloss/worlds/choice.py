"""Which of two sentences follows from the first? The answer lies in the verb's meaning alone."""

from collections.abc import Iterator

from isogloss.core.examples import Choice
from isogloss.core.typing import np
from isogloss.worlds.concepts import SO, VERBS, Field
from isogloss.worlds.events import meant, reworded, sample, weakened
from isogloss.worlds.family import DEV, TEST, Drawn, Family, drawn
from isogloss.worlds.speaker import Speaker, speaker
from isogloss.worlds.text import consequence
from isogloss.worlds.world import World


def examples(world: World, split: str, code: str) -> Iterator[Choice]:
    """The wrong choice is what follows from the verb's partner; a language with other consequences swaps the two."""
    teller, english = speaker(world, code), speaker(world, world.codes[0])

    def draw(random: np.random.Generator, count: int) -> Drawn:
        # Every verb equally often: else the commoner consequence would be the better guess.
        return prompts(teller, english, split, random, random.integers(VERBS, size=count))

    (prompt, first, second), _ = drawn(world, "choice", split, FAMILY.sizes[split], draw, hidden=2)
    right = (meant(second) == teller.relations.consequence[meant(prompt)]).astype(int)
    texts = zip(teller.tell(prompt), teller.tell(first), teller.tell(second), right.tolist(), strict=True)
    for index, (text, one, two, label) in enumerate(texts):
        yield Choice(id=f"{split}-{index}", prompt=text, choices=(one, two), label=label)


def prompts(teller: Speaker, english: Speaker, split: str, random: np.random.Generator, verb: np.ndarray) -> Drawn:
    """The prompt and the two choices, in random order."""
    habits, count = teller.habits(split), len(verb)
    event = sample(habits, random, count, verb=verb)
    after = reworded(weakened(event, random, 1.0), habits, random, 0.0)
    after[:, Field.LINK] = SO
    verbs = np.column_stack([verb, english.relations.partner[verb]])
    swap = random.integers(2, size=count)
    consequences = english.relations.consequence[np.where(swap[:, None] == 1, verbs[:, ::-1], verbs)]
    return [reworded(event, habits, random), consequence(after, consequences[:, 0]),
            consequence(after, consequences[:, 1])], []  # fmt: skip


FAMILY = Family(
    kind="choice",
    type="choice",
    title="Choice of the consequence in a synthetic world",
    examples=examples,
    sizes={"train": 3000, "dev": DEV, "test": TEST},
    metrics=("accuracy",),
    chance=0.5,
)
