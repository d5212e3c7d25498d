"""All tables read as they will be, before anything is written: every row, and every label."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Classification, Example, Tagging, labelled
from isogloss.core.languages import ENGLISH
from isogloss.core.shown import quoted, some
from isogloss.formats.table import Table


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What all tables hold together."""

    labels: tuple[str, ...]
    counts: Counter[str]
    """How often each label stands in the training table."""
    rows: dict[str, dict[str, int]]
    notes: tuple[str, ...]


def check(table: Table) -> Checked:
    """Read everything. Raises DataError with file and line for a row that cannot be used."""
    counts: Counter[str] = Counter(label for example in _read(table, "train", ENGLISH) for label in _labels(example))
    rows: dict[str, dict[str, int]] = {}
    labels, notes = set(counts), []
    for split, of in table.files.items():
        for code in of:
            examples = _read(table, split, code)
            rows.setdefault(split, {})[code] = len(examples)
            for example in examples:
                for label in _labels(example):
                    if label in labels:
                        continue
                    if isinstance(example, Classification):
                        known = some(map(quoted, sorted(labels)))
                        raise DataError(f"{example.at}: the label {quoted(label)} is in no row of the training table, "
                                        f"whose labels are {known}. Nothing was written.")  # fmt: skip
                    labels.add(label)
                    notes.append(f"The tag {quoted(label)} ({example.at}) is in no row of the training table.")
            if not any(map(labelled, examples)):
                raise DataError(f"{of[code]}: none of its {len(examples)} rows is labelled. Nothing was written.")
    return Checked(labels=tuple(sorted(labels)), counts=counts, rows=rows, notes=tuple(notes))


def _read(table: Table, split: str, language: str) -> list[Example]:
    found = list(table.read(Path(), split, language))
    if not found:
        raise DataError(f"{table.files[split][language]}: it has no rows. Nothing was written.")
    seen: dict[str, Example] = {}
    for example in found:
        if example.id in seen:
            raise DataError(f"{example.at}: the id {quoted(example.id)} is that of {seen[example.id].at}, too. "
                            "Nothing was written.")  # fmt: skip
        seen[example.id] = example
    return found


def _labels(example: Example) -> tuple[str, ...]:
    if isinstance(example, Classification):
        return () if example.label is None else (example.label,)
    return (example.tags or ()) if isinstance(example, Tagging) else ()
