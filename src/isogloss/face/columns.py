"""Rows as an Arrow table."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def table(rows: Iterable[Any], rename: Mapping[str, str] | None = None) -> "pa.Table":
    """Data classes or dictionaries as columns; the fields of a data class within a row become columns of their own.

    A mapping within a row stays one, as a list of its keys and values. `rename`: field → column.
    """
    import pyarrow as pa

    names = rename or {}
    flat = [{names.get(key, key): value for key, value in _flat(row)} for row in rows]
    columns = list(dict.fromkeys(key for row in flat for key in row))
    return pa.table({key: _column(pa, [row.get(key) for row in flat]) for key in columns})


def _flat(row: Any) -> Iterable[tuple[str, Any]]:
    items = row.items() if isinstance(row, Mapping) else ((each.name, getattr(row, each.name)) for each in fields(row))
    for key, value in items:
        if is_dataclass(value):
            yield from _flat(value)
        else:
            yield key, value


def _column(pa: Any, values: list[Any]) -> Any:
    if any(isinstance(value, Mapping) for value in values):
        pairs = [None if value is None else list(value.items()) for value in values]
        sample = next((held for value in values if value for held in value.values() if held is not None), 0.0)
        kind = pa.string() if isinstance(sample, str) else pa.float64()
        return pa.array(pairs, pa.map_(pa.string(), kind))
    return pa.array([list(value) if isinstance(value, tuple) else value for value in values])
