"""REFreSD's sentence labels: binary label, label, English, other sentence, parted by tabs; the first line is a comment.

    divergent   some_meaning_difference   The bridge was built in three years.   Le pont, long de trois cents mètres, …

A file of two columns (English, other) is the same without labels. The comment (`#binary_label …`) may be absent: a row
of the right number of columns is a pair, whatever its sentences begin with.
"""

from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.shown import amount, quoted
from isogloss.formats.lines import read_lines

EQUIVALENT, DIVERGENT = "equivalent", "divergent"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A sentence and its translation, which may say something else."""

    line: int
    english: str
    other: str
    label: str = ""
    """The finer label; empty without labels."""
    equivalent: bool | None = None


def _is_comment(cells: list[str]) -> bool:
    """Of a file's first line: the release's names of columns, with spaces or tabs between, or a line of one column."""
    return cells[0].startswith("#binary_label") or (len(cells) == 1 and cells[0].startswith("#"))


def pairs(path: Path) -> list[Pair]:
    """All pairs of a file. Raises DataError: a row of another layout, an empty side, a binary label of another name."""
    read: list[Pair] = []
    for number, text in enumerate(read_lines(path), 1):
        cells = text.split("\t")
        if not text.strip() or (number == 1 and _is_comment(cells)):
            continue
        if len(cells) not in (2, 4):
            seen = amount(len(cells), "column")
            raise DataError.at(path, number, f"{seen}, expected 4 (binary label, label, English, other) or 2 without.")
        *labels, english, other = cells
        if not english.strip() or not other.strip():
            raise DataError.at(path, number, "a sentence is empty; expected one on either side.")
        if labels and labels[0] not in (EQUIVALENT, DIVERGENT):
            raise DataError.at(path, number, f"binary label {quoted(labels[0])}; expected {EQUIVALENT} or {DIVERGENT}.")
        if read and (read[0].equivalent is None) != (not labels):
            raise DataError.at(path, number, "some rows have labels and some have none; give all or none.")
        known = {"label": labels[1], "equivalent": labels[0] == EQUIVALENT} if labels else {}
        read.append(Pair(line=number, english=english.strip(), other=other.strip(), **known))  # type: ignore[arg-type]
    if not read:
        raise DataError(f"{path}: no pairs. Nothing was written.")
    return read
