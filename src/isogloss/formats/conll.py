"""Token and tag per line, blank line between sentences: PAN-X, UDPOS as XTREME writes it, MasakhaNER.

Oslo    B-LOC
sleeps  O

Files of one's own may have more columns, tabs or blanks between them, and remarks that begin with '#' (`columns`).

A line with the tag O and no word (MasakhaNER 2.0 has some) says nothing and is left out (core/left_out); its authors
took such lines out by hand when they were told of them. Under any other tag it is an error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Place
from isogloss.core.left_out import leave_out
from isogloss.core.shown import amount, quoted
from isogloss.formats.lines import read_lines

OUTSIDE = "O"
"""The tag of a word that belongs to nothing."""
DOCUMENT = "-DOCSTART-"
"""What a line between two documents of CoNLL-2003 begins with."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens, and their tags unless the file has none; `line` is where it begins (1-based)."""

    line: int
    tokens: tuple[str, ...]
    tags: tuple[str, ...] | None


def sentences(path: Path, *, separator: str = "\t", prefix: bool = False) -> Iterator[Sentence]:
    """The sentences of a file, in order. All lines have a tag, or none has. Raises DataError naming file and line.

    `prefix`: PAN-X as published writes `lg:token`; the token begins after the first colon, and a line without two
    columns ends the sentence (XTREME's rule for its stray lines).
    """
    tokens: list[str] = []
    tags: list[str] = []
    start = 1
    width: int | None = None
    any_read = False
    for number, line in enumerate(read_lines(path), 1):
        cells = line.split(separator) if line.strip() else []
        if prefix and len(cells) != 2:
            cells = []
        if not cells:
            if tokens:
                yield Sentence(start, tuple(tokens), tuple(tags) or None)
                any_read = True
            tokens, tags, start = [], [], number + 1
            continue
        if _says_nothing(cells, prefix=prefix):
            leave_out(Place(path, number), f"with the tag {OUTSIDE} and no word")
            continue
        width = len(cells) if width is None else width
        if len(cells) != width or width > 2:
            seen = f"{amount(len(cells), 'column')}, expected {width if width <= 2 else '1 or 2'} (token, tag)."
            raise DataError.at(path, number, seen)
        token = _after_colon(path, number, cells[0]) if prefix else cells[0]
        if not token.strip():
            raise DataError.at(path, number, "the token is empty; expected a word before the tag.")
        if width == 2 and not cells[1].strip():
            raise DataError.at(path, number, f"the token {quoted(token)} has an empty tag.")
        tokens.append(token)
        tags += [tag.strip() for tag in cells[1:]]
    if tokens:
        yield Sentence(start, tuple(tokens), tuple(tags) or None)
    elif not any_read:
        raise DataError.at(path, None, "it holds no sentence; expected token and tag per line.")


def columns(path: Path, names: Sequence[str]) -> Iterator[tuple[int, dict[str, tuple[str, ...]]]]:
    """(line, cells by column) of each sentence of a file with these columns, tabs or blanks between them.

    A `-DOCSTART-` line ends a sentence as an empty line does; a line before the first token that begins with '#' and
    has another number of columns, or a '=' in it, is a remark. Raises DataError naming file and line.
    """
    lines = read_lines(path)
    tabs = any("\t" in line for line in lines)
    rows: list[list[str]] = []
    start, any_read = 1, False
    for number, line in enumerate([*lines, ""], 1):
        cells = [cell.strip() for cell in line.split("\t")] if tabs else line.split()
        if not line.strip() or cells[0] == DOCUMENT:
            if rows:
                yield start, {name: tuple(row[place] for row in rows) for place, name in enumerate(names)}
                rows, any_read = [], True
            continue
        if not rows and line.startswith("#") and (len(cells) != len(names) or "=" in line):
            continue
        if len(cells) != len(names) or not all(cells):
            seen = "a cell is empty" if len(cells) == len(names) else amount(len(cells), "column")
            raise DataError.at(path, number, f"{seen}, expected {len(names)} ({', '.join(names)}).")
        start = start if rows else number
        rows.append(cells)
    if not any_read:
        raise DataError.at(path, None, "it holds no sentence; expected token and tag per line.")


def _says_nothing(cells: list[str], *, prefix: bool) -> bool:
    """Whether a line has the tag of no name, and nothing but white space, of any kind, before it."""
    words = [cell.partition(":")[2] if prefix and ":" in cell else cell for cell in cells[:-1]]
    return len(cells) > 1 and cells[-1].strip() == OUTSIDE and not any(map(str.strip, words))


def _after_colon(path: Path, number: int, cell: str) -> str:
    language, colon, token = cell.partition(":")
    if not colon:
        raise DataError.at(path, number, f"{quoted(language)} has no language before it, expected 'lg:token'.")
    return token.strip()
