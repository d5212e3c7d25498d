"""Sentences paired by line, and BUCC's numbered ones."""

from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.formats.parallel import gold_pairs, numbered, pairs


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_line_i_goes_with_line_i(tmp_path: Path) -> None:
    """Sentences are paired by their line."""
    assert pairs(written(tmp_path, "a.deu", "eins\nzwei\n"), written(tmp_path, "a.eng", "one\ntwo\n")) == [
        ("eins", "one"),
        ("zwei", "two"),
    ]


def test_files_of_different_length_cannot_be_paired(tmp_path: Path) -> None:
    """A missing line shifts every pair after it, so it is an error, not a shorter data set."""
    with pytest.raises(DataError, match=r"a\.deu has 2 lines and a\.eng 1"):
        pairs(written(tmp_path, "a.deu", "eins\nzwei\n"), written(tmp_path, "a.eng", "one\n"))


def test_an_empty_line_is_named(tmp_path: Path) -> None:
    """An empty sentence is refused with its line."""
    with pytest.raises(DataError, match=r"a\.deu, line 2: the line is empty"):
        pairs(written(tmp_path, "a.deu", "eins\n\ndrei\n"), written(tmp_path, "a.eng", "a\nb\nc\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("zh-1\ta\nzh-1\tb\n", "line 2: the id 'zh-1' occurs twice"),
        ("zh-1\n", "line 1: 1 column, expected 2"),
        ("zh-1\t \n", "the id or the sentence is empty"),
    ],
)
def test_numbered_sentences_have_one_id_each(tmp_path: Path, text: str, message: str) -> None:
    """A repeated id would make a gold pair ambiguous."""
    with pytest.raises(DataError, match=message):
        numbered(written(tmp_path, "zh-en.dev.zh", text))


def test_gold_pairs_keep_their_line(tmp_path: Path) -> None:
    """The line is kept, so that an unknown id can be named."""
    assert gold_pairs(written(tmp_path, "gold", "zh-1\ten-2\n")) == [(1, "zh-1", "en-2")]
