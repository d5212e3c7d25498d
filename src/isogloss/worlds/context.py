"""Word in context: one form in two sentences; does it mean the same in both?

Few languages of a world have words of two meanings, so two unrelated nouns are told with the form of one of them
(pseudowords: Gale, Church and Yarowsky 1992). The pairs are those that the language's dial `merge` would colexify:
where it does, the form really has both meanings, in the pretraining text as well.
"""

from collections.abc import Iterator

from isogloss.core.examples import Classification
from isogloss.core.typing import Bool, Float, Int, np
from isogloss.worlds import lexicon
from isogloss.worlds.concepts import EMPTY, HYPERNYM, HYPONYMS, Field, Kind
from isogloss.worlds.events import SPLITS, choose, drop, meant, reworded, sample, split_of
from isogloss.worlds.family import DEV, TEST, Drawn, Family, drawn
from isogloss.worlds.latent import Preferences
from isogloss.worlds.speaker import Speaker, speaker
from isogloss.worlds.world import World

LABELS = ("same", "different")
CERTAIN = 0.9
"""A sentence is kept where its verb and adjective give the noun meant, of the two, at least this probability."""


def examples(world: World, split: str, code: str) -> Iterator[Classification]:
    """The form is the object of both sentences and the only noun or verb they share."""
    teller = speaker(world, code)
    pairs = nouns(world, teller)

    def draw(random: np.random.Generator, count: int) -> Drawn:
        return sentences(teller, pairs, split, random, count)

    (one, two), (form, label) = drawn(world, "context", split, FAMILY.sizes[split], draw)
    for events in (one, two):
        events[:, Field.OBJECT] = form
    texts = zip(teller.tell(one), teller.tell(two), label.tolist(), strict=True)
    for index, (left, right, other) in enumerate(texts):
        yield Classification(id=f"{split}-{index}", text=left, text_pair=right, label=LABELS[other])


def nouns(world: World, teller: Speaker) -> Int[np.ndarray, "k 2"]:
    """The pairs of nouns that have one form where the language colexifies all it can."""
    found: Int[np.ndarray, "k 2"] = lexicon.candidates(world, teller.language)
    kept: Int[np.ndarray, "k 2"] = found[found.max(axis=1) < HYPERNYM]
    return kept


def sentences(
    teller: Speaker, pairs: Int[np.ndarray, "k 2"], split: str, random: np.random.Generator, count: int
) -> Drawn:
    """Two sentences about nouns of one pair, whose form to use, and whether the nouns differ."""
    habits = teller.habits(split)
    # Kept apart before they are paired: two events seldom fall into the same split by themselves.
    pool = sample(habits, random, 8 * count)
    pair = random.integers(len(pairs), size=len(pool))
    side = random.integers(2, size=len(pool))
    chosen = pairs[pair]
    pool[:, Field.OBJECT_KIND], pool[:, Field.OBJECT] = Kind.NOUN, chosen[np.arange(len(pool)), side]
    pool[:, Field.OBJECT_NUMBER] = EMPTY
    drop(pool, Field.PLACE, pool[:, Field.PLACE_KIND] == Kind.NOUN)  # a place both share would be another such noun
    pool[:, Field.OBJECT_ADJECTIVE] = choose(habits.adjective[pool[:, Field.OBJECT] // HYPONYMS], random)
    weight = likelihood(pool, chosen // HYPONYMS, habits)
    sure = weight[np.arange(len(pool)), side] >= CERTAIN * weight.sum(axis=1)
    mine = np.array([name == split for name in SPLITS])
    kept = np.flatnonzero(sure & mine[split_of(pool)])
    cell = 2 * pair[kept] + side[kept]
    kept, cell = kept[np.argsort(cell, kind="stable")], np.sort(cell)
    # For each first sentence one partner of each label: only where both fit does it say nothing of the label.
    same, other = _any_of(cell, cell, random), _any_of(cell, cell ^ 1, random)
    shared = pairs[cell // 2]
    fit = cell[other] == cell ^ 1
    for partner in (same, other):
        fit &= _apart(pool[kept], pool[kept[partner]], shared)
    rows = random.permutation(_balanced(np.flatnonzero(fit), cell))
    differ = random.integers(2, size=len(rows))
    second = np.where(differ == 1, other[rows], same[rows])
    wordings = [reworded(pool[kept[places]], habits, random, negated=0.0) for places in (rows, second)]
    return wordings, [shared[rows, 0], differ]


def likelihood(
    events: Int[np.ndarray, "n 18"], category: Int[np.ndarray, "n 2"], habits: Preferences
) -> Float[np.ndarray, "n 2"]:
    """How much an event's verb and the adjective of its object speak for an object of either category."""
    adjective = events[:, [Field.OBJECT_ADJECTIVE]]
    found: Float[np.ndarray, "n 2"] = (
        habits.object[meant(events)[:, None] // 2, category] * habits.adjective[category, adjective]
    )
    return found


def _any_of(
    cell: Int[np.ndarray, "n"], wanted: Int[np.ndarray, "n"], random: np.random.Generator
) -> Int[np.ndarray, "n"]:
    """A random place of the `wanted` cell for each, `cell` being sorted; a place beside it where the cell is empty."""
    first, end = np.searchsorted(cell, wanted, "left"), np.searchsorted(cell, wanted, "right")
    places = first + (random.random(len(cell)) * (end - first)).astype(np.int64)
    return np.minimum(places, len(cell) - 1)


def _apart(
    one: Int[np.ndarray, "n 18"], two: Int[np.ndarray, "n 18"], shared: Int[np.ndarray, "n 2"]
) -> Bool[np.ndarray, "n"]:
    """Whether two sentences about a pair of nouns share no verb, no adjective of the object and no subject."""
    apart: Bool[np.ndarray, "n"] = meant(one) // 2 != meant(two) // 2
    apart &= one[:, Field.OBJECT_ADJECTIVE] // 2 != two[:, Field.OBJECT_ADJECTIVE] // 2
    apart &= (one[:, Field.SUBJECT_KIND] != two[:, Field.SUBJECT_KIND]) | (
        one[:, Field.SUBJECT] != two[:, Field.SUBJECT]
    )
    for events in (one, two):
        apart &= (events[:, Field.SUBJECT_KIND] != Kind.NOUN) | np.all(shared != events[:, [Field.SUBJECT]], axis=1)
    return apart


def _balanced(rows: Int[np.ndarray, "n"], cell: Int[np.ndarray, "m"]) -> Int[np.ndarray, "k"]:
    """As many first sentences of either noun of a pair, or the second sentence would tell the label."""
    kept: list[Int[np.ndarray, "j"]] = []
    for pair in np.unique(cell // 2):
        sides = [rows[cell[rows] == 2 * pair + side] for side in (0, 1)]
        kept += [side[: min(map(len, sides))] for side in sides]
    return np.concatenate(kept)


FAMILY = Family(
    kind="context",
    type="classification",
    title="Word in context in a synthetic world",
    examples=examples,
    sizes={"train": 3000, "dev": DEV, "test": TEST},
    labels=LABELS,
    metrics=("accuracy",),
    chance=0.5,
)
