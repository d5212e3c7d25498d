"""Sentence retrieval: find the English translation of a sentence, without names or numbers to go by."""

from collections.abc import Iterator

from isogloss.core.examples import Passage
from isogloss.core.typing import np
from isogloss.worlds.concepts import EMPTY, Field
from isogloss.worlds.events import MEANING, meant, reworded, sample
from isogloss.worlds.family import Drawn, Family, drawn
from isogloss.worlds.speaker import speaker
from isogloss.worlds.world import World

SIZES = {"dev": 400, "test": 400}


def examples(world: World, split: str, code: str) -> Iterator[Passage]:
    """Queries in the language, candidates in English; the same rows in every language."""
    teller, english = speaker(world, code), speaker(world, world.codes[0])

    def draw(random: np.random.Generator, count: int) -> Drawn:
        events = sample(english.plain, random, 4 * count, names=False)
        events[:, [Field.SUBJECT_NUMBER, Field.OBJECT_NUMBER]] = EMPTY
        # No two of them mean the same, or the right answer would be a matter of luck.
        _, first = np.unique(np.column_stack([events[:, list(MEANING)], meant(events)]), axis=0, return_index=True)
        return [reworded(events[np.sort(first)], english.plain, random, negated=0.0)], []

    (events,), _ = drawn(world, "retrieval", split, SIZES[split], draw)
    queries, candidates = teller.tell(events), english.tell(events)
    for side, language, texts in (("query", code, queries), ("candidate", world.codes[0], candidates)):
        for index, text in enumerate(texts):
            row = f"{split}-{index}"
            yield Passage(id=f"{side}-{row}", side=side, text=text, keys=(row,), language=language)


FAMILY = Family(
    kind="retrieval",
    type="retrieval",
    title="Sentence retrieval in a synthetic world",
    examples=examples,
    metrics=("retrieval_accuracy",),
    chance=1 / SIZES["test"],
    trained=False,
    splits=("dev", "test"),
    sizes=SIZES,
    with_english=False,
)
