"""Writing so that a reader sees the old file or the new one, never half of one, whatever kills the writer."""

import contextlib
import errno
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from isogloss.core.errors import NOT_JSON, StoreError
from isogloss.store import owner
from isogloss.store.layout import PARTIAL

STALE = 3600.0
"""Seconds after which a half-written file has no writer any more, where nobody can tell whether its writer lives."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` to write a file or a folder to; it takes the name when the block ends well.

    A folder that is there already wins over the new one: two processes that finish the same work wrote the same.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = partial(path)
    try:
        yield temporary
        settle(temporary)
        if temporary.is_dir() and path.is_dir():
            remove(temporary)
        else:
            temporary.replace(path)
            _sync(path.parent)
    except BaseException:
        remove(temporary)
        raise


def partial(path: Path) -> Path:
    """A new name beside `path` for what is not whole: it says whose it is, so that what the dead left can go."""
    return path.parent / f"{PARTIAL}{owner.me()}-{secrets.token_hex(4)}-{path.name}"


def left(path: Path) -> bool:
    """Whether what lies at a partial name has no writer any more."""
    lives = owner.alive(path.name.removeprefix(PARTIAL).partition("-")[0])
    return time.time() - _touched(path) > STALE if lives is None else not lives


def tidy(folder: Path) -> None:
    """Remove what killed writers left in a folder that is no store's, where no `gc` comes."""
    for path in folder.glob(f"{PARTIAL}*"):
        if left(path):
            remove(path)


def write_json(path: Path, value: Any) -> None:
    """Write one JSON file in one step."""
    with replacing(path) as temporary:
        temporary.write_text(json_text(value), encoding="utf-8")


def json_text(value: Any) -> str:
    """A value as a JSON file has it."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def read_json(path: Path) -> Any:
    """Read one JSON file. Raises StoreError when it is damaged."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, *NOT_JSON) as error:
        raise StoreError(
            f"{path}: it cannot be read ({error}). isogloss writes such files in one step, so something else changed "
            "it; delete it and run the study again."
        ) from error


def settle(path: Path) -> None:
    """Wait until a file, or all files of a folder, are on the disk: a marker must not outlive what it marks."""
    for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if each.is_file():
            _sync(each)


def remove(path: Path) -> int:
    """Remove a file or folder, if it is there; returns the bytes it held.

    A folder loses its name first: nobody finds half of one, however its removal ends.
    """
    size = size_of(path)
    if not path.is_dir() or path.is_symlink():
        path.unlink(missing_ok=True)
        return size
    if not path.name.startswith(PARTIAL):
        with contextlib.suppress(FileNotFoundError):  # another process has just removed it
            path = path.rename(partial(path))
    shutil.rmtree(path, ignore_errors=True)
    return size


def size_of(path: Path) -> int:
    """Bytes of a file or of all files in a folder; 0 when there is none."""
    files = path.rglob("*") if path.is_dir() else [path]
    total = 0
    for each in files:
        try:
            total += each.stat().st_size if each.is_file() else 0
        except FileNotFoundError:  # another process has just removed it
            continue
    return total


def _touched(path: Path) -> float:
    """When anything in a file or folder was last written."""
    last = 0.0
    for each in (path, *path.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            last = max(last, each.lstat().st_mtime)
    return last


@contextmanager
def full_disk_is_said(root: Path) -> Iterator[None]:
    """Turn a full disk, however a library words it, into a StoreError that says how to go on."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        if not _full(error):
            raise
        raise StoreError(
            f"the disk that holds {root} is full. Nothing that was finished is lost and nothing is half-written. "
            "Free some space (`isogloss gc` shows what can go) and give the same command again: it goes on from there."
        ) from error


def _full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if "No space left on device" in str(error) or "os error 28" in str(error):  # Rust and C++ keep no errno
            return True
        error = error.__cause__ or error.__context__
    return False


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
