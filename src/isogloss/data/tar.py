"""The members of a tar, one after another, from a stream: headers bounded in size and number, whatever they claim.

Python's tarfile reads a long name or an extended header of any size into memory, looks into it with patterns whose
time grows with its square, and keeps every member (CVE-2024-6232 is one of several, mended in some versions). Of it
only the parser of one block of 512 bytes is used here; what goes around it is POSIX.1-2017, "pax Interchange Format".
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from isogloss.core.errors import DataError
from isogloss.core.shown import quoted

BLOCK = tarfile.BLOCKSIZE
HEADER, HEADERS = 64 << 10, 64 << 20
"""Bytes that a long name or an extended header may have, and all of them together; a path has 4,096 at most."""
MEMORY = 256 << 20
"""Bytes that undoing xz may take; `xz -9` needs 65 MiB."""
CHUNK = 1 << 20
EXTENDED = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.XGLTYPE,
)
"""Headers before the header of a member, and those before all."""
BROKEN = (
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # encrypted, or a compression this Python lacks
    ValueError,
)
"""What a broken archive makes the parts of this module, and zipfile, raise; gzip and bzip2 also an OSError."""


class Source(Protocol):
    """The content of a member."""

    def read(self, size: int, /) -> bytes:
        """At most `count` of the next bytes; none at the end."""


def members(archive: Path, name: str, most: int) -> Iterator[tuple[str, int, Source]]:
    """(path, bytes, content) of each regular file. Raises DataError for any other but a folder, else a `BROKEN`."""
    with _opened(archive) as stream:
        said: dict[str, str] = {}
        extended = 0
        for _ in range(most):
            block = _whole(stream, BLOCK)
            if not block.strip(b"\0"):
                return
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
            if info.type in EXTENDED:
                extended += max(0, info.size)
                if info.size > HEADER or extended > HEADERS:
                    raise DataError(f"{name}: headers of {extended:,} bytes, one of {info.size:,}; it is not unpacked.")
                said |= _extended(stream, info, name)
                continue
            path, size = said.get("path", info.name), int(said.get("size", info.size))
            if info.type != tarfile.DIRTYPE:
                if _is_sparse(said) or info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE):
                    raise DataError(
                        f"{name}: the member {quoted(path)} is not a regular file; nothing of it is unpacked."
                    )
                part = _Part(stream, size)
                yield path, size, part
                while part.read(CHUNK):
                    pass
                _whole(stream, -size % BLOCK)
            said = {}
    raise DataError(f"{name}: more than {most:,} headers; it is not unpacked.")


class _Part:
    """The next bytes of a stream."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        if size < 0:
            raise tarfile.ReadError(f"a member of {size} bytes")
        self.stream, self.left = stream, size

    def read(self, size: int, /) -> bytes:
        block = self.stream.read(min(size, self.left))
        if self.left and not block:
            raise EOFError("it ends within a member")
        self.left -= len(block)
        return block


def _extended(stream: IO[bytes], info: tarfile.TarInfo, name: str) -> dict[str, str]:
    """What a header before a header says of the member that follows: its path, its size, that it is sparse."""
    data = _whole(stream, info.size)
    _whole(stream, -info.size % BLOCK)
    if info.type == tarfile.GNUTYPE_LONGNAME:
        return {"path": data.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    if info.type == tarfile.GNUTYPE_LONGLINK:
        return {}  # of a link, which is refused
    said: dict[str, str] = {}
    at = 0
    while at < len(data):
        digits = data[at : at + 8].partition(b" ")[0]
        end = at + (int(digits) if digits.isdigit() else 0)
        key, equals, value = data[at + len(digits) + 1 : end].partition(b"=")
        if end > len(data) or not equals or not value.endswith(b"\n"):
            raise tarfile.ReadError("an extended header whose records do not end where they say")
        said[key.decode("utf-8", "surrogateescape")] = value[:-1].decode("utf-8", "surrogateescape")
        at = end
    if info.type == tarfile.XGLTYPE and (_is_sparse(said) or said.keys() & {"path", "size"}):
        raise DataError(f"{name}: it gives all members one path or size; it is not unpacked.")
    return {} if info.type == tarfile.XGLTYPE else said


def _is_sparse(said: Mapping[str, str]) -> bool:
    return any(key.startswith("GNU.sparse") for key in said)


def _whole(stream: IO[bytes], size: int) -> bytes:
    """So many bytes. Raises EOFError where the stream ends before."""
    found = b""
    while len(found) < size:
        block = stream.read(size - len(found))
        if not block:
            raise EOFError("it ends within a header")
        found += block
    return found


@contextmanager
def _opened(archive: Path) -> Iterator[IO[bytes]]:
    """The tar, whatever it is compressed with, by its first bytes."""
    with archive.open("rb") as file:
        magic = file.read(6)
        file.seek(0)
        if magic.startswith(b"\x1f\x8b"):
            with gzip.open(file) as stream:
                yield stream  # type: ignore[misc]
        elif magic.startswith(b"BZh"):
            with bz2.open(file) as stream:
                yield stream
        elif magic == b"\xfd7zXZ\0":
            yield io.BufferedReader(_Xz(file))
        else:
            yield file


class _Xz(io.RawIOBase):
    """lzma.open with a bound on memory: a header may ask for a dictionary of 4 GiB."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.undo = lzma.LZMADecompressor(memlimit=MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.undo.eof:
            block = self.file.read(CHUNK) if self.undo.needs_input else b""
            if self.undo.needs_input and not block:
                raise EOFError("it is cut off")
            found = self.undo.decompress(block, max_length=len(buffer))
            if found:
                buffer[: len(found)] = found
                return len(found)
        return 0
