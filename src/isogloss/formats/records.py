"""Rows with named columns, whatever holds them: TSV, CSV, JSON Lines, Parquet, or a `datasets.Dataset` in memory."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.core.errors import DataError, DataMissing
from isogloss.formats import tsv
from isogloss.formats.json_text import objects

Record = tuple[int, Mapping[str, Any]]
KINDS = {".tsv": "\t", ".csv": ",", ".txt": "\t"}
"""Suffix of a delimited file → what separates its columns."""


def records(source: Any, header: Sequence[str] = ()) -> Iterator[Record]:
    """(line, columns by name) of each row; rows of what has no lines are counted from 1.

    Args:
        source: a path that ends in .tsv, .csv, .jsonl, .json (one object a line) or .parquet, a folder of Parquet
            files, or anything with named columns and rows, such as a `datasets.Dataset`
        header: names of the columns of a TSV or CSV file without a header

    Raises DataError with file and line for what cannot be read, DataMissing for a file that is not there.
    """
    if not isinstance(source, str | Path):
        yield from _rows(source)
        return
    path = Path(source)
    if path.is_dir() or path.suffix == ".parquet":
        yield from _parquet(path)
    elif path.suffix in (".jsonl", ".json", ".ndjson"):
        yield from objects(path)
    elif path.suffix in KINDS:
        yield from _delimited(path, KINDS[path.suffix], header)
    else:
        known = ", ".join((*KINDS, ".jsonl", ".json", ".parquet"))
        raise DataError(f"{path}: its name does not say what it is; rename it to end in one of {known}.")


def _delimited(path: Path, delimiter: str, header: Sequence[str]) -> Iterator[Record]:
    quoted = True if delimiter == "," else None
    if header:
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
