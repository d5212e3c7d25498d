"""Lines of a text file, read as strict UTF-8. Every other reader of text starts here.

Only LF ends a line (a CR before it goes with it): U+2028, U+0085 and form feeds occur inside published sentences,
and `str.splitlines` would shift every line after them.
"""

from pathlib import Path

from isogloss.core.errors import DataError, DataMissing


def read_bytes(path: Path) -> bytes:
    """The whole file. Raises DataMissing when it is not there, DataError when it is unreadable or empty."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataMissing.at(path, None, "no such file.") from error
    except OSError as error:
        raise DataError.at(path, None, f"it cannot be read: {error.strerror or error}.") from error
    if not data.strip():
        raise _empty(path)
    return data


def read_text(path: Path) -> str:
    """The whole file as text, without a byte order mark. Raises DataError naming the line that is not UTF-8, and
    for text that is nothing but blanks.
    """
    data = read_bytes(path).removeprefix(b"\xef\xbb\xbf")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        seen = data[error.start : error.start + 4].hex(" ")
        raise DataError.at(path, line, f"bytes {seen} are not UTF-8; convert the file to UTF-8.") from error
    if not text.strip():  # blanks that are none as bytes, such as U+00A0
        raise _empty(path)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError.at(path, line, "a zero byte; expected text. The file is damaged: get it again.")
    return text


def _empty(path: Path) -> DataError:
    return DataError.at(path, None, "it is empty; expected text. Get the file again.")


def read_lines(path: Path) -> list[str]:
    """All lines without their ends; index 0 is line 1. A last line without an end counts. Raises DataError."""
    lines = read_text(path).split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
