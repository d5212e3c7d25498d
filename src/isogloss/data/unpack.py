"""Unpack an archive that a stranger made: no path outside the target, no links, no devices, a bounded size.

An archive with one bad member is refused whole, and what was unpacked is removed.
"""

import lzma
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from isogloss.core.errors import DataError
from isogloss.core.shown import quoted

LARGEST = 24 << 30
"""Bytes that all members together may have."""
MEMBERS = 100_000
ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
CHUNK = 1 << 20
BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,  # encrypted, or a compression this Python lacks
    ValueError,
)


def is_archive(name: str) -> bool:
    """Whether a file of this name is unpacked."""
    return name.lower().endswith(ENDINGS)


def unpack(archive: Path, target: Path, name: str, *, largest: int = LARGEST) -> list[Path]:
    """The regular files of a zip or tar, unpacked below `target`, which must not exist. Raises DataError."""
    target.mkdir(parents=True)
    try:
        opened = _zip(archive, name) if zipfile.is_zipfile(archive) else _tar(archive, name)
        return list(_files(opened, target, name, largest))
    except BROKEN as error:
        shutil.rmtree(target, ignore_errors=True)
        raise DataError(f"{name}: the archive is broken ({error}); it may be cut off.") from error
    except OSError as error:
        shutil.rmtree(target, ignore_errors=True)
        if error.errno is not None:
            raise
        raise DataError(f"{name}: the archive is broken ({error}); it may be cut off.") from error  # gzip, bzip2
    except DataError:
        shutil.rmtree(target, ignore_errors=True)
        raise


def _files(members: Iterator[tuple[str, int, IO[bytes]]], target: Path, name: str, largest: int) -> Iterator[Path]:
    written = 0
    for count, (member, size, source) in enumerate(members, 1):
        if count > MEMBERS:
            raise DataError(f"{name}: more than {MEMBERS:,} members; it is not unpacked.")
        path = target / _safe(member, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            while block := source.read(CHUNK):
                written += len(block)
                if max(written, size) > largest:
                    raise DataError(f"{name}: it unpacks to more than {largest:,} bytes; it is not unpacked.")
                file.write(block)
        yield path


def _safe(member: str, name: str) -> PurePosixPath:
    """The member's path, if it is relative, has no `..`, and means the same everywhere. Raises DataError."""
    path = PurePosixPath(member)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\\" in member or ":" in path.parts[0]:
        raise DataError(
            f"{name}: the member {quoted(member)} would land outside its folder; nothing of it is unpacked."
        )
    return path


def _zip(archive: Path, name: str) -> Iterator[tuple[str, int, IO[bytes]]]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if info.is_dir():
                continue
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise DataError(
                    f"{name}: the member {quoted(info.filename)} is no regular file; nothing of it is unpacked."
                )
            with opened.open(info) as source:
                yield info.filename, info.file_size, source


def _tar(archive: Path, name: str) -> Iterator[tuple[str, int, IO[bytes]]]:
    with tarfile.open(archive) as opened:
        for info in opened:
            if info.isdir():
                continue
            source: Any = opened.extractfile(info) if info.isreg() else None
            if source is None:
                raise DataError(
                    f"{name}: the member {quoted(info.name)} is no regular file; nothing of it is unpacked."
                )
            yield info.name, info.size, source
