"""MultiCheckList's templates: tests of question answering with slots to fill, in many languages in one table.

Columns are languages. Where a translation depends on what fills a slot, a language has several columns, each followed
by one named `xx-placeholders` that lists the English values it is for; an empty list means all of them.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.shown import amount, quoted
from isogloss.formats.lines import read_text


@dataclass(frozen=True, slots=True)
class Variant:
    """A translation, and the last words of the English values it is restricted to."""

    text: str
    only: frozenset[str]


CELL, SLOTS = 1_000, 20
"""Characters of a cell, and slots in it; the longest published one has 478. Filled, a text stays within some 20,000."""
KINDS, VARIANTS, QUESTIONS = 20, 20, 10
"""Kinds of values of a test, columns of a language, and questions of a test: each multiplies the work."""
Cell = tuple[str, list[Variant]]
"""The English text of a row, and its translations."""


@dataclass(slots=True)
class Template:
    """One test in one language. `values` maps a slot's row name ("adj", "obj", "color") to its values."""

    name: str
    capability: str = ""
    contexts: list[Cell] = field(default_factory=list)
    questions: list[Cell] = field(default_factory=list)
    answers: list[Cell] = field(default_factory=list)
    values: dict[str, list[Cell]] = field(default_factory=dict)


def languages(path: Path) -> list[str]:
    """The languages of the table, in its order. Raises DataError."""
    return list(dict.fromkeys(name for name in _rows(path)[0][1:] if not name.endswith("-placeholders")))


def templates(path: Path, language: str) -> list[Template]:
    """All tests in one language. Raises DataError naming file and line."""
    rows = _rows(path)
    header = rows[0]
    columns = [i for i, name in enumerate(header) if name == language]
    if len(columns) > VARIANTS:
        raise DataError.at(path, 1, f"{len(columns)} columns are called {language!r}, expected at most {VARIANTS}.")
    if header[:2] != ["Field", "en"] or not columns:
        raise DataError.at(path, 1, f"the header has no 'Field', 'en' and {language!r} columns.")
    tests: list[Template] = []
    names: set[str] = set()
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise DataError.at(path, number, f"{amount(len(row), 'column')}, expected {len(header)} as in the header.")
        if any(len(cell) > CELL or cell.count("{") > SLOTS for cell in row):
            raise DataError.at(path, number, f"a cell of more than {CELL:,} characters or {SLOTS} slots.")
        kind, english = row[0].strip(), row[1]
        if kind == "Name" and english in names:
            raise DataError.at(path, number, f"the test {quoted(english)} is there twice.")
        if kind == "Name":
            names.add(english)
            tests.append(Template(english))
        elif kind and not tests:
            raise DataError.at(path, number, f"a row {quoted(kind)} before any Name.")
        elif kind == "Capability":
            tests[-1].capability = english
        elif kind:
            test = tests[-1]
            lists = {"Context": test.contexts, "Question": test.questions, "Answer": test.answers}
            rows_of = lists[kind] if kind in lists else test.values.setdefault(kind, [])
            rows_of.append((english, _variants(header, row, columns)))
        if tests and (len(tests[-1].values) > KINDS or len(tests[-1].questions) > QUESTIONS):
            raise DataError.at(path, number, f"a test of more than {KINDS} kinds of values or {QUESTIONS} questions.")
    if not tests or not all(test.contexts and test.questions and test.answers for test in tests):
        raise DataError.at(path, None, "a test lacks contexts, questions or answers; the file may be cut off.")
    return tests


def last_words(values: str) -> frozenset[str]:
    """ "a sofa, the sofa" → {"sofa"}: what a restriction and a value are compared by."""
    return frozenset(value.split()[-1].lower() for value in values.split(",") if value.strip())


def _variants(header: list[str], row: list[str], columns: list[int]) -> list[Variant]:
    found = []
    for i in columns:
        restricted = i + 1 < len(row) and header[i + 1] == f"{header[i]}-placeholders"
        if row[i].strip():
            found.append(Variant(row[i].strip(), last_words(row[i + 1]) if restricted else frozenset()))
    return found


def _rows(path: Path) -> list[list[str]]:
    lines = (line + "\n" for line in read_text(path).removesuffix("\n").split("\n"))
    try:
        return list(csv.reader(lines, delimiter="\t", strict=True))
    except csv.Error as error:
        raise DataError.at(path, None, f"the quoting is broken ({error}); the file may be cut off.") from error
