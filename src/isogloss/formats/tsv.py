"""Rows of a delimited file: XTREME's quoted TSV, raw TSV, and CSV.

XTREME's files are written with csv quoting, and its own training code reads them without, so that a sentence with `"`
keeps doubled quotes there. Here they are read as they were written: `""` becomes `"`.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.shown import amount
from isogloss.formats.lines import read_text

Row = tuple[int, list[str]]


def rows(
    path: Path, columns: Sequence[str], *, quoted: bool | None = False, delimiter: str = "\t", comment: str = ""
) -> Iterator[Row]:
    """(line, cells) of each row of a file without a header, as many cells as `columns` names; lines are 1-based.

    A first line that begins with `comment` is skipped.
    `quoted`: csv quoting; None means quoted if the file was written so, raw otherwise (the same release circulates in
    both). Raises DataError naming file and line.
    """
    for line, cells in _cells(path, quoted, delimiter, len(columns)):
        if comment and line == 1 and cells[0].startswith(comment):
            continue
        if len(cells) != len(columns):
            expected = f"expected {len(columns)} ({', '.join(columns)})."
            raise DataError.at(path, line, f"{amount(len(cells), 'column')}, {expected}")
        yield line, cells


def table(path: Path, wanted: Sequence[str], *, quoted: bool | None = False, delimiter: str = "\t") -> Iterator[Row]:
    """(line, cells of the `wanted` columns) of each row of a file whose first row names the columns.

    Raises DataError for a wanted column that the header lacks, and for a row of another width than the header.
    """
    lines = _cells(path, quoted, delimiter, 0)
    names = [name.strip() for name in lines[0][1]]
    absent = [name for name in wanted if name not in names]
    if absent:
        raise DataError.at(path, 1, f"the header names {', '.join(names)[:200]}; {', '.join(absent)} is missing.")
    if len(lines) == 1:
        raise DataError.at(path, 1, "there is only a header; expected rows below it. Get the file again.")
    places = [names.index(name) for name in wanted]
    for line, cells in lines[1:]:
        if len(cells) != len(names):
            raise DataError.at(path, line, f"{amount(len(cells), 'column')}, expected {len(names)} as in the header.")
        yield line, [cells[place] for place in places]


def header(path: Path, *, quoted: bool | None = False, delimiter: str = "\t", strict: bool = True) -> list[str]:
    """The names in the first row. Raises DataError for a name that is empty or stands there twice, if `strict`."""
    names = [name.strip() for name in _cells(path, quoted, delimiter, 0)[0][1]]
    twice = sorted({name for name in names if names.count(name) > 1})
    if strict and (twice or "" in names):
        seen = f"'{twice[0]}' names two columns" if twice else "a column has no name"
        raise DataError.at(path, 1, f"{seen} in the header; expected a name of its own for each.")
    return names


def _cells(path: Path, quoted: bool | None, delimiter: str, width: int) -> list[Row]:
    """Rows of `width` columns; of as many as the first has, if that is 0."""
    text = read_text(path)
    if quoted is None:
        raw = _raw(text, delimiter)
        return _written(path, text, raw, delimiter, width or len(raw[0][1])) or raw
    return _quoted(path, text, delimiter) if quoted else _raw(text, delimiter)


def _written(path: Path, text: str, raw: list[Row], delimiter: str, width: int) -> list[Row] | None:
    """The rows if csv wrote them; None if it did not, or made no difference.

    A raw file may obey csv's rule by accident: a sentence that begins with a quotation mark and is closed rows later.
    So no lines are one row that have the right number of columns each; and where all lines have it, the cells must be
    as csv writes them: `"` doubled, and in quotes for a reason, or because their whole column is.
    """
    if '"' not in text:
        return None
    try:
        as_quoted = _quoted(path, text, delimiter)
    except DataError:
        return None
    ends = [line for line, _ in as_quoted[1:]] + [len(raw) + 1]
    lines = [
        [len(cells) for _, cells in raw[line - 1 : end - 1]] for (line, _), end in zip(as_quoted, ends, strict=True)
    ]
    glued = any(len(of) > 1 and set(of) == {width} for of in lines)
    if glued or any(len(cells) != width for _, cells in as_quoted):
        return None
    if any(of != [width] for of in lines):
        return as_quoted  # a tab or a line's end in a cell
    always = [all(map(_in_quotes, column)) for column in zip(*(cells for _, cells in raw), strict=True)]
    as_csv = all(
        cell == _cell(meant, delimiter, always=whole)
        for (_, cells), (_, read) in zip(raw, as_quoted, strict=True)
        for cell, meant, whole in zip(cells, read, always, strict=True)
    )
    return as_quoted if as_csv else None


def _in_quotes(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"'


def _cell(meant: str, delimiter: str, *, always: bool) -> str:
    """A cell as csv writes it: in quotes where it must be, or where its column always is."""
    must = any(mark in meant for mark in (delimiter, '"', "\r", "\n"))
    return '"' + meant.replace('"', '""') + '"' if must or always else meant


def _lines(text: str) -> list[str]:
    """All lines but empty ones at the end, which editors leave and no row is."""
    return text.rstrip("\r\n").split("\n")


def _raw(text: str, delimiter: str) -> list[Row]:
    lines = _lines(text)
    return [(number, line.removesuffix("\r").split(delimiter)) for number, line in enumerate(lines, 1)]


def _quoted(path: Path, text: str, delimiter: str) -> list[Row]:
    found: list[Row] = []
    reader = csv.reader((line + "\n" for line in _lines(text)), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            found.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError.at(path, start, f"the quoting is broken ({error}); the file may be cut off.") from error
    return found
