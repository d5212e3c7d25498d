"""All tables read as they will be, before anything is written: every row, and every label."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Classification, labelled
from isogloss.core.shown import quoted, some
from isogloss.core.task import Source, Task, labels_of
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
    task = _task(table)
    counts: Counter[str] = Counter()
    rows: dict[str, dict[str, int]] = {}
    labels: set[str] = set()
    notes = []
    for split, of in table.files.items():  # the training table is the first
        for code in of:
            examples = task.examples(Path(), split, code)
            rows.setdefault(split, {})[code] = len(examples)
            if split == "train":
                counts.update(label for example in examples for label in labels_of(example))
                labels |= set(counts)
            for example in examples:
                for label in labels_of(example):
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


def _task(table: Table) -> Task:
    """The tables as a task, which checks its examples; which labels there may be is not known yet."""
    return Task(
        name=table.name, type=table.kind, title=table.name, read=table.read, places=table.places,
        languages=tuple(dict.fromkeys(code for of in table.files.values() for code in of)),
        source=Source(folder="", licence="", cite=""), splits=tuple(table.files), open_labels=True,
    )  # fmt: skip
