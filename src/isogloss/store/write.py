"""Writing so that a reader sees the old file or the new one, never half of one, whatever kills the writer."""

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from isogloss.core.errors import StoreError
from isogloss.store import owner, seal
from isogloss.store.disk import reaching
from isogloss.store.layout import PARTIAL
from isogloss.store.remedy import near

STALE = 3600.0
"""Seconds after which a half-written file has no writer any more, where nobody can tell whether its writer lives."""

PRIVATE = 0o600


@contextmanager
def replacing(path: Path, marker: str = "") -> Iterator[Path]:
    """A temporary path beside `path` to write a file or a folder to; it takes the name when the block ends well.

    A folder that is there already wins over the new one: two processes that finish the same work wrote the same. One
    that lacks the `marker` which is written last of it is none, and goes. Raises StoreError for what the file system
    refuses, and for what is not `replaceable`.
    """
    temporary = partial(path)
    with reaching(path), reaching(temporary):  # either may be what an error names
        replaceable(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield temporary
            readable(temporary)
            settle(temporary)
            if temporary.is_dir() and path.is_dir() and marker and not (path / marker).is_file():
                remove(path)
            if temporary.is_dir() and path.is_dir():
                remove(temporary)
            else:
                temporary.replace(path)
                _sync(path.parent)
        except BaseException:
            remove(temporary)
            raise


def link(source: Path, path: Path) -> None:
    """Give a file, or every file of a folder, the name `path` too; copy it where the file system makes no links.

    What killed writers left in a folder is passed over.
    """
    with replacing(path) as draft:
        if source.is_dir():
            shutil.copytree(source, draft, copy_function=_linked, ignore=shutil.ignore_patterns(f"{PARTIAL}*"))
        else:
            _linked(source, draft)


def _linked(source: Path | str, path: Path | str) -> None:
    try:
        os.link(source, path)
    except OSError:
        shutil.copy2(source, path)


def replaceable(path: Path) -> None:
    """Raise StoreError for what a rename would destroy: a link, a device (`--out /dev/null`), a pipe."""
    with reaching(path):
        if path.is_symlink() or (path.exists() and not (path.is_file() or path.is_dir())):
            kind = "a link" if path.is_symlink() else "no file"
            raise StoreError(f"{path} is {kind}, and only files and folders are replaced. Name another path.")


def partial(path: Path) -> Path:
    """A new name beside `path` for what is not whole: it says whose it is, so that what the dead left can go."""
    return path.parent / f"{PARTIAL}{owner.me()}-{secrets.token_hex(4)}-{path.name}"


@contextmanager
def scratch(beside: Path) -> Iterator[Path]:
    """A folder beside `beside` for as long as the block runs, which `gc` removes if this process dies in it; among the
    temporary files of the machine where none can be made there."""
    folder = partial(beside)
    try:
        folder.mkdir(parents=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix=f"isogloss-{beside.name}-"))
    try:
        yield folder
    finally:
        remove(folder)


def left(path: Path) -> bool:
    """Whether what lies at a partial name has no writer any more."""
    lives = _lives(path)
    return time.time() - _touched(path) > STALE if lives is None else not lives


def sweep_dead(folder: Path, *, old: bool = False) -> None:
    """Remove what writers that are known to be dead left in a folder outside a store, where no `gc` comes.

    `old`: also what is old and names no writer, where nobody but isogloss writes.
    """
    for path in folder.glob(f"{PARTIAL}*"):
        if left(path) if old else _lives(path) is False:
            remove(path)


def _lives(path: Path) -> bool | None:
    return owner.alive(path.name.removeprefix(PARTIAL).partition("-")[0])


def write_text(path: Path, text: str) -> None:
    """Write a file that a user names, outside of a store, in one step.

    What killed writers left beside it goes first: no `gc` comes there.
    """
    sweep_dead(path.absolute().parent)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_bytes(path: Path) -> bytes:
    """What a file holds. Raises Damage where it is gone, StoreError where it may not be read."""
    with reaching(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise seal.Damage(seal.GONE) from None


def write_json(path: Path, value: Mapping[str, Any], place: str = "") -> None:
    """Write one sealed JSON file in one step; `place` says where it belongs."""
    with replacing(path) as temporary:
        temporary.write_bytes(seal.sealed_json(value, place))


def read_json(path: Path, place: str = "") -> Any:
    """Read one JSON file, without its seal. Raises StoreError where it is damaged, or may not be read."""
    try:
        return seal.read_json(read_bytes(path), place)
    except seal.Damage as error:
        raise StoreError(f"{path}: it is damaged ({error}). {near(path)}") from None


def readable(path: Path) -> None:
    """Let others read what the umask lets them read: safetensors writes files that are their owner's alone."""
    private = [
        each
        for each in (path.rglob("*") if path.is_dir() else [path])
        if each.is_file() and not each.is_symlink() and stat.S_IMODE(each.stat().st_mode) == PRIVATE
    ]
    if private:  # it can be asked for by setting it alone, which another thread's files would meet
        umask = os.umask(0o077)
        os.umask(umask)
        for each in private:
            each.chmod(0o666 & ~umask)


def settle(path: Path) -> None:
    """Wait until a file, or all files of a folder, are on the disk: a marker must not outlive what it marks."""
    for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if each.is_file():
            _sync(each)


def remove(path: Path) -> int:
    """Remove a file or folder, if it is there; returns the bytes that are free now.

    A folder loses its name first: nobody finds half of one, however its removal ends.
    """
    size = size_of(path, shared=False)
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
        return size
    if not path.name.startswith(PARTIAL):
        with contextlib.suppress(FileNotFoundError):  # another process has just removed it
            path = path.rename(partial(path))
    shutil.rmtree(path, ignore_errors=True)
    return size


def size_of(path: Path, *, shared: bool = True) -> int:
    """Bytes of a file or of all files in a folder; 0 when there is none.

    A file with several names counts by its share, or not at all where what is `shared` does not count.
    """
    files = path.rglob("*") if path.is_dir() else [path]
    total = 0
    for each in files:
        with contextlib.suppress(FileNotFoundError):  # another process has just removed it
            found = each.stat()
            names = max(1, found.st_nlink)
            total += found.st_size // names if each.is_file() and (shared or names == 1) else 0
    return total


def _touched(path: Path) -> float:
    """When anything in a file or folder was last written."""
    last = 0.0
    for each in (path, *path.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            last = max(last, each.lstat().st_mtime)
    return last


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
