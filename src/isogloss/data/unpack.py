"""Unpack an archive that a stranger made: no path outside the target, no links, no devices, bounded size and memory.

An archive with one bad member is refused whole, and what was unpacked is removed.
"""

import io
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from isogloss.core.errors import DataError
from isogloss.core.shown import quoted
from isogloss.data import tar
from isogloss.data.tar import BROKEN, CHUNK, Source

LARGEST = 24 << 30
"""Bytes that all members together may have."""
MEMBERS = 100_000
NAME, LONGEST = 255, 1024
"""Bytes of one part of a member's path, and of all of it: what file systems take."""
DIRECTORY = 16 << 20
"""Bytes that a zip may have to list its members; those of `MEMBERS` files have about half."""
ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
Member = tuple[str, int, Source]
"""Path, bytes that it is said to have, and content."""


def is_archive(name: str) -> bool:
    """Whether a file of this name is unpacked."""
    return name.lower().endswith(ENDINGS)


def unpack(archive: Path, target: Path, name: str, *, largest: int = LARGEST) -> list[Path]:
    """The regular files of a zip or tar, unpacked below `target`, which must not exist. Raises DataError."""
    target.mkdir(parents=True)
    try:
        opened = _zip(archive, name) if zipfile.is_zipfile(archive) else tar.members(archive, name, 4 * MEMBERS)
        return list(_files(opened, target, name, largest))
    except (zipfile.BadZipFile, *BROKEN) as error:
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


def _files(members: Iterator[Member], target: Path, name: str, largest: int) -> Iterator[Path]:
    written = 0
    for count, (member, size, source) in enumerate(members, 1):
        if count > MEMBERS:
            raise DataError(f"{name}: more than {MEMBERS:,} members; it is not unpacked.")
        path = target / _safe(member, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("xb")
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            raise DataError(f"{name}: two members lie at {quoted(member)}; nothing of it is unpacked.") from None
        with file:
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
        seen = f"the member {quoted(member)} would land outside its folder"
        raise DataError(f"{name}: {seen}; nothing of it is unpacked.")
    if not member.isprintable() or len(member.encode()) > LONGEST or max(map(len, map(str.encode, path.parts))) > NAME:
        seen = f"the member {quoted(member)} has a name that is too long or cannot be printed"
        raise DataError(f"{name}: {seen}; nothing of it is unpacked.")
    return path


class _Listed(io.FileIO):
    """A zip that is not asked for more of its list at once than it may have: zipfile keeps all of it in memory."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > DIRECTORY:
            raise DataError(
                f"{self.name}: a list of members of {size:,} bytes, more than {DIRECTORY:,}; it is not unpacked."
            )
        return super().read(-1 if size is None else size) or b""


def _zip(archive: Path, name: str) -> Iterator[Member]:
    with _Listed(archive) as file, zipfile.ZipFile(file) as opened:
        for info in opened.infolist():
            if info.is_dir():
                continue
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                seen = f"the member {quoted(info.filename)} is not a regular file"
                raise DataError(f"{name}: {seen}; nothing of it is unpacked.")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others may ask for any memory
                seen = f"the member {quoted(info.filename)} is neither stored nor deflated"
                raise DataError(f"{name}: {seen}; pack it again.")
            with opened.open(info) as source:
                yield info.filename, info.file_size, source
