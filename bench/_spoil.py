"""Spoil a file: what goes wrong with files by accident, and what somebody would write on purpose."""

import random
import re
from collections.abc import Callable

BITS = (
    b"\0", b"\t", b"\n", b"\r", b"\r\n", b'"', b'""', b"'", b"\\", b"#", b"|", b":", b"-", b" ", b"\xc2\xa0",
    b"\xe3\x80\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xe2\x80\x8c", b"\xc2\x85",
    b"\x1b[2J", b"\x1b]0;x\x07", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\\ud800", b"\\u0000", b"\x80", b"0", b"-1",
    b"1e999", b"NaN", b"Infinity", b"9" * 30, b"9" * 5000, b"1.5", b"null", b"true", b"[]", b"{}", b"[" * 3000,
    b'{"a":' * 2000, b"<a>" * 3000, b"<!ENTITY x 'y'>", b"<!DOCTYPE a>", b"<![CDATA[", b"]]>", b"&amp;", b"&x;",
    b"<p>" * 2000 + b"</p>" * 2000, b"[" * 500 + b"]" * 500, b"{" * 500 + b"}" * 500, b"\\begin{x}" * 300,
    b"<?xml version='1.0' encoding='utf-16'?>", b"{", b"}", b"(<L ", b"(<T ", b"ID=", b"sent_id", b"1-2", b"1.1", b"O",
    b"B-", b"x" * 200, "é".encode(), "字".encode(), b"=SUM(1)",
)  # fmt: skip
LONG = 100_000
"""Bytes of a file in which a piece is repeated: time that grows with the square shows there."""
Change = Callable[[random.Random, bytes], bytes]


def _cut(draw: random.Random, data: bytes) -> tuple[int, int]:
    """A slice, short ones more often."""
    begin = draw.randrange(len(data) + 1)
    return begin, min(len(data), begin + int(draw.expovariate(1 / 12)) + 1)


def _flip(draw: random.Random, data: bytes) -> bytes:
    at = draw.randrange(len(data) or 1)
    return data[:at] + bytes([draw.randrange(256)]) + data[at + 1 :]


def _put(draw: random.Random, data: bytes) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.choice(BITS) + data[at:]


def _replace(draw: random.Random, data: bytes) -> bytes:
    begin, end = _cut(draw, data)
    return data[:begin] + draw.choice(BITS) + data[end:]


def _delete(draw: random.Random, data: bytes) -> bytes:
    begin, end = _cut(draw, data)
    return data[:begin] + data[end:]


def _copy(draw: random.Random, data: bytes) -> bytes:
    (begin, end), at = _cut(draw, data), draw.randrange(len(data) + 1)
    return data[:at] + data[begin:end] + data[at:]


def _truncate(draw: random.Random, data: bytes) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _number(draw: random.Random, data: bytes) -> bytes:
    found = list(re.finditer(rb"-?\d+", data))
    if not found:
        return _put(draw, data)
    one = draw.choice(found)
    value = draw.choice((b"0", b"-1", b"1", b"2", b"99", b"1000000", b"9" * 25, b"-0", b"1.0", b"01", b"1e3"))
    return data[: one.start()] + value + data[one.end() :]


def _words(draw: random.Random, data: bytes) -> bytes:
    """A word, a cell or a value in place of another one of the file."""
    found = list(re.finditer(rb"[\w.]+", data))
    if len(found) < 2:
        return _put(draw, data)
    one, other = draw.sample(found, 2)
    return data[: one.start()] + other[0] + data[one.end() :]


def _lines(draw: random.Random, data: bytes) -> bytes:
    """Lines dropped, repeated, swapped or without one of their cells."""
    lines = data.split(b"\n")
    at, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    match draw.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            cells = re.split(rb"(\t|,| |: )", lines[at])
            del cells[draw.randrange(len(cells))]
            lines[at] = b"".join(cells)
    return b"\n".join(lines)


def _repeat(draw: random.Random, data: bytes) -> bytes:
    """A piece of the file repeated until the file is long."""
    begin, end = draw.choice([_cut(draw, data), _line(draw, data)])
    piece = data[begin:end] or draw.choice(BITS)
    return data[:end] + piece * (LONG // len(piece)) + data[end:]


def _line(draw: random.Random, data: bytes) -> tuple[int, int]:
    at = draw.randrange(len(data) + 1)
    return data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at) + 1 or len(data)


CHANGES: tuple[tuple[Change, int], ...] = (
    (_flip, 10), (_put, 16), (_replace, 12), (_delete, 10), (_copy, 8), (_truncate, 4), (_number, 10), (_words, 14),
    (_lines, 14), (_repeat, 2),
)  # fmt: skip


def spoilt(draw: random.Random, data: bytes) -> bytes:
    """The file with one to four things wrong."""
    changes, weights = zip(*CHANGES, strict=True)
    for change in draw.choices(changes, weights, k=draw.choice((1, 1, 1, 2, 2, 3, 4))):
        data = change(draw, data)
    return data[: 2 * LONG]
