"""What is true and what is usual in a world: relations of meaning, and preferences that events are drawn from."""

from dataclasses import dataclass, replace

from isogloss.core.typing import Bool, Float, Int, np
from isogloss.worlds.concepts import (
    ADJECTIVES,
    AGENTS,
    CATEGORIES,
    HYPONYMS,
    NOUNS,
    PAIRS,
    PLACES,
    TOPICS,
    VERBS,
)
from isogloss.worlds.language import Language
from isogloss.worlds.world import World


@dataclass(frozen=True, kw_only=True, eq=False)
class Relations:
    """What follows from what."""

    category: Int[np.ndarray, "48"]
    """The category of each noun: its hypernym."""
    consequence: Int[np.ndarray, "16"]
    """What follows when someone does the verb: another verb, never its antonym."""
    partner: Int[np.ndarray, "16"]
    """The verb whose consequence a language with other relations swaps with this one's."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Preferences:
    """Probabilities; the last axis sums to 1."""

    topic: Float[np.ndarray, "6"]
    pair: Float[np.ndarray, "6 8"]
    """Antonym pair of verbs, by topic; `positive` is the share of its first verb."""
    positive: Float[np.ndarray, "6 8"]
    subject: Float[np.ndarray, "6 8"]
    """Category of a subject noun, by topic."""
    object: Float[np.ndarray, "8 8"]
    """Category of an object noun, by antonym pair."""
    noun: Float[np.ndarray, "8 6"]
    """Noun within its category."""
    adjective: Float[np.ndarray, "8 16"]
    """By category."""
    agent: Float[np.ndarray, "6 54"]
    """Persons and organisations, by topic."""
    place: Float[np.ndarray, "6 18"]
    """Place names, by topic."""
    passive: float = 0.2
    second: float = 0.5
    """Share of the second of two synonyms."""


def relations(world: World, language: Language) -> Relations:
    """English's relations with a share of them swapped; the swapped sets are nested in the share."""
    random = world.rng("relations")
    consequence, partner = _consequences(random)
    category = np.arange(NOUNS) // HYPONYMS
    if language.relations:
        random = world.rng(f"relations/{language.draw}")
        # Noun i of a category changes places with noun i of another one: categories keep their size.
        blocks = random.permutation(CATEGORIES).reshape(-1, 2)
        swaps = random.permutation([(a * HYPONYMS + i, b * HYPONYMS + i) for a, b in blocks for i in range(HYPONYMS)])
        for a, b in swaps[: round(language.relations * len(swaps))]:
            category[[a, b]] = category[[b, a]]
        pairs = random.permutation([(verb, partner[verb]) for verb in range(VERBS) if verb < partner[verb]])
        for a, b in pairs[: round(language.relations * len(pairs))]:
            consequence[[a, b]] = consequence[[b, a]]
    return Relations(category=category, consequence=consequence, partner=partner)


def _consequences(random: np.random.Generator) -> tuple[Int[np.ndarray, "16"], Int[np.ndarray, "16"]]:
    """A map of verbs and a pairing of verbs such that no swap makes a verb follow from itself or its antonym."""
    verbs = np.arange(VERBS)
    while True:  # about one draw in ten does
        consequence, shuffled = random.permutation(VERBS), random.permutation(VERBS).reshape(-1, 2)
        partner = np.empty(VERBS, dtype=np.int64)
        partner[shuffled[:, 0]], partner[shuffled[:, 1]] = shuffled[:, 1], shuffled[:, 0]
        related = [consequence // 2 == verbs // 2, consequence[partner] // 2 == verbs // 2, partner // 2 == verbs // 2]
        if not np.any(related):
            return consequence, partner


def plain_preferences(world: World) -> Preferences:
    """The preferences of a language without drift; test sets are drawn from them in every language."""
    random = world.rng("preferences")

    def sparse(rows: int, columns: int, concentration: float) -> Float[np.ndarray, "r c"]:
        return random.dirichlet(np.full(columns, concentration), rows) * 0.96 + 0.04 / columns

    def zipf(rows: int, columns: int) -> Float[np.ndarray, "r c"]:
        weights = 1.0 / np.arange(1, columns + 1)
        return np.array([random.permutation(weights / weights.sum()) for _ in range(rows)])

    return Preferences(
        topic=random.dirichlet(np.full(TOPICS, 20.0)),
        pair=sparse(TOPICS, PAIRS, 0.3),
        positive=random.beta(0.7, 0.7, (TOPICS, PAIRS)) * 0.9 + 0.05,
        subject=sparse(TOPICS, CATEGORIES, 0.3),
        object=sparse(PAIRS, CATEGORIES, 0.3),
        noun=zipf(CATEGORIES, HYPONYMS),
        adjective=sparse(CATEGORIES, ADJECTIVES, 0.3),
        agent=zipf(TOPICS, AGENTS),
        place=zipf(TOPICS, PLACES),
    )


def preferences(world: World, language: Language) -> Preferences:
    """A language's own preferences: drift of usage, shift of topics, register."""
    plain = plain_preferences(world)
    random = world.rng(f"usage/{language.draw}")
    share = language.usage

    def drifted(table: Float[np.ndarray, "r c"]) -> Float[np.ndarray, "r c"]:
        # Rows change places, so that every row becomes another one and the overall frequencies hardly move.
        return (1 - share) * table + share * np.roll(table, random.integers(1, len(table)), axis=0)

    half = TOPICS // 2
    topic = plain.topic.copy()
    topic[half:] += language.topics * topic[:half]
    topic[:half] *= 1 - language.topics
    return replace(
        plain,
        topic=topic,
        object=drifted(plain.object),
        adjective=drifted(plain.adjective),
        agent=drifted(plain.agent),
        place=drifted(plain.place),
        passive=plain.passive + language.register * (0.8 - plain.passive),
        second=plain.second + language.register * (0.95 - plain.second),
    )


def readings(relations: Relations, merged: Int[np.ndarray, "k 2"]) -> Bool[np.ndarray, "48 8"]:
    """Which categories the form of a noun can belong to, given the pairs of concepts that share a form."""
    found = np.zeros((NOUNS, CATEGORIES), dtype=bool)
    found[np.arange(NOUNS), relations.category] = True
    for a, b in merged:
        if max(a, b) < NOUNS:
            found[[a, b]] |= found[[b, a]]
    return found
