"""A task: what is asked, in which languages, from which files, and how it is scored."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, assert_never

from isogloss.core.errors import DataError, DataMissing, SpecError, UnknownName
from isogloss.core.examples import TYPES, Choice, Classification, Example, Passage, Span, Tagging, Text
from isogloss.core.languages import ENGLISH
from isogloss.core.names import refuse
from isogloss.core.shown import quoted

Reader = Callable[[Path, str, str], Iterable[Example]]
"""(folder, split, language) → examples. `folder` is the data root joined with `Source.folder`."""
Places = Callable[[Path, str, str], Sequence[tuple[Path, ...]]]
"""(folder, split, language) → where the files may lie: alternatives, best first, each the files needed together."""
Find = Callable[[str], "Task"]
"""name → task. Raises UnknownName."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a task's data comes from, and under which terms."""

    folder: str
    """Folder below the data root; empty for data that is generated."""
    urls: tuple[str, ...] = ()
    """Official downloads."""
    sha256: Mapping[str, str] = field(default_factory=dict)
    """file name → checksum of the download, where it is published or was measured."""
    licence: str
    cite: str
    by_hand: str = ""
    """What to get and where to put it, when the licence forbids a download."""
    generated: str = ""
    """Fingerprint of the generator that makes the data, when no file does."""

    def find(self, task: str, alternatives: Sequence[tuple[Path, ...]]) -> tuple[Path, ...]:
        """The first alternative whose files are all there. Raises DataMissing: where it looked, how to get them."""
        for paths in alternatives:
            if paths and all(path.is_file() for path in paths):
                return paths
        looked = "; or ".join(" with ".join(str(path) for path in paths) for paths in alternatives if paths)
        get = self.by_hand or f"`isogloss tasks {task} --fetch` downloads them ({', '.join(self.urls[:2])})."
        raise DataMissing(
            f"{task}: no file for this split and language. Looked for {looked}. {get} Nothing was written."
        )


class Derived(Protocol):
    """How data is made from another task's by something slow, such as a translator: a plan names it, and makes none."""

    @property
    def source(self) -> "Task":
        """The task it is made from; its English is what is used."""

    @property
    def first(self) -> int:
        """How many of the source's examples to use, from the start; 0 = all."""

    def digest(self, source: str, languages: Sequence[str]) -> str:
        """12 hex digits that stand for the data of some languages, made from a source with this hash."""

    def read(self, data: Path, split: str, language: str, *, cache: Path) -> list[Example]:
        """The examples; what `cache` lacks is made first."""

    def make(
        self, data: Path, split: str, language: str, *, cache: Path, report: Callable[[int, int], None]
    ) -> dict[str, Any]:
        """Make what `cache` lacks, and return the record of it."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A dataset and the question it asks. Pure data and one function; published tasks never change."""

    name: str
    type: str
    title: str
    languages: tuple[str, ...]
    read: Reader
    source: Source
    trained_on: tuple[str, ...] = ()
    """The English task that trains it; empty when it trains itself, or is not trained (Tatoeba, pretraining text)."""
    labels: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    """The first is the one that counts in averages; two that count together are joined by '+' in the first."""
    chance: float = 0.0
    """The score in [0, 1] of answering without looking."""
    splits: tuple[str, ...] = ("train", "dev", "test")
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(split, language) → published number of examples."""
    benchmarks: tuple[str, ...] = ()
    """"xtreme", "xtreme_r", "intermediate"."""
    places: Places | None = None
    """Where the files may lie, so that what is there can be listed unread; without it the reader is tried."""
    parts: tuple[str, ...] = ()
    """Parts of a test that its first metric also scores by themselves: how ids begin, up to a "/" (MultiCheckList)."""
    tuned_on: str = ""
    """The split on which a threshold is chosen before any other is scored at it (BUCC)."""
    open_labels: bool = False
    """The labels are whatever the training split holds, too many to list (CCG supertags)."""
    dials: Mapping[str, Mapping[str, float | str]] = field(default_factory=dict)
    """language → how it was made to differ from English, where languages are synthetic."""
    derived: Derived | None = None
    """How the data is made from another task's, when no file holds it."""

    def __post_init__(self) -> None:
        refuse("task", self.name)
        if self.type not in TYPES:
            raise UnknownName.of("task type", self.type, TYPES, f"task '{self.name}'")
        if not self.languages:
            raise SpecError(f"task '{self.name}' has no languages; name at least one, such as ('en',).")

    @property
    def teachers(self) -> tuple[str, ...]:
        """The English tasks that train it: `trained_on`, else itself where it has a train split and labels to learn."""
        own = "train" in self.splits and self.type not in ("text", "retrieval")
        return self.trained_on or ((self.name,) if own else ())

    def examples(self, data: Path, split: str, language: str) -> list[Example]:
        """All examples of one split and language, checked. Raises DataError or UnknownName."""
        if language not in self.languages:
            raise UnknownName.of("language", language, self.languages, f"languages of task '{self.name}'")
        if split not in self.splits:
            raise UnknownName.of("split", split, self.splits, f"splits of task '{self.name}'")
        examples = list(self.read(data / self.source.folder, split, language))
        where = f"{self.name} {split} {language}"
        files = self._files(data / self.source.folder, split, language)
        if not examples:
            raise DataError(f"{files}{where}: no examples were found. Nothing was written.")
        self._check(examples, where, files)
        return examples

    def training(self, data: Path, languages: tuple[str, ...], limit: int) -> list[Example]:
        """The training examples of some languages, in their order; the first `limit` of all unless it is 0."""
        found = [example for language in languages for example in self.examples(data, "train", language)]
        return found[:limit] if limit else found

    def read_in(self, languages: tuple[str, ...]) -> tuple[str, ...]:
        """In which of a phase's languages it is read: text in those that it has, since several texts complement each
        other; any other task in all of them."""
        had = tuple(code for code in languages if code in self.languages) if self.type == "text" else ()
        return had or languages

    def taught_in(self, data: Path, languages: tuple[str, ...]) -> tuple[str, ...]:
        """The languages whose training data a phase reads: as `read_in` says, or all on disk where it names none."""
        return self.read_in(languages) or self.available(data, "train")

    def available(self, data: Path, split: str) -> tuple[str, ...]:
        """The languages whose files for a split are on disk; all of them for generated data.

        A file is not read where `places` says where it lies; of other tasks the first example of each is.
        """
        if split not in self.splits:
            return ()
        if self.derived is not None:
            return self.languages if ENGLISH in self.derived.source.available(data, split) else ()
        if self.source.generated:
            return self.languages
        if self.places is None:
            return tuple(language for language in self.languages if self.has_examples(data, split, language))
        folder = data / self.source.folder
        return tuple(
            language
            for language in self.languages
            if any(paths and all(path.is_file() for path in paths) for paths in self.places(folder, split, language))
        )

    def has_examples(self, data: Path, split: str, language: str) -> bool:
        """Whether the reader finds anything: what it cannot read is there too, and an error when all of it is read."""
        try:
            return next(iter(self.read(data / self.source.folder, split, language)), None) is not None
        except (FileNotFoundError, NotADirectoryError, DataMissing):
            return False
        except Exception:
            return True

    def _files(self, folder: Path, split: str, language: str) -> str:
        """The files that were read, as an error begins with them; nothing for data that no file holds."""
        for paths in self.places(folder, split, language) if self.places else ():
            if paths and all(path.is_file() for path in paths):
                return f"{' with '.join(map(str, paths[:3]))}{' …' * (len(paths) > 3)}: "
        return ""

    def _check(self, examples: list[Example], where: str, files: str) -> None:
        seen: dict[str, Example] = {}
        allowed = None if self.open_labels else frozenset(self.labels)
        for example in examples:
            problem = self._problem(example, seen, allowed)
            if problem:
                at = getattr(example, "at", None)
                raise DataError(f"{f'{at}: ' if at else files}{where}{problem} Nothing was written.")
            seen[example.id] = example

    def _problem(self, example: Example, seen: Mapping[str, Example], allowed: frozenset[str] | None) -> str:
        expected = TYPES[self.type]
        if not isinstance(example, expected):
            return f": a {type(example).__name__}, expected {expected.__name__} for '{self.type}'."
        if example.id in seen:
            at, first = example.at, seen[example.id].at
            before = f", first at {str(first).removeprefix(f'{at.path}, ')}" if at and first else ""
            return f": the id {quoted(example.id)} occurs twice{before}; ids must be unique."
        if wrong := flaw(example):
            return f", example {quoted(example.id)}: {wrong}."
        for label in labels_of(example):
            if allowed is not None and label not in allowed:
                known = ", ".join(self.labels)
                return f", example {quoted(example.id)}: label {quoted(label)} is not one of: {known}."
        return ""


def flaw(example: Example) -> str:
    """What no example of its type can be, whoever read it; empty for nothing."""
    match example:
        case Tagging(tokens=tokens, tags=tags):
            if tags is not None and len(tags) != len(tokens):
                return f"{len(tokens)} tokens and {len(tags)} tags; expected one tag for each"
            if not tokens or not all(map(str.strip, tokens)):
                return "a token is empty; expected a word" if tokens else "it has no tokens"
        case Choice(choices=choices, label=label):
            if len(choices) < 2:
                return f"{len(choices)} choices; expected two or more"
            if label is not None and not 0 <= label < len(choices):
                return f"label {label} of {len(choices)} choices; expected the number of one, from 0"
        case Span(answers=answers, starts=starts):
            if len(answers) != len(starts):
                return f"{len(answers)} answers and {len(starts)} starts; expected one for each"
            for answer, at in zip(answers, starts, strict=True):
                if at < 0 or not answer or not example.context.startswith(answer, at):
                    there = quoted(example.context[max(at, 0) : max(at, 0) + max(len(answer), 1)])
                    return f"the answer {quoted(answer)} at {at}, where the context has {there}"
            if answers and not example.answerable:
                return f"it has {len(answers)} answers and is said to have none"
        case Classification(label=label):
            if not (label is None or isinstance(label, str)):
                return f"label {quoted(label)} is not text"
        case Passage() | Text():
            pass
        case _:
            assert_never(example)
    return ""


def labels_of(example: Example) -> tuple[str, ...]:
    """The label of a classified example, or the tags of a tagged one; nothing where there are none."""
    label = getattr(example, "label", None)
    if isinstance(label, str):
        return (label,)
    return getattr(example, "tags", None) or ()


def data_hash(examples: Iterable[Example]) -> str:
    """12 hex digits that change when any field of any example, or their order, changes."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(repr(example).encode())
        digest.update(b"\n")
    return digest.hexdigest()[:12]
