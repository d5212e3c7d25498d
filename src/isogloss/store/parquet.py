"""Parquet files that carry their hash, with a checksum on every page."""

import hashlib
from pathlib import Path
from typing import Any

from isogloss.store import seal
from isogloss.store.write import read_bytes


def write(table: Any, path: Path, place: str = "") -> None:
    """Write a table of pyarrow; `place` is where in the store it belongs."""
    import pyarrow.parquet as pq

    told = {seal.KEY: seal.EMPTY, **({seal.PLACE: place} if place else {})}
    pq.write_table(table.replace_schema_metadata(told), path, compression="zstd", write_page_checksum=True)
    seal.stamp(path, last=True)


def read(path: Path, place: str = "", sha256: str = "") -> Any:
    """A table of pyarrow. Raises Damage where it is not what was written, or not what belongs there."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = read_bytes(path)
    state = seal.whole(data)
    if state is False:
        raise seal.Damage("its bytes are not those that were written")
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        raise seal.Damage("it is not the file that its marker names")
    try:
        # Not read_table, whose machinery for data sets takes four times as long for a file of some kilobytes.
        table = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True).read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, MemoryError, NotImplementedError) as error:
        raise seal.Damage(f"no Parquet: {error!s:.100}") from error
    told = table.schema.metadata or {}
    if state is None and told:  # what older versions wrote has no metadata of ours
        raise seal.Damage("its checksum is not whole")
    lies = told.get(seal.PLACE.encode(), b"").decode(errors="replace")
    if place and lies and lies != place:
        raise seal.Damage(f"it belongs at {lies!s:.80}; somebody copied or swapped it")
    return table
