"""Lines of text: strict UTF-8, and only LF ends a line."""

from pathlib import Path

import pytest

from isogloss.core.errors import DataError, DataMissing
from isogloss.formats.lines import read_lines


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file.txt"
    path.write_bytes(data)
    return path


def test_separators_inside_sentences_do_not_end_lines(tmp_path: Path) -> None:
    """U+2028, U+0085 and a form feed stay in their line; CRLF and LF end one, and a last line needs no end."""
    text = "one\u2028one\r\ntwo\x85two\nthree\x0cthree"
    assert read_lines(written(tmp_path, text.encode())) == ["one\u2028one", "two\x85two", "three\x0cthree"]


def test_a_byte_order_mark_is_not_part_of_the_first_line(tmp_path: Path) -> None:
    """A byte order mark is dropped."""
    assert read_lines(written(tmp_path, b"\xef\xbb\xbfSatz\n")) == ["Satz"]


def test_bytes_that_are_not_utf8_name_their_line(tmp_path: Path) -> None:
    """Latin-1 text is refused with its line and bytes, not read as something else."""
    with pytest.raises(DataError, match=r"file\.txt, line 2: bytes fc .* are not UTF-8"):
        read_lines(written(tmp_path, b"ein\nf\xfcr\n"))


@pytest.mark.parametrize("data", [b"", b"  \n\n", b"\xef\xbb\xbf\n", "\u00a0\n".encode()])
def test_an_empty_file_is_an_error(tmp_path: Path, data: bytes) -> None:
    """An empty file is what a failed download leaves behind; a byte order mark and blanks of any kind are no text."""
    with pytest.raises(DataError, match="it is empty"):
        read_lines(written(tmp_path, data))


def test_a_folder_or_a_missing_file_is_a_data_error(tmp_path: Path) -> None:
    """What the operating system says is passed on; that nothing is there is an error of its own."""
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_lines(tmp_path)
    with pytest.raises(DataMissing, match="absent: no such file"):
        read_lines(tmp_path / "absent")


def test_zero_bytes_name_their_line(tmp_path: Path) -> None:
    """A block of zeros, which a crash leaves in a file, is refused."""
    with pytest.raises(DataError, match="line 2: a zero byte"):
        read_lines(written(tmp_path, b"one\n\0\0\0\n"))
