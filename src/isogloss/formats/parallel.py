"""Sentences aligned by line number (Tatoeba, NTREX), and BUCC's numbered sentences with gold pairs."""

from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.shown import quoted
from isogloss.formats.lines import read_lines
from isogloss.formats.tsv import rows


def sentences(path: Path) -> list[str]:
    """One sentence per line. Raises DataError naming an empty line: it would shift nothing, but pair with nothing."""
    found = [line.strip() for line in read_lines(path)]
    for number, line in enumerate(found, 1):
        if not line:
            raise DataError.at(path, number, "the line is empty; expected a sentence.")
    return found


def pairs(foreign: Path, english: Path) -> list[tuple[str, str]]:
    """(foreign, English) per line. Raises DataError when the files differ in length."""
    left, right = sentences(foreign), sentences(english)
    if len(left) != len(right):
        line = min(len(left), len(right)) + 1
        seen = f"{foreign.name} has {len(left)} lines and {english.name} {len(right)}"
        raise DataError.at(foreign, line, f"{seen}; translations are paired by line. Get both files again.")
    return list(zip(left, right, strict=True))


def numbered(path: Path) -> dict[str, str]:
    """id → sentence, a line each (BUCC: `zh-000000001 TAB sentence`). Raises DataError for an id given twice."""
    found: dict[str, str] = {}
    for line, (name, text) in rows(path, ("id", "sentence")):
        if name in found:
            raise DataError.at(path, line, f"the id {quoted(name)} occurs twice; ids must be unique.")
        if not name or not text.strip():
            raise DataError.at(path, line, "the id or the sentence is empty.")
        found[name] = text
    return found


def gold_pairs(path: Path) -> list[tuple[int, str, str]]:
    """(line, source id, English id) per line."""
    return [(line, source, english) for line, (source, english) in rows(path, ("source id", "English id"))]
