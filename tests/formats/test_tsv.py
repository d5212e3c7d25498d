"""Delimited files: XTREME's quoted TSV, raw TSV, CSV."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import DataError
from isogloss.formats.tsv import rows, table

PAIR = ("premise", "hypothesis")


def written(folder: Path, text: str) -> Path:
    path = folder / "test-de.tsv"
    path.write_bytes(text.encode())
    return path


def test_quoted_files_are_read_as_csv_wrote_them(tmp_path: Path) -> None:
    """`""` becomes `"`, CRLF ends a row, a quoted cell may hold a tab and a line end, and line numbers stay right."""
    path = written(tmp_path, 'Er sagte\tja\r\n"a\tb\nc"\tx\r\n"say ""so"""\ty\r\n')
    assert list(rows(path, PAIR, quoted=True)) == [
        (1, ["Er sagte", "ja"]),
        (2, ["a\tb\nc", "x"]),
        (4, ['say "so"', "y"]),
    ]


def test_raw_files_keep_their_quotes(tmp_path: Path) -> None:
    """Without quoting a `"` is a character like any other."""
    assert list(rows(written(tmp_path, '"so\tja"\n'), PAIR)) == [(1, ['"so', 'ja"'])]


RAW = {
    "a sentence opens with a mark that a later row closes": [
        ["1", "sports", '"We won'], ["2", "travel", "The ferry"], ["3", "health", 'so he said"'],
    ],
    "closed at the end of a later cell, not row": [["1", '"sports', "a"], ["2", 'travel"', "b"]],
    "a whole sentence in marks": [["1", "sports", '"We won!"'], ["2", "travel", "The ferry"]],
    "each sentence in marks, under a plain header": [["1", "sports", '"We won!"'], ["2", "travel", '"The ferry"']],
    "marks around two cells of a row": [['"1', 'sports"', "a"], ["2", "travel", "b"]],
    "a mark in the middle": [["1", "sports", 'the 24" wheel'], ["2", "travel", '"so" he said']],
    "marks about a sentence with doubled ones elsewhere": [["1", "sports", '"We won!"'], ["2", "travel", 'a ""b""']],
    "open to the end": [["1", "sports", '"We won'], ["2", "travel", "The ferry"]],
}  # fmt: skip


@pytest.mark.parametrize("kept", RAW.values(), ids=RAW.keys())
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_raw_file_keeps_its_rows_and_its_marks(tmp_path: Path, kept: list[list[str]], end: str) -> None:
    """Rows that have the right number of columns each are never one row, and a mark that csv would not write stays."""
    header = ["id", "category", "text"]
    path = written(tmp_path, "".join("\t".join(row) + end for row in [header, *kept]))
    assert [cells for _, cells in table(path, header, quoted=None)] == kept
    path = written(tmp_path, "".join("\t".join(row) + end for row in [["9", "x", "y"], *kept]))
    assert [cells for _, cells in rows(path, header, quoted=None)][1:] == kept


WRITTEN = [
    [["1", "sports", 'We "won"'], ["2", "travel", "The ferry"]],
    [["1", "sports", '"We won!"'], ["2", "travel", "The ferry"]],
    [["1", "sports", "a\tb"], ["2", "travel", 'He said "so']],
    [["1", "sports", "two\nlines"], ["2", "travel", "one"]],
    [["1", "sports", "two\nlines and a\ttab"], ["2", "travel", 'one "']],
    [["1", '"sports"\n', "a"], ["2", "travel", "b"]],
    [["1", "sports", ""], ["2", "travel", '""']],
]


@pytest.mark.parametrize("kept", WRITTEN)
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_csv_wrote_is_read_back(tmp_path: Path, kept: list[list[str]], quoting: Any, end: str) -> None:
    """Python's own writer, with marks where they must be or around every cell."""
    header = ["id", "category", "text"]
    for names in ([header], []):
        text = io.StringIO()
        csv.writer(text, delimiter="\t", quoting=quoting, lineterminator=end).writerows([*names, *kept])
        path = written(tmp_path, text.getvalue())
        found = table(path, header, quoted=None) if names else rows(path, header, quoted=None)
        assert [cells for _, cells in found] == kept


def test_a_column_that_is_always_in_marks_is_quoted(tmp_path: Path) -> None:
    """As R and csv's QUOTE_NONNUMERIC write text beside numbers; then a cell's own marks are doubled."""
    path = written(tmp_path, 'id\t"text"\n1\t"We won!"\n2\t"a 24"" wheel"\n')
    assert [cells for _, cells in table(path, ("id", "text"), quoted=None)] == [
        ["1", "We won!"],
        ["2", 'a 24" wheel'],
    ]
    path = written(tmp_path, 'id\t"text"\n1\t"We won!"\n2\tplain\n')
    assert [cells for _, cells in table(path, ("id", '"text"'), quoted=None)] == [["1", '"We won!"'], ["2", "plain"]]


def test_a_mark_that_swallows_rows_around_a_broken_one_is_an_error(tmp_path: Path) -> None:
    """Neither reading holds, so the line that is wrong is named; no row goes missing instead."""
    path = written(tmp_path, 'id\ttext\n1\t"a\n2\tb"\nbroken\n')
    with pytest.raises(DataError, match="line 4: 1 column, expected 2 as in the header"):
        list(table(path, ("id", "text"), quoted=None))


def test_a_wrong_column_count_names_file_and_line(tmp_path: Path) -> None:
    """The message says what was seen and which columns are expected."""
    with pytest.raises(DataError, match=r"test-de\.tsv, line 2: 1 column, expected 2 \(premise, hypothesis\)"):
        list(rows(written(tmp_path, "a\tb\na\n"), PAIR))


def test_a_file_cut_off_inside_quotes_is_an_error(tmp_path: Path) -> None:
    """An open quote at the end means that the rest is missing; the line is where the row began."""
    with pytest.raises(DataError, match="line 2: the quoting is broken"):
        list(rows(written(tmp_path, 'a\tb\n"c\td\ne'), PAIR, quoted=True))


def test_a_table_is_read_by_the_names_of_its_columns(tmp_path: Path) -> None:
    """Columns may stand anywhere and others between them."""
    path = written(tmp_path, "id\thypothesis\tx\tpremise\n1\th\t-\tp\n")
    assert list(table(path, PAIR)) == [(2, ["p", "h"])]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("premise\tlabel\na\tb\n", "hypothesis is missing"),
        ("premise\thypothesis\n", "only a header"),
        ("premise\thypothesis\na\tb\tc\n", "line 2: 3 columns, expected 2 as in the header"),
    ],
)
def test_a_broken_table_says_how(tmp_path: Path, text: str, message: str) -> None:
    """A missing column, missing rows and a row too wide are three errors."""
    with pytest.raises(DataError, match=message):
        list(table(written(tmp_path, text), PAIR))
