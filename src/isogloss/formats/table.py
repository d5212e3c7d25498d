"""Rows of a table as examples: which column is which field, and what is wrong with a row."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unicodedata import normalize

from isogloss.core.errors import DataError, DataMissing
from isogloss.core.examples import Choice, Classification, Example, Place, Span, Tagging
from isogloss.core.shown import quoted
from isogloss.core.task import data_hash, labels_of
from isogloss.formats.records import records

FIELDS: Mapping[str, tuple[str, ...]] = {
    "classification": ("text", "label"),
    "tagging": ("tokens", "tags"),
    "span": ("question", "context", "answers"),
    "choice": ("prompt", "choices", "label"),
}
"""Task type → the columns of its rows, the gold answer last."""
OPTIONAL: Mapping[str, tuple[str, ...]] = {"classification": ("text_pair",), "span": ("starts",)}
_HALF = re.compile("[\ud800-\udfff]")
Files = Mapping[str, Mapping[str, Any]]
"""split → language → a path, or rows in memory."""
Columns = Mapping[str, str | Sequence[str]]
"""field → its column; of choices, also the columns that hold one each."""


def fields(kind: str) -> tuple[str, ...]:
    """All fields that a row of this type may have, those that it must have first."""
    return (*FIELDS[kind], *OPTIONAL.get(kind, ()))


def one_form(label: str) -> str:
    """A label in Unicode's form C: "é" is one label, whether it was written as one character or as two."""
    return normalize("NFC", label)


class Table:
    """Where a task's rows lie, and which column is which field."""

    def __init__(
        self, *, name: str, files: Files, kind: str, columns: Columns, header: tuple[str, ...], layout: str = "",
        answers: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.name, self.kind, self.header, self.columns = name, kind, header, columns
        self.layout, self.answers = layout, tuple(answers)
        self.files = {split: {code: Path(each).resolve() if isinstance(each, str | Path) else each
                              for code, each in of.items()} for split, of in files.items()}  # fmt: skip

    def read(self, folder: Path, split: str, language: str) -> Iterator[Example]:  # noqa: ARG002
        """The examples of one table, each with its place; the data root is not asked."""
        source = self.files.get(split, {}).get(language)
        if source is None:
            raise DataMissing(f"{self.name}: no table for '{split}' in '{language}' was given. Nothing was written.")
        for line, record in records(source, self.header, self.layout, language):
            at = Place(source, line) if isinstance(source, Path) else None
            yield Row(record, at, f"row {line}", self.columns, self.answers).example(self.kind, f"{split}-{line}")

    def places(self, folder: Path, split: str, language: str) -> Sequence[tuple[Path, ...]]:  # noqa: ARG002
        """The files of one table; none where its rows are in memory."""
        source = self.files.get(split, {}).get(language)
        if not isinstance(source, Path):
            return ()
        return (tuple(sorted(source.glob("*.parquet"))) if source.is_dir() else (source,),)

    @property
    def folder(self) -> str:
        """The folder that all files lie in or below; empty where there are none."""
        files = [str(of.parent) for each in self.files.values() for of in each.values() if isinstance(of, Path)]
        return os.path.commonpath(files) if files else ""

    def fingerprint(self) -> str:
        """12 hex digits that stand for rows in memory; empty where files hold everything."""
        if all(isinstance(of, Path) for each in self.files.values() for of in each.values()):
            return ""
        return data_hash(example for split in self.files for example in self.split(split))

    def split(self, split: str) -> Iterator[Example]:
        """The examples of all tables of a split."""
        for language in self.files[split]:
            yield from self.read(Path(), split, language)

    @property
    def first(self) -> str:
        """The split that is learned from; of a task without one, any that it has."""
        return "train" if "train" in self.files else next(iter(self.files))

    def labels(self) -> tuple[str, ...]:
        """All labels of the tables that are learned from, sorted; none for types that have no list of them."""
        if self.kind not in ("classification", "tagging"):
            return ()
        seen = {label for example in self.split(self.first) for label in labels_of(example)}
        if not seen:
            raise DataError(f"{self.name}: its {self.first} table has no labels to learn. Nothing was written.")
        return tuple(sorted(seen))

    def chance(self, labels: Sequence[str]) -> float:
        """The score of answering without looking, where all answers are as likely."""
        if self.kind == "choice":
            first = next(self.split(self.first), None)
            return 1 / len(first.choices) if isinstance(first, Choice) and first.choices else 0.0
        return 1 / len(labels) if self.kind == "classification" else 0.0


class Row:
    """One row, and the errors about it."""

    def __init__(
        self, record: Mapping[str, Any], at: Place | None, where: str, columns: Columns, answers: Sequence[str] = ()
    ) -> None:
        self.record, self.at, self.where, self.columns, self.answers = record, at, where, columns, answers

    def example(self, kind: str, name: str) -> Example:
        """The example of this row. Raises DataError."""
        name = str(self.record["id"]) if self.record.get("id") not in (None, "") else name
        if kind == "classification":
            return Classification(id=name, text=self.text("text"), text_pair=self.text("text_pair", needed=False),
                                  label=self.label(), at=self.at)  # fmt: skip
        if kind == "tagging":
            tokens, tags = self.many("tokens"), self.value("tags", needed=False)
            tags = None if tags is None else tuple(map(one_form, self.many("tags")))
            return Tagging(id=name, tokens=tokens, tags=tags, at=self.at)
        if kind == "span":
            return self.span(name)
        return Choice(id=name, prompt=self.text("prompt"), choices=self.many("choices"), label=self.index(), at=self.at)

    def span(self, name: str) -> Span:
        """A question with its answers: texts, or the object with "text" and "answer_start" of SQuAD."""
        answers, starts = self.value("answers"), self.value("starts", needed=False)
        if isinstance(answers, Mapping):
            answers, starts = answers.get("text", ()), answers.get("answer_start", ())
        answers = () if answers is None else answers
        given, context = self.listed("answers", answers), self.text("context")
        if all(not answer.strip() for answer in given):
            given, starts = (), ()  # a question without its answer
        places = self.numbers("starts", starts) if starts else tuple(context.find(each) for each in given)
        if len(places) != len(given):
            raise self.wrong(f"{len(given)} answers and {len(places)} starts; give one for each.")
        for answer, place in zip(given, places, strict=True):
            if place < 0 or not answer.strip() or context[place : place + len(answer)] != answer:
                there = f" at {place}" if starts else ""
                raise self.wrong(
                    f"the answer {quoted(answer)} does not stand in the context{there}; expected a part of it."
                )
        return Span(id=name, question=self.text("question"), context=context, answers=given, starts=places, at=self.at)

    def value(self, field: str, *, needed: bool = True) -> Any:
        """What the field's column holds; None where it is missing and not needed."""
        column = self.columns.get(field, field)
        if not isinstance(column, str):
            return [self._cell(each, field) for each in column]
        if column in self.record:
            return self.record[column]
        return self._cell(column, field) if needed or field in self.columns else None

    def _cell(self, column: str, field: str) -> Any:
        try:
            return self.record[column]
        except KeyError:
            listed = ", ".join(map(str, self.record))
            raise self.wrong(f"no column '{column}' ({field}); the columns are {listed}.") from None

    def text(self, field: str, *, needed: bool = True) -> Any:
        """Text that is not empty."""
        found = self.value(field, needed=needed)
        if found is None and not needed:
            return None
        if not isinstance(found, str) or (needed and not found.strip()):
            raise self.wrong(f"{field} is {quoted(found)}; expected text.")
        return self.whole(field, found)

    def whole(self, field: str, text: str) -> str:
        """The text. Half a surrogate pair, which JSON can write, is not a character."""
        if not text.isascii() and _HALF.search(text):
            raise self.wrong(f"{field} is {quoted(text)}, which holds half a surrogate pair; expected text.")
        return text

    def label(self) -> str | None:
        """A label: text, a number or a truth value, without blanks around it; None where there is none."""
        found = self.value("label", needed=False)
        if found is None or isinstance(found, str):
            return (found and one_form(self.whole("label", found).strip())) or None
        if not isinstance(found, int | float) or found != found:
            raise self.wrong(f"label is {quoted(found)}; expected text.")
        return str(found)

    def many(self, field: str) -> tuple[str, ...]:
        """Several texts: a list, or words with blanks between them."""
        found = self.value(field)
        return self.listed(field, found.split() if isinstance(found, str) else found)

    def listed(self, field: str, value: Any) -> tuple[str, ...]:
        """One text, or a list of texts or numbers."""
        parts = (value,) if isinstance(value, str) else value
        if not isinstance(parts, list | tuple) or any(
            not isinstance(each, str | int | float) or each != each for each in parts
        ):
            raise self.wrong(f"{field} is {quoted(value)}; expected a list of text.")
        return tuple(self.whole(field, str(each)) for each in parts)

    def numbers(self, field: str, value: Any) -> tuple[int, ...]:
        """Several whole numbers; one of them needs no list."""
        parts = value if isinstance(value, list | tuple) else (value,)
        return tuple(self.number(field, each) for each in parts)

    def number(self, field: str, value: Any, what: str = "a whole number") -> int:
        """A whole number, which may be written as text or, by a table with gaps, as 1.0."""
        try:
            if not isinstance(value, bool) and (isinstance(value, str) or int(value) == value):
                return int(value)
        except (TypeError, ValueError, OverflowError):
            pass
        raise self.wrong(f"{field} is {quoted(value)}; expected {what}.")

    def index(self) -> int | None:
        """Which choice is right, from 0."""
        found = self.value("label", needed=False)
        if found is None or (isinstance(found, str) and not found.strip()):
            return None
        if not self.answers:
            return self.number("label", found, "the number of the right choice, from 0")
        if str(found).strip() not in self.answers:
            raise self.wrong(f"label is {quoted(found)}; expected one of {', '.join(self.answers)}.")
        return self.answers.index(str(found).strip())

    def wrong(self, problem: str) -> DataError:
        """The error about this row."""
        return DataError(f"{self.at or self.where}: {problem} Nothing was written.")
