"""The odd one out: which of four nouns is of another kind than the other three?"""

from collections.abc import Iterator

from isogloss.core.examples import Choice
from isogloss.core.typing import np
from isogloss.worlds.concepts import CATEGORIES, HYPONYMS, NOUN
from isogloss.worlds.events import SPLITS, hashed
from isogloss.worlds.family import DEV, TEST, Family
from isogloss.worlds.speaker import speaker
from isogloss.worlds.world import World

WORDS = 4


def examples(world: World, split: str, code: str) -> Iterator[Choice]:
    """Sets that the language's own categories, or a word of two meanings, leave undecided are left out."""
    teller, count = speaker(world, code), FAMILY.sizes[split]
    random = world.rng(f"odd/{split}")
    pool = 40 * count
    category, other = random.permuted(np.tile(np.arange(CATEGORIES), (pool, 1)), axis=1)[:, :2].T
    members = random.permuted(np.tile(np.arange(HYPONYMS), (pool, 1)), axis=1)[:, : WORDS - 1]
    odd = other * HYPONYMS + random.integers(HYPONYMS, size=pool)
    nouns = random.permuted(np.column_stack([category[:, None] * HYPONYMS + members, odd]), axis=1)
    # The same four nouns in another order are the same question.
    mine = np.array([name == split for name in SPLITS])[hashed(np.sort(nouns, axis=1)) & 3]
    for index, four in enumerate(nouns[mine][:count]):
        readings = teller.readings[four].sum(axis=0)
        kinds = teller.relations.category[four]
        alone = [at for at in range(WORDS) if (kinds == kinds[at]).sum() == 1]
        # Decided: one word stands alone, three belong together, and no second meaning joins a word to another's kind.
        if len(alone) == 1 and sorted(readings[np.unique(kinds)].tolist()) == [1, WORDS - 1]:
            words = tuple(teller.say(four[:, None] + NOUN))
            yield Choice(id=f"{split}-{index}", prompt=" ".join(words), choices=words, label=alone[0])


FAMILY = Family(
    kind="odd",
    type="choice",
    title="Odd one out in a synthetic world",
    examples=examples,
    sizes={"train": 3000, "dev": DEV, "test": TEST},
    metrics=("accuracy",),
    chance=1 / WORDS,
)
