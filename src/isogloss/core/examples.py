"""What tasks are made of: one frozen dataclass per task type. Text and integers only, never tensors.

Labels are strings as the dataset writes them, so that a prediction can be read by a person.
A label of None (or empty answers) means the file carries no gold label: the example can be predicted, not scored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True, slots=True)
class Classification:
    """One text, or a pair of texts, and one label."""

    id: str
    text: str
    text_pair: str | None = None
    label: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tagging:
    """Tokens and one tag for each."""

    id: str
    tokens: tuple[str, ...]
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
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
class Choice:
    """A prompt and its candidate continuations; `label` is the index of the right one."""

    id: str
    prompt: str
    choices: tuple[str, ...]
    label: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
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
class Text:
    """Plain text for pretraining. Texts of different languages with the same `row` are translations of each other.

    `text_pair` is a second text that goes with the first, such as the sentence that follows.
    """

    id: str
    text: str
    text_pair: str | None = None
    row: str | None = None


Example = Classification | Tagging | Span | Choice | Passage | Text

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
