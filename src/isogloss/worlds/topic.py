"""Topic classification of two sentences without names: only what words mean tells the topic."""

from collections.abc import Iterator

from isogloss.core.examples import Classification
from isogloss.core.typing import Float, Int, np
from isogloss.worlds.concepts import HYPONYMS, Field
from isogloss.worlds.events import SPLITS, meant, reworded, sample, split_of
from isogloss.worlds.family import DEV, TEST, Drawn, Family, drawn
from isogloss.worlds.latent import Preferences
from isogloss.worlds.speaker import speaker
from isogloss.worlds.world import World

LABELS = ("trade", "travel", "farming", "school", "justice", "sport")
CERTAIN = 0.9
"""An example is kept where a reader who knew the world would give its topic at least this probability."""


def examples(world: World, split: str, code: str) -> Iterator[Classification]:
    """The label is the topic both events were drawn from; the six are equally frequent."""
    teller = speaker(world, code)
    habits = teller.habits(split)
    mine = np.array([name == split for name in SPLITS])

    def draw(random: np.random.Generator, count: int) -> Drawn:
        events = sample(habits, random, count, names=False)
        # Kept apart before they are paired: two events seldom fall into the same split by themselves.
        events = events[mine[split_of(events)]]
        order = np.argsort(events[:, Field.TOPIC], kind="stable")
        one, two = events[order[:-1:2]], events[order[1::2]]
        one, two = one[: len(two)], two[: len(one)]
        evidence = likelihood(one, habits) * likelihood(two, habits) * habits.topic
        topic = one[:, Field.TOPIC]
        sure = evidence[np.arange(len(one)), topic] >= CERTAIN * evidence.sum(axis=1)
        sure &= topic == two[:, Field.TOPIC]
        kept = random.permutation(np.flatnonzero(sure))
        return [reworded(one[kept], habits, random), reworded(two[kept], habits, random)], [topic[kept]]

    count = FAMILY.sizes[split]
    (one, two), (topic,) = drawn(world, "topic", split, 4000 + 2 * count, draw)
    # As many of each topic, as far as there are.
    firsts = [np.flatnonzero(topic == index)[: -(-count // len(LABELS))] for index in range(len(LABELS))]
    rows = np.sort(np.concatenate(firsts))[:count]
    texts = zip(teller.tell(one[rows]), teller.tell(two[rows]), topic[rows].tolist(), strict=True)
    for index, (left, right, label) in enumerate(texts):
        yield Classification(id=f"{split}-{index}", text=f"{left} {right}", label=LABELS[label])


def likelihood(events: Int[np.ndarray, "n 18"], habits: Preferences) -> Float[np.ndarray, "n 6"]:
    """Probability of an event's verb and subject noun, given each topic; nothing else in it depends on the topic."""
    verb = meant(events)
    positive = habits.positive[:, verb // 2]
    side = np.where(verb % 2, 1 - positive, positive)
    found: Float[np.ndarray, "n 6"] = (
        habits.pair[:, verb // 2] * side * habits.subject[:, events[:, Field.SUBJECT] // HYPONYMS]
    ).T
    return found


FAMILY = Family(
    kind="topic",
    type="classification",
    title="Topic classification in a synthetic world",
    examples=examples,
    sizes={"train": 3000, "dev": DEV, "test": TEST},
    labels=LABELS,
    metrics=("accuracy",),
    chance=1 / len(LABELS),
)
