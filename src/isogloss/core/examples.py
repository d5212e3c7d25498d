"""What tasks are made of: one frozen dataclass per task type. Text and integers only, never tensors.

Labels are strings as the dataset writes them, so that a prediction can be read by a person.
A label of None (or empty answers) means the file carries no gold label: the example can be predicted, not scored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import assert_never

from isogloss.core.errors import DataError
from isogloss.core.shown import QUOTED, quoted, visible


@dataclass(frozen=True, slots=True)
class Place:
    """Where an example comes from: a file, and a line (1-based) or a place in a JSON document, such as data[0]."""

    path: Path
    line: int | str

    def __str__(self) -> str:
        return f"{self.path}, {f'line {self.line}' if isinstance(self.line, int) else visible(self.line[:QUOTED])}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """What all examples have: the place they come from, for errors alone. It is neither compared nor hashed."""

    at: Place | None = field(default=None, compare=False, repr=False)

    def wrong(self, problem: str) -> DataError:
        """The error about this example, with its place where it is known."""
        return DataError(f"{f'{self.at}: ' if self.at else ''}{problem} Nothing was written.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Classification(Placed):
    """One text, or a pair of texts, and one label."""

    id: str
    text: str
    text_pair: str | None = None
    label: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tagging(Placed):
    """Tokens and one tag for each."""

    id: str
    tokens: tuple[str, ...]
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Span(Placed):
    """A question and the context that holds its answer.

    `starts` are character offsets into `context`, one per answer; both empty with `answerable=False` is a
    question that has no answer (SQuAD v2.0), both empty with `answerable=True` is an unlabelled one.
    """

    id: str
    context: str
    question: str
    answers: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()
    answerable: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice(Placed):
    """A prompt and its candidate continuations; `label` is the index of the right one."""

    id: str
    prompt: str
    choices: tuple[str, ...]
    label: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage(Placed):
    """One side of a retrieval task: a query or a candidate. A candidate is relevant when they share a key.

    `side` is "query" or "candidate"; `context` is text shown beside a candidate sentence (LAReQA).
    """

    id: str
    side: str
    text: str
    keys: tuple[str, ...]
    context: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Text(Placed):
    """Plain text for pretraining. Texts of different languages with the same `row` are translations of each other.

    `text_pair` is a second text that goes with the first, such as the sentence that follows.
    """

    id: str
    text: str
    text_pair: str | None = None
    row: str | None = None


Example = Classification | Tagging | Span | Choice | Passage | Text


def labelled(example: Example) -> bool:
    """Whether an example says what the right answer is; texts and passages have none."""
    match example:
        case Classification() | Choice():
            return example.label is not None
        case Tagging():
            return example.tags is not None
        case Span():
            return bool(example.answers) or not example.answerable
        case Passage() | Text():
            return False
        case _:
            assert_never(example)


def untaught(examples: Iterable[Example]) -> DataError | None:
    """The error, with its place, about the first example that lacks what a task's head would learn from it."""
    for example in examples:
        if not (isinstance(example, Passage | Text) or labelled(example)):
            lacks = "tags" if isinstance(example, Tagging) else "answer" if isinstance(example, Span) else "label"
            return example.wrong(f"example {quoted(example.id)} has no {lacks}, so nothing can be learned from it.")
    return None


def texts_of(examples: Iterable[Example]) -> tuple[int, ...]:
    """How many texts classified examples have: (1,), (2,) for pairs, or both; empty for other types.

    A second text may be blank in some rows of a file of pairs.
    """
    kinds = {bool(each.text_pair) for each in examples if isinstance(each, Classification)}
    return tuple(1 + pair for pair in sorted(kinds))


TYPES: Mapping[str, type] = MappingProxyType(
    {
        "classification": Classification,
        "tagging": Tagging,
        "span": Span,
        "choice": Choice,
        "retrieval": Passage,
        "text": Text,
    }
)
