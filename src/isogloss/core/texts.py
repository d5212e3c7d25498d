"""What an example says: its texts, their sentences, and when two texts count as the same."""

import re
from collections.abc import Iterator
from typing import assert_never
from unicodedata import category, normalize

from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text

UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: written without spaces."""
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Unicode's Default_Ignorable_Code_Point: joiners, marks of direction, soft hyphens, variation selectors."""
_IGNORED = re.compile(f"[{_IGNORABLE}]")
_BLANK = re.compile(rf"[\s{_IGNORABLE}]*")
_END = re.compile(
    rf"(?<=[.!?…．！？])[{_IGNORABLE}]*\s[\s{_IGNORABLE}]*|(?<=[。｡؟۔।॥])[\s{_IGNORABLE}]*|\n+"
    rf"|(?<=[{UNSPACED}][!?！？])(?![!?！？])|(?<=[!?！？])(?=[{UNSPACED}])"
)
"""Where sentences part, however they are encoded: after a mark and a space, so that "3.5" stays whole; after a mark
that needs none, or beside a script that sets none; at the end of a line."""


def normal(text: str) -> str:
    """The one form of all ways to encode a text: what says the same to a reader, and to most tokenizers.

    Unicode's NFKC_Casefold without the change of case: canonically equivalent strings are the same text (chapter 3, C6;
    UAX #15), a compatible character is what it stands for (ﬁ, Ａ, …), and characters that are ignorable are ignored.
    """
    if text.isascii():
        return text
    return normalize("NFKC", _IGNORED.sub("", normalize("NFKC", text)))


def characters(text: str) -> Iterator[tuple[int, int, str]]:
    """(from, to, normal form) of each character with what belongs to it: its marks, and what is ignorable."""
    begin = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not (is_mark(text[place]) or _IGNORED.match(text[place])):
            yield begin, place, normal(text[begin:place])
            begin = place


def is_mark(letter: str) -> bool:
    """Whether it belongs to the letter before: marks, and the vowels and finals of decomposed Hangul."""
    return "\u1160" <= letter <= "\u11ff" or "\ud7b0" <= letter <= "\ud7fb" or category(letter).startswith("M")


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
    """A text cut where its sentences part; what has no character that is seen is none."""
    yield from (part.strip() for part in _END.split(text) if not _BLANK.fullmatch(part))
