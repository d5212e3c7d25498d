"""Words, numbers and tables for a terminal."""

import json
from collections.abc import Sequence
from typing import Any


def number(value: float | None) -> str:
    """A score such as .731; nothing for none."""
    return "" if value is None else f"{value:.3f}".removeprefix("0")


def words(value: Any) -> str:
    """A value of plain data in one line."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {words(each)}" for key, each in value.items())
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def print_json(value: Any) -> None:
    """Plain data as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=1))


def print_pairs(pairs: Sequence[tuple[str, str]]) -> None:
    """One name and value per line, values aligned."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        print(f"{name:<{width}}  {value}")


def print_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Left-aligned columns below their header."""
    texts = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in texts) for column in range(len(header))]
    for row in texts:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
