"""What an example says: its texts, their sentences, and when two texts count as the same."""

import re
from collections.abc import Iterator
from typing import assert_never
from unicodedata import normalize

from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text

_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？।])")


_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point: joiners, marks of direction, soft hyphens, variation selectors."""


def normal(text: str) -> str:
    """The one form of all ways to encode a text: what says the same to a reader, and to most tokenizers.

    Unicode's NFKC_Casefold without the change of case: canonically equivalent strings are the same text (chapter 3, C6;
    UAX #15), a compatible character is what it stands for (ﬁ, Ａ, …), and characters that are ignorable are ignored.
    """
    if text.isascii():
        return text
    return normalize("NFKC", _IGNORED.sub("", normalize("NFKC", text)))


def key(text: str) -> str:
    """A text in its normal form without its white space: texts with one key are the same, tokenised or not."""
    return "".join(normal(text).split())


def texts(example: Example) -> tuple[str, ...]:
    """The texts of an example, whole. Words of a tagged sentence are joined by spaces."""
    match example:
        case Tagging():
            return (" ".join(example.tokens),)
        case Span():
            return (example.question, example.context)
        case Choice():
            return (example.prompt, *example.choices)
        case Classification() | Text():
            return (example.text, example.text_pair) if example.text_pair else (example.text,)
        case Passage():
            return (example.text,)
        case _:
            assert_never(example)


def sentences(text: str) -> Iterator[str]:
    """A text cut after its full stops, question and exclamation marks."""
    yield from (sentence for sentence in _END.split(text) if sentence)
