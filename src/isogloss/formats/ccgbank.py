"""Supertags (CCG lexical categories) of words, from the files of CCGbank and of the C&C tools.

AUTO  ID=wsj_0001.1 PARSER=GOLD NUMPARSE=1
      (<T S[dcl] 1 2> (<L NP NNP NNP Oslo NP>) (<L S[dcl]\\NP VBZ VBZ sleeps S[dcl]\\NP_1>) )
pipe  Oslo|NNP|NP sleeps|VBZ|S[dcl]\\NP
"""

import re
from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.formats.conll import Sentence
from isogloss.formats.lines import read_lines

LEAF = re.compile(r"\(<L ([^ <>]+) [^ <>]+ [^ <>]+ (\S+) [^ <>]+>\)")


def derivations(path: Path) -> Iterator[tuple[str, Sentence]]:
    """(id, words with their categories) of each derivation of an AUTO file. Raises DataError naming the line."""
    name = ""
    any_read = False
    for number, line in enumerate(read_lines(path), 1):
        if line.startswith("ID="):
            name = line.split(" ", 1)[0][3:]
        elif line.strip():
            leaves = LEAF.findall(line)
            if not name or not leaves or len(leaves) != line.count("(<L ") or line.count("(<") != line.count(")"):
                raise DataError.at(path, number, "it is not a derivation (<T …> (<L …>) …) below its ID= line.")
            yield name, Sentence(number, tuple(word for _, word in leaves), tuple(category for category, _ in leaves))
            name, any_read = "", True
    if not any_read:
        raise DataError.at(path, None, "it holds no derivation; expected CCGbank's AUTO format.")


def piped(path: Path) -> Iterator[Sentence]:
    """One sentence per line, `word|POS|category` separated by spaces. Raises DataError naming the line.

    A line of the C&C tools that begins with # is a comment, unless that is the first word: CCGbank writes £ so.
    """
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip() or (line.startswith("#") and "|" not in line.split()[0]):
            continue
        cells = [token.rsplit("|", 2) for token in line.split()]
        if any(len(cell) != 3 or not all(cell) for cell in cells):
            raise DataError.at(path, number, "a token is not word|POS|category.")
        yield Sentence(number, tuple(cell[0] for cell in cells), tuple(cell[2] for cell in cells))
