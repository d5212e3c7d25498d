"""A user's table as it is found: which layout, which columns, and whether its first row names them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from isogloss.core.errors import DataError, SpecError
from isogloss.core.shown import quoted
from isogloss.formats.conll import DOCUMENT
from isogloss.formats.lines import read_lines
from isogloss.formats.records import LAYOUTS, first_row, records
from isogloss.setup.words import names_a_column

NAMES = {"tsv": "TSV", "csv": "CSV", "jsonl": "JSON lines", "parquet": "Parquet", "conll": "CoNLL", "conllu": "CoNLL-U"}
FEW = 50
"""Lines that a layout is told by."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The rows of a table, and how they were read."""

    path: Path
    layout: str
    header: tuple[str, ...]
    """Names of the columns of a file that does not name them itself: "1", "2", …"""
    rows: Sequence[tuple[int, Mapping[str, Any]]]
    told: str
    """How the header was told, where there is a question."""

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns, in order."""
        return tuple(dict.fromkeys(name for _, row in self.rows for name in row))

    def values(self, column: str) -> list[Any]:
        """What a column holds, row by row; None where it is missing."""
        return [row.get(column) for _, row in self.rows]


def look(path: Path, header: bool | None) -> Seen:
    """Read a table. `header`: whether its first row names the columns; None = guess.

    Raises DataError for what is not a table, SpecError where only the user can say whether there is a header.
    """
    layout, width = _layout(path)
    if layout in ("jsonl", "parquet", "conllu"):
        rows = list(records(path, layout=layout))
        return Seen(path=path, layout=layout, header=(), rows=rows, told="")
    if layout == "conll":
        names = tuple(map(str, range(1, width + 1)))
        return Seen(path=path, layout=layout, header=names, rows=list(records(path, names, layout)), told="")
    return _delimited(path, layout, header)


def _layout(path: Path) -> tuple[str, int]:
    """A key of NAMES, by what the file holds; its name decides where that leaves a doubt. Raises DataError.

    Of CoNLL also how many columns it has.
    """
    named = LAYOUTS.get(path.suffix, "")
    if named == "parquet" or path.is_dir():
        return "parquet", 0
    lines = read_lines(path)
    first = next(line for line in lines if line.strip())
    if first.lstrip().startswith("{"):
        return "jsonl", 0
    if first.lstrip().startswith("[") and path.suffix in (".json", ".jsonl"):
        raise DataError.at(path, 1, "it begins a list; expected one JSON object on each line, such as "
                           "{\"text\": \"…\", \"label\": \"…\"}.")  # fmt: skip
    if named == "csv":
        return "csv", 0
    words = [line for line in lines if line.strip() and not line.startswith("#")][:FEW] or [first]
    ten = [line.count("\t") == 9 for line in words]
    if (named == "conllu" and any(ten)) or (all(ten) and words[0].split("\t")[0].partition("-")[0].isdigit()):
        return "conllu", 0
    gaps = any(not line.strip() for line in lines[: len(lines) - 1])
    width = _conll_width(lines[: 10 * FEW])
    if named == "conll" or (gaps and width):
        return "conll", width or _conll_width(lines[:FEW]) or 2
    if any("\t" in line for line in words):
        return "tsv", 0
    if any("," in line for line in words) and len({len(row) for row in csv.reader(words)}) == 1:
        return "csv", 0
    raise _one_column(path, first)


def _one_column(path: Path, seen: str) -> DataError:
    return DataError.at(path, 1, f"{quoted(seen)} is one column; expected a text and its label with a tab or a comma "
                        "between them, JSON lines, or a token and its tag on each line.")  # fmt: skip


def _conll_width(lines: Sequence[str]) -> int:
    """The one number of columns of all lines that hold something; 0 where there are several, or one column."""
    tabs = any("\t" in line for line in lines)
    held = [line for line in lines if line.strip() and not line.startswith(("#", DOCUMENT))]
    widths = {len(line.split("\t") if tabs else line.split()) for line in held}
    return widths.pop() if len(widths) == 1 and widths != {1} else 0


def _delimited(path: Path, layout: str, header: bool | None) -> Seen:
    first = first_row(path, layout)
    if len(first) == 1:
        raise _one_column(path, first[0])
    names = tuple(map(str, range(1, len(first) + 1)))
    rows = list(records(path, names, layout))
    cells = [[str(value) for value in row.values()] for _, row in rows]
    told, found = ("as you said", header) if header is not None else _header(path, cells)
    if not found:
        return Seen(path=path, layout=layout, header=names, rows=rows, told=f"no header: {told}")
    return Seen(path=path, layout=layout, header=(), rows=list(records(path, layout=layout)), told=f"header: {told}")


def _header(path: Path, cells: Sequence[Sequence[str]]) -> tuple[str, bool]:
    """Why the first row names the columns, or does not. Raises SpecError where neither shows."""
    first, rest = cells[0], cells[1:]
    below = [[row[place] for row in rest] for place in range(len(first))]
    again = [cell for cell, column in zip(first, below, strict=True) if cell in column]
    if not all(cell.strip() for cell in first) or len(set(first)) < len(first):
        return "a cell of line 1 is empty, or stands there twice", False
    if again:
        return f"{quoted(again[0])} of line 1 stands in other lines, too", False
    if known := [cell for cell in first if names_a_column(cell)]:
        return f"{quoted(known[0])} of line 1 is the name of a column", True
    if any(_number(column) and not _number([cell]) for cell, column in zip(first, below, strict=True)):
        return "line 1 has words where all others have numbers", True
    longest = max(len(cell.split()) for cell in first)
    usual = max((sum(len(cell.split()) for cell in column) / max(len(column), 1) for column in below), default=0.0)
    if longest > 3:
        return f"line 1 has a cell of {longest} words", False
    if longest == 1 and usual > 3:
        return "line 1 has single words where the others have texts", True
    raise SpecError(
        f"{path}, line 1: {quoted(' | '.join(first))} may name the columns or be a row; say which with `--header "
        "yes` or `--header no`."
    )


def _number(cells: Sequence[str]) -> bool:
    return bool(cells) and all(cell.strip().replace(".", "", 1).lstrip("-").isdigit() for cell in cells)
