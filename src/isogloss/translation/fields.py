"""Texts cut into sentences for a translator, and put together again."""

import re
from collections.abc import Callable

from isogloss.translation.engine import Pieces, Translation, plain

Look = Callable[[Pieces], Translation | None]
"""The translation of a sentence that was asked for before."""
_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？।])")
"""Where a translator's sentences end: one of the rules (RULES) that the hash of translated data stands for."""


class Dropped(Exception):
    """An example that has no faithful translation; the message is the reason it is counted under."""


def cut(text: str) -> list[tuple[int, str]]:
    """The sentences of a text, each with the character it begins at."""
    found, at = [], 0
    for sentence in filter(None, _END.split(text)):
        at = text.index(sentence, at)
        found.append((at, sentence))
        at += len(sentence)
    return [(at, sentence) for at, sentence in found if sentence.strip()]


def to_translate(text: str) -> list[Pieces]:
    """What is to be translated of a text."""
    return [plain(sentence.strip()) for _, sentence in cut(text)]


def rebuilt(text: str, look: Look) -> str:
    """The translation of a text. Raises Dropped when a sentence has none."""
    return joined([sentence_of(each, look).text for each in to_translate(text)])


def sentence_of(sentence: Pieces, look: Look) -> Translation:
    """The translation of one sentence. Raises Dropped when it has none."""
    found = look(sentence)
    if found is None:
        raise Dropped("not translated")
    return found


def joined(parts: list[str]) -> str:
    """Sentences as one text; no space where a script sets none."""
    text = ""
    for part in parts:
        text += part if not text or text.endswith(("。", "！", "？")) else f" {part}"
    return text
