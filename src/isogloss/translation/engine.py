"""What a machine translator is to us: marked sentences in, marked sentences out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Pieces = tuple[tuple[str, tuple[int, ...]], ...]
"""A sentence as pieces that read one after the other; marks are the numbers a piece carries through translation."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A sentence in another language; its pieces carry the marks of what they translate."""

    pieces: Pieces
    unknown: int = 0
    """Words that the engine did not know and left as they were."""

    @property
    def text(self) -> str:
        """The sentence without marks."""
        return written(self.pieces)


class Engine(Protocol):
    """Translates from English. Plain data until it is first asked, so that a recipe may hold one."""

    @property
    def name(self) -> str:
        """What it is called in messages and reports."""

    @property
    def carries_marks(self) -> bool:
        """Whether marks arrive; without them tags cannot be carried, and answers are looked for by their words."""

    def version(self, language: str) -> str:
        """What the translations into a language follow from: programs, data, settings. Raises TranslationError."""

    def translate(self, sentences: Sequence[Pieces], language: str) -> list[Translation | None]:
        """One translation for each sentence; None for what cannot be translated whole. Raises TranslationError."""


def plain(text: str) -> Pieces:
    """A sentence without marks."""
    return ((text, ()),)


def written(pieces: Pieces) -> str:
    """The text of a sentence."""
    return "".join(text for text, _ in pieces)
