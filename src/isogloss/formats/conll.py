"""Token and tag per line, blank line between sentences: PAN-X, UDPOS as XTREME writes it, MasakhaNER.

Oslo    B-LOC
sleeps  O

A line with the tag O and no word (MasakhaNER 2.0 has some) says nothing and is left out (core/left_out); its authors
took such lines out by hand when they were told of them. Under any other tag it is an error.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Place
from isogloss.core.left_out import leave_out
from isogloss.core.shown import quoted
from isogloss.formats.lines import read_lines

OUTSIDE = "O"
"""The tag of a word that belongs to nothing."""


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
    found = False
    for number, line in enumerate(read_lines(path), 1):
        cells = line.split(separator) if line.strip() else []
        if prefix and len(cells) != 2:
            cells = []
        if not cells:
            if tokens:
                yield Sentence(start, tuple(tokens), tuple(tags) or None)
                found = True
            tokens, tags, start = [], [], number + 1
            continue
        if _says_nothing(cells, prefix=prefix):
            leave_out(Place(path, number), f"with the tag {OUTSIDE} and no word")
            continue
        width = len(cells) if width is None else width
        if len(cells) != width or width > 2:
            seen = f"{len(cells)} columns, expected {width if width <= 2 else '1 or 2'} (token, tag)."
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
    elif not found:
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
