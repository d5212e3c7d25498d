"""What an example says: its texts, their sentences, and when two texts count as the same."""

import re
from collections.abc import Iterator

from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text

_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？।])")


def key(text: str) -> str:
    """A text without its white space: two texts with the same key are the same, tokenised or not."""
    return "".join(text.split())


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


def sentences(text: str) -> Iterator[str]:
    """A text cut after its full stops, question and exclamation marks."""
    yield from (sentence for sentence in _END.split(text) if sentence)
