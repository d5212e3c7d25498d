"""Someone who speaks one language of a world: its lexicon, order, relations and preferences at hand."""

from dataclasses import dataclass
from functools import lru_cache

from isogloss.core.typing import Bool, Int, np
from isogloss.worlds import latent, lexicon, realise
from isogloss.worlds.concepts import parts_of_speech
from isogloss.worlds.language import Language
from isogloss.worlds.latent import Preferences, Relations
from isogloss.worlds.world import World

PARTS_OF_SPEECH = parts_of_speech()


@dataclass(frozen=True, kw_only=True, eq=False)
class Speaker:
    """Tells events as text."""

    language: Language
    words: np.ndarray
    """Form of each concept (an object array of strings); the last one, reached by EMPTY, is ''."""
    relations: Relations
    readings: Bool[np.ndarray, "48 8"]
    """Which categories each noun's form can belong to."""
    preferences: Preferences
    """Its own, for text and training data."""
    plain: Preferences
    """Those of the world, for test data that is the same in all languages."""

    def tell(self, events: Int[np.ndarray, "n 18"]) -> list[str]:
        """One sentence per event, tokens separated by single spaces."""
        order, _ = realise.spoken(realise.concepts(events), events, self.language.permutation)
        return [" ".join(filter(None, row)) for row in self.words[order].tolist()]

    def spell(self, events: Int[np.ndarray, "n 18"]) -> "list[list[tuple[str, int, int]]]":
        """One list of (token, concept, slot) per event."""
        order, slots = realise.spoken(realise.concepts(events), events, self.language.permutation)
        return [
            [part for part in zip(tokens, concepts, places, strict=True) if part[0]]
            for tokens, concepts, places in zip(self.words[order].tolist(), order.tolist(), slots.tolist(), strict=True)
        ]

    def say(self, concepts: Int[np.ndarray, "n k"]) -> list[str]:
        """Concepts in the order given, one text per row."""
        return [" ".join(filter(None, row)) for row in self.words[concepts].tolist()]

    def habits(self, split: str) -> Preferences:
        """What the events of a split are drawn from: a language's own habits, but for tests those of the world."""
        return self.plain if split == "test" else self.preferences


@lru_cache(maxsize=64)
def speaker(world: World, code: str) -> Speaker:
    """The speaker of one language. Raises UnknownName."""
    language = world.languages[world.index(code)]
    relations = latent.relations(world, language)
    return Speaker(
        language=language,
        words=np.array([*lexicon.words(world, language), ""], dtype=object),
        relations=relations,
        readings=latent.readings(relations, lexicon.merged(world, language)),
        preferences=latent.preferences(world, language),
        plain=latent.plain_preferences(world),
    )
