"""Parquet files that carry their hash."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from isogloss.store import parquet, seal

TABLE = pa.table({"language": ["de", "sw"], "value": [0.25, 0.5]})


def test_a_table_comes_back_from_where_it_belongs(tmp_path: Path) -> None:
    """Read at another place, it was copied or swapped; what an older version wrote bears nothing and is read."""
    path = tmp_path / "a.parquet"
    parquet.write(TABLE, path, "runs/a")
    assert parquet.read(path, "runs/a").equals(TABLE)
    with pytest.raises(seal.Damage, match="runs/a"):
        parquet.read(path, "runs/b")
    pq.write_table(TABLE, path)
    assert parquet.read(path, "runs/a").equals(TABLE)


@pytest.mark.parametrize("name", [seal.KEY, seal.PLACE])
def test_a_seal_that_is_zeroed_with_its_name_is_damage(tmp_path: Path, name: str) -> None:
    """The table can still be read, and something stands where the seal was."""
    path = tmp_path / "a.parquet"
    parquet.write(TABLE, path, "runs/a")
    data = bytearray(path.read_bytes())
    for mark in (name.encode(), seal.MARK.encode()):
        at = data.rfind(mark)
        data[at : at + len(mark)] = bytes(len(mark))
    path.write_bytes(data)
    with pytest.raises(seal.Damage):
        parquet.read(path, "runs/a")
