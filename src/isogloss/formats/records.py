"""Rows with named columns, whatever holds them: TSV, CSV, JSON Lines, Parquet, CoNLL(-U), or a Dataset in memory."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.core.errors import DataError, DataMissing
from isogloss.formats import conll, conllu, tsv
from isogloss.formats.json_text import objects

Record = tuple[int, Mapping[str, Any]]
LAYOUTS = {".tsv": "tsv", ".txt": "tsv", ".csv": "csv", ".jsonl": "jsonl", ".json": "jsonl", ".ndjson": "jsonl",
           ".parquet": "parquet", ".conll": "conll", ".bio": "conll", ".iob": "conll", ".iob2": "conll",
           ".conllu": "conllu"}  # fmt: skip
"""A file's suffix → its layout."""
DELIMITERS = {"tsv": "\t", "csv": ","}
UNREAD = "-"
"""What columns that are not read may be called, as many as there are."""


def records(source: Any, header: Sequence[str] = (), layout: str = "", language: str = "") -> Iterator[Record]:
    """(line, columns by name) of each row; rows of what has no lines are counted from 1.

    Args:
        source: a path, a folder of Parquet files, or anything with named columns and rows, such as a
            `datasets.Dataset`
        header: names of the columns of a TSV, CSV or CoNLL file that does not name them (CoNLL: tokens, tags); "-" is
            a column that is not read
        layout: a value of LAYOUTS; empty = what the file's name says
        language: of the text, which decides ties between the tags of a CoNLL-U word

    Raises DataError with file and line for what cannot be read, DataMissing for a file that is not there.
    """
    if not isinstance(source, str | Path):
        yield from _rows(source)
        return
    path = Path(source)
    match "parquet" if path.is_dir() else layout or LAYOUTS.get(path.suffix):
        case "parquet":
            yield from _parquet(path)
        case "jsonl":
            yield from objects(path)
        case "tsv" | "csv" as delimited:
            yield from _delimited(path, delimited, header)
        case "conll":
            yield from conll.columns(path, header or ("tokens", "tags"))
        case "conllu":
            for each in conllu.sentences(path, language):
                yield each.line, {"tokens": each.tokens, "tags": each.tags}
        case _:
            known = ", ".join(LAYOUTS)
            raise DataError(f"{path}: its name does not say what it is; rename it to end in one of {known}.")


def first_row(path: Path, layout: str) -> list[str]:
    """The cells of the first row of a TSV or CSV file, whatever they are."""
    return tsv.header(path, quoted=_quoted(layout), delimiter=DELIMITERS[layout], strict=False)


def _quoted(layout: str) -> bool | None:
    return True if layout == "csv" else None


def _delimited(path: Path, layout: str, header: Sequence[str]) -> Iterator[Record]:
    quoted, delimiter = _quoted(layout), DELIMITERS[layout]
    if header:
        if twice := next((name for name in header if name != UNREAD and header.count(name) > 1), None):
            raise DataError(
                f"{path}: '{twice}' names two columns; expected a name of its own for each, or '{UNREAD}' for one that "
                "is not read."
            )
        found = tsv.rows(path, header, quoted=quoted, delimiter=delimiter)
        yield from ((line, dict(zip(header, cells, strict=True))) for line, cells in found)
        return
    names = tsv.header(path, quoted=quoted, delimiter=delimiter)
    for line, cells in tsv.table(path, names, quoted=quoted, delimiter=delimiter):
        yield line, dict(zip(names, cells, strict=True))


def _parquet(path: Path) -> Iterator[Record]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise DataMissing(f"{path}: no Parquet file is there. Nothing was written.")
    row = 0
    for file in files:
        try:
            table = pq.read_table(file)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{file}: it cannot be read as Parquet: {error!s:.100}. Nothing was written.") from error
        for batch in table.to_batches():
            for record in batch.to_pylist():
                row += 1
                yield row, record


def _rows(source: Any) -> Iterator[Record]:
    for row, record in enumerate(source, 1):
        if not isinstance(record, Mapping):
            raise DataError(
                f"row {row} is of type {type(record).__name__}; expected rows with named columns, as a "
                "datasets.Dataset or a list of dictionaries has. Nothing was written."
            )
        yield row, record
