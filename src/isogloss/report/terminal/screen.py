"""Words, numbers and tables for a terminal. What others wrote is shown so that no terminal obeys it."""

import json
import shutil
import sys
import textwrap
import traceback
from collections.abc import Sequence
from itertools import zip_longest
from types import TracebackType
from typing import Any, TextIO
from unicodedata import combining, east_asian_width

from isogloss.core.shown import visible

LONG = 16
"""Columns of a terminal that a word may take and is not broken to fit."""


def say(*parts: Any, sep: str = " ", file: TextIO | None = None) -> None:
    """`print`, with control characters and marks of direction escaped, and whatever the terminal's encoding lacks. All
    that a verb prints goes through here."""
    encoding = getattr(file or sys.stdout, "encoding", None) or "utf-8"
    text = visible(sep.join(map(str, parts)))
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=file)


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
    """Plain data as JSON. What `say` escapes stands inside strings, where the escapes mean the same to a reader.

    JSON has no number that is not finite (RFC 8259, 6): one that is undefined or without bound is null.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    except ValueError:
        defined = json.loads(json.dumps(value), parse_constant=lambda _: None)
        text = json.dumps(defined, ensure_ascii=False, indent=1)
    say(text)


def print_pairs(pairs: Sequence[tuple[str, str]]) -> None:
    """One name and value per line, values aligned; on a terminal a long value goes on below where it began."""
    texts = [[name, _line(value)] for name, value in pairs]
    _print(texts, _fitted(texts) or _widths(texts))


def print_table(header: Sequence[str], rows: Sequence[Sequence[Any]], aside: Sequence[str] = ()) -> None:
    """Left-aligned columns below their header; on a terminal as wide as it is, else as wide as they are.

    `aside` names columns that a narrow terminal does without, in that order. Where the others would have to break words
    to fit, each row is a block with one name and value per line.
    """
    texts = [[_line(cell) for cell in row] for row in (header, *rows)]
    left: list[str] = []
    while not (widths := _fitted(texts)) and (spare := [name for name in aside if name in texts[0]]):
        place = texts[0].index(spare[0])
        texts = [row[:place] + row[place + 1 :] for row in texts]
        left.append(spare[0])
    if widths:
        _print(texts, widths)
    else:
        for row in texts[1:]:
            print_pairs([(name, cell) for name, cell in zip(texts[0], row, strict=True) if cell])
            say()
    if left:
        say(f"\nToo narrow here for: {', '.join(left)}.")


def _print(texts: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    """Rows whose columns are aligned. What is read by a program is one line a row; a person's terminal cuts no cell."""
    shown = sys.stdout.isatty()
    measured = _width if shown else len
    if shown:
        cells = [[_wrapped(cell, width) if _width(cell) > width else [cell]
                  for cell, width in zip(row, widths, strict=True)] for row in texts]  # fmt: skip
        texts = [line for row in cells for line in zip_longest(*row, fillvalue="")]
    for row in texts:
        say("  ".join(cell + " " * (width - measured(cell)) for cell, width in zip(row, widths, strict=True)).rstrip())


def _widths(texts: Sequence[Sequence[str]]) -> list[int]:
    """The width of each column: on a terminal in its columns, for a program in characters."""
    return [max(map(_width if sys.stdout.isatty() else len, column)) for column in zip(*texts, strict=True)]


def _fitted(texts: Sequence[Sequence[str]]) -> list[int]:
    """The same; on a terminal the widest give way until all fit. Nothing where they would have to break words.

    The first column has names, which are never broken; in the others, words longer than `LONG` are.
    """
    found = _widths(texts)
    if not sys.stdout.isatty():
        return found
    least = [max((_width(word) for cell in column for word in cell.split()), default=0)
             for column in zip(*texts, strict=True)]  # fmt: skip
    least[1:] = [min(LONG, width) for width in least[1:]]
    room = shutil.get_terminal_size().columns - 2 * (len(found) - 1)
    if sum(least) > room:
        return []
    while sum(found) > room:
        widest = max((width, place) for place, width in enumerate(found) if width > least[place])[1]
        found[widest] -= 1
    return found


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most this many columns. `textwrap` counts characters, so of wider ones fewer go on a line."""
    lines = textwrap.wrap(text, width) or [""]
    if all(_width(line) <= width for line in lines):
        return lines
    lines, line = [], ""
    for word in text.split():
        if line and _width(f"{line} {word}") <= width:
            line = f"{line} {word}"
            continue
        lines += [line] * bool(line)
        line = ""
        for each in word:
            if line and _width(line + each) > width:
                lines.append(line)
                line = ""
            line += each
    return [*lines, line]


def _width(text: str) -> int:
    """Columns of a terminal that a text takes: two for each ideograph, none for a mark that combines."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(each) else 1 + (east_asian_width(each) in "WF") for each in text)


def _line(cell: Any) -> str:
    """A cell keeps to its line and column."""
    return visible(str(cell).replace("\n", " ").replace("\t", " "))
