"""Delimited files: XTREME's quoted TSV, raw TSV, CSV."""

from pathlib import Path

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


def test_a_file_of_unknown_quoting_is_quoted_only_if_all_of_it_is(tmp_path: Path) -> None:
    """One sentence that breaks csv's rule makes the whole file raw."""
    assert list(rows(written(tmp_path, '"a ""b"""\tc\n'), PAIR, quoted=None)) == [(1, ['a "b"', "c"])]
    assert list(rows(written(tmp_path, '"a" b\tc\n'), PAIR, quoted=None)) == [(1, ['"a" b', "c"])]


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
