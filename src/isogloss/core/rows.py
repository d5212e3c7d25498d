"""Frozen data classes as JSON rows and back: fields at their default are left out, tuples are lists."""

import dataclasses
from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def row(noun: Any) -> dict[str, Any]:
    """A data class as plain JSON values."""
    found = {}
    for field in dataclasses.fields(noun):
        value = getattr(noun, field.name)
        default = field.default_factory() if callable(field.default_factory) else field.default
        if value != default:
            found[field.name] = _plain(value)
    return found


def noun(kind: type[T], values: Mapping[str, Any], *, newer: bool = False) -> T:
    """The data class of a row. Raises TypeError or ValueError for a row of another kind.

    A `newer` version may have written it: fields that this one does not know are then left out.
    """
    hints = _hints(cast(Any, kind))
    unknown = values.keys() - hints.keys()
    if unknown and not newer:
        raise ValueError(f"{', '.join(sorted(unknown))} is not a field of a {kind.__name__.lower()}")
    known = {name: value for name, value in values.items() if name in hints}
    return kind(**{name: _typed(hints[name], value, newer) for name, value in known.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return row(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return {key: _plain(each) for key, each in sorted(value.items())} if isinstance(value, Mapping) else value


def _typed(hint: Any, value: Any, newer: bool) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if get_origin(hint) is UnionType:
        hint = next(each for each in get_args(hint) if each is not type(None))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return noun(hint, value, newer=newer)
    if isinstance(value, list):
        inner = get_args(hint)
        return tuple(_typed(inner[0] if inner else Any, each, newer) for each in value)
    return value
