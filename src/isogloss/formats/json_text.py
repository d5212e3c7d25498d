"""JSON with errors that name the file and the place; values fetched with their type checked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from isogloss.core.errors import NOT_JSON, DataError
from isogloss.core.shown import QUOTED
from isogloss.formats.lines import read_lines, read_text

T = TypeVar("T")
NAMES = {str: "text", int: "a whole number", list: "a list", dict: "an object", bool: "true or false"}


def document(path: Path) -> dict[str, Any]:
    """The one object of a JSON file. Raises DataError naming the line where it breaks off."""
    return _object(path, None, read_text(path))


def objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, object) of each line of a JSON Lines file. Raises DataError naming file and line."""
    lines = read_lines(path)
    while not lines[-1].strip():  # no row; there are others, or the file would be empty
        lines.pop()
    for number, line in enumerate(lines, 1):
        yield number, _object(path, number, line)


def fetch(values: Any, key: str, kind: type[T], path: Path, line: int | None, where: str = "") -> T:
    """`values[key]`, which must be of `kind`. Raises DataError naming file, line and the place in the object."""
    place = f"{where}.{key}" if where else key
    if not isinstance(values, dict):
        raise DataError.at(path, line, f"{where or 'the value'} is {_seen(values)}, expected an object with '{key}'.")
    if key not in values:
        raise DataError.at(path, line, f"{place} is missing; the keys are {_seen(list(values)) if values else 'none'}.")
    value = values[key]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise DataError.at(path, line, f"{place} is {_seen(value)}, expected {NAMES.get(kind, kind.__name__)}.")
    if isinstance(value, str):
        _check_text(value, path, line, place)
    return value


def texts(values: Any, key: str, path: Path, line: int | None, where: str = "") -> list[str]:
    """`values[key]`, which must be a list of text."""
    found = fetch(values, key, list, path, line, where)
    return [fetch({str(i): v}, str(i), str, path, line, f"{where}{key}") for i, v in enumerate(found)]


def _object(path: Path, line: int | None, text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        seen = f"it is not JSON ({error.msg}, column {error.colno}); the file may be cut off."
        raise DataError.at(path, line if line is not None else error.lineno, seen) from error
    except NOT_JSON as error:
        raise DataError.at(path, line, f"it is not JSON that can be read ({error}).") from error
    if not isinstance(value, dict):
        raise DataError.at(path, line, f"it holds {_seen(value)}, expected an object.")
    return value


def _check_text(value: str, path: Path, line: int | None, place: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError.at(path, line, f"{place} holds half a surrogate pair, which is not a character.") from error


def _seen(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=True)
    except RecursionError:
        text = "brackets within brackets, too deep to show"
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"
