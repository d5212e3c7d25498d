"""Words, numbers and tables for a terminal. What others wrote is shown so that no terminal obeys it."""

import json
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any, TextIO

from isogloss.core.shown import visible


def say(*parts: Any, sep: str = " ", file: TextIO | None = None) -> None:
    """`print`, with control characters and marks of direction escaped. All that a verb prints goes through here."""
    print(visible(sep.join(map(str, parts))), file=file)


def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The traceback of an error that nobody caught, which may quote data, too: for `sys.excepthook`."""
    say("".join(traceback.format_exception(kind, error, trace)).removesuffix("\n"), file=sys.stderr)


def number(value: float | None) -> str:
    """A score such as .731; nothing for none."""
    return "" if value is None else f"{value:.3f}".removeprefix("0")


def words(value: Any) -> str:
    """A value of plain data in one line."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {words(each) or 'none'}" for key, each in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def print_json(value: Any) -> None:
    """Plain data as JSON. What `say` escapes stands inside strings, where the escapes mean the same to a reader."""
    say(json.dumps(value, ensure_ascii=False, indent=1))


def print_pairs(pairs: Sequence[tuple[str, str]]) -> None:
    """One name and value per line, values aligned."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        say(f"{name:<{width}}  {_line(value)}")


def print_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Left-aligned columns below their header."""
    texts = [[_line(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(header))]
    for row in texts:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _line(cell: Any) -> str:
    """A cell keeps to its line and column."""
    return visible(str(cell).replace("\n", " ").replace("\t", " "))
