"""Rows of a delimited file: XTREME's quoted TSV, raw TSV, and CSV.

XTREME's files are written with csv quoting, and its own training code reads them without, so that a sentence with `"`
keeps doubled quotes there. Here they are read as they were written: `""` becomes `"`.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.formats.lines import read_text

Row = tuple[int, list[str]]


def rows(
    path: Path, columns: Sequence[str], *, quoted: bool | None = False, delimiter: str = "\t", comment: str = ""
) -> Iterator[Row]:
    """(line, cells) of each row of a file without a header, as many cells as `columns` names; lines are 1-based.

    A first line that begins with `comment` is no row.
    `quoted`: csv quoting; None means quoted if the whole file obeys csv's rule, raw otherwise (the same release
    circulates in both). Raises DataError naming file and line.
    """
    for line, cells in _cells(path, quoted, delimiter):
        if comment and line == 1 and cells[0].startswith(comment):
            continue
        if len(cells) != len(columns):
            raise DataError.at(path, line, f"{_columns(cells)}, expected {len(columns)} ({', '.join(columns)}).")
        yield line, cells


def table(path: Path, wanted: Sequence[str], *, quoted: bool | None = False, delimiter: str = "\t") -> Iterator[Row]:
    """(line, cells of the `wanted` columns) of each row of a file whose first row names the columns.

    Raises DataError for a wanted column that the header lacks, and for a row of another width than the header.
    """
    found = _cells(path, quoted, delimiter)
    names = [name.strip() for name in found[0][1]]
    absent = [name for name in wanted if name not in names]
    if absent:
        raise DataError.at(path, 1, f"the header names {', '.join(names)[:200]}; {', '.join(absent)} is missing.")
    if len(found) == 1:
        raise DataError.at(path, 1, "there is only a header; expected rows below it. Get the file again.")
    places = [names.index(name) for name in wanted]
    for line, cells in found[1:]:
        if len(cells) != len(names):
            raise DataError.at(path, line, f"{_columns(cells)}, expected {len(names)} as in the header.")
        yield line, [cells[place] for place in places]


def _columns(cells: list[str]) -> str:
    return "1 column" if len(cells) == 1 else f"{len(cells)} columns"


def _cells(path: Path, quoted: bool | None, delimiter: str) -> list[Row]:
    text = read_text(path)
    if quoted is None:
        try:
            return _quoted(path, text, delimiter)
        except DataError:
            return _raw(text, delimiter)
    return _quoted(path, text, delimiter) if quoted else _raw(text, delimiter)


def _raw(text: str, delimiter: str) -> list[Row]:
    lines = text.removesuffix("\n").split("\n")
    return [(number, line.removesuffix("\r").split(delimiter)) for number, line in enumerate(lines, 1)]


def _quoted(path: Path, text: str, delimiter: str) -> list[Row]:
    found: list[Row] = []
    reader = csv.reader((line + "\n" for line in text.removesuffix("\n").split("\n")), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            found.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError.at(path, start, f"the quoting is broken ({error}); the file may be cut off.") from error
    return found
