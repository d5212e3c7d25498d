"""A world: a seed and its languages. Everything else follows from the two."""

import hashlib
from dataclasses import dataclass

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.languages import ENGLISH
from isogloss.core.seeds import rng
from isogloss.core.spec import canonical
from isogloss.core.typing import np
from isogloss.worlds.language import Language

GENERATOR = 1
"""Raised whenever the same world would come out otherwise, so that data hashes tell the two apart."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Languages over one latent world. The first language is English: tasks are trained in it."""

    name: str
    languages: tuple[Language, ...]
    seed: int = 0

    def __post_init__(self) -> None:
        codes = self.codes
        if not codes:
            raise SpecError(f"world '{self.name}' has no languages; give at least English.")
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise SpecError(f"world '{self.name}': language codes occur twice: {', '.join(twice)}.")
        if self.languages[0].cognates != 1.0 or self.languages[0].false_friends:
            raise SpecError(f"world '{self.name}': the first language is the one whose words others share; its "
                            "dials cognates and false_friends stay as they are.")  # fmt: skip

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages' codes, English first."""
        return tuple(language.code for language in self.languages)

    @property
    def fingerprint(self) -> str:
        """12 hex digits that change with the seed, any dial, or the generator."""
        spec = canonical({"generator": GENERATOR, "seed": self.seed, "languages": self.languages})
        return hashlib.sha256(spec.encode()).hexdigest()[:12]

    def index(self, code: str) -> int:
        """The place of a language. Raises UnknownName."""
        if code not in self.codes:
            raise UnknownName.of("language", code, self.codes, f"world '{self.name}'")
        return self.codes.index(code)

    def rng(self, purpose: str) -> np.random.Generator:
        """A stream of this world; it depends on the seed alone, so that a dial moves nothing but itself."""
        return rng(f"world/{self.seed}", purpose)


DEFAULT = World(
    name="default",
    languages=(
        Language(code=ENGLISH),
        Language(code="x1", cognates=0.50),
        Language(code="x2", cognates=0.35, adjective_after=True),
        Language(code="x3", cognates=0.30, order="SOV", postpositions=True, negation_after=True),
        Language(code="x4", cognates=0.20, order="VSO", adjective_after=True, plural_first=True, time_first=True),
    ),
)
"""English and four languages that lie ever farther from it, in form only."""
