"""What a file system refuses, said in one way: a StoreError that names the file and says what to do."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from isogloss.core import caches
from isogloss.core.errors import StoreError
from isogloss.store.layout import PARTIAL
from isogloss.store.links import no_link

FULL = (errno.ENOSPC, errno.EDQUOT)
LOCKLESS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS)
FORBIDDEN = (errno.EACCES, errno.EPERM)
MISNAMED = (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ENAMETOOLONG, errno.ELOOP, errno.EBUSY)
NAMELESS = (*FULL, *LOCKLESS, errno.EROFS, errno.EFBIG, errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE)
"""What a file system can say of a file that is open, where Python does not know its name."""
DEEP = (*FULL, errno.EROFS, errno.EFBIG)
"""What is looked for behind other errors: libraries have words of their own for it."""
WORDS = {"No space left on device": errno.ENOSPC, "Read-only file system": errno.EROFS, "File too large": errno.EFBIG}
_HALF = re.compile(re.escape(PARTIAL) + r"[\w.]+-[0-9a-f]{8}-")
"""What stands before the name of a file that is half-written, see store/write.partial."""
SAFE = "Nothing that was finished is lost and nothing is half-written."


@contextmanager
def reaching(place: Path) -> Iterator[None]:
    """Turn what the file system refuses at a file, or anywhere below or above a folder, into a StoreError.

    Errors about files elsewhere, and those that are none of a file system's, stay what they are.
    """
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        refusal = _refusal(error, place)
        if refusal is None:
            raise
        raise StoreError(told(*refusal)) from error


def read_only(error: StoreError) -> bool:
    """Whether an error of this file tells of a read-only file system."""
    return isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EROFS


def listed(folder: Path, ending: str = "") -> list[str]:
    """Names in a folder that end so, hidden ones left out; none where there is no such folder.

    `Path.glob` passes over a folder that may not be read, which would look like an empty one. Raises StoreError for a
    link, see links.own.
    """
    no_link(folder)
    with reaching(folder):
        try:
            with os.scandir(folder) as entries:
                links = {entry.name: entry.is_symlink() for entry in entries}
        except FileNotFoundError:
            return []
    for name in (name for name, link in links.items() if link):
        no_link(folder / name)
    return sorted(name for name in links if name.endswith(ending) and not name.startswith("."))


def there(path: Path) -> bool:
    """Whether a file is there. Raises StoreError where nobody may look."""
    with reaching(path):
        return path.is_file()


def told_of(error: OSError) -> str:
    """The same of an error that nobody named a place for: what is written to no file of a name goes to the output."""
    if error.errno is None:
        return str(error)
    named = error.filename2 or error.filename
    return told(error.errno, Path(os.fsdecode(named)) if isinstance(named, str | bytes) else Path("standard output"))


def told(number: int, path: Path) -> str:
    """An error of the operating system at a file, which is told by the name that it would have got, and what to do."""
    path = Path(_HALF.sub("", str(path)))
    cached = path.absolute().is_relative_to(caches.home().absolute())
    return _told(number, path, "" if cached else " (`isogloss gc` shows what can go)") + (
        " Or set ISOGLOSS_CACHE to a folder elsewhere: it moves this cache." if cached else ""
    )


def _told(number: int, path: Path, tip: str) -> str:
    if number in FULL:
        return (
            f"the disk that holds {path} is full. {SAFE} Free some space{tip} and give "
            "the same command again: it goes on from there."
        )
    if number == errno.EROFS:
        return (
            f"{path} cannot be written: its file system is read-only. What only reads still works, and pages can be "
            "written elsewhere (--out); to write here, make it writable, or name another folder."
        )
    if number in FORBIDDEN:
        return f"{path}: permission denied. Ask its owner for the right, or name another folder. Nothing was changed."
    if number == errno.EFBIG:
        return (
            f"{path} would grow larger than a file may be here (`ulimit -f` shows this shell's limit; a file system "
            f"has one too). {SAFE} Raise the limit, or name another folder."
        )
    if number in LOCKLESS:
        return (
            f"{path}: its file system has no locks (flock), without which two processes would write the same files. "
            "Put the store on a local disk, or mount it with locks."
        )
    if number in MISNAMED:
        return f"{path}: {os.strerror(number).lower()}. Name another path. Nothing was changed."
    return f"{path}: {os.strerror(number)}. {SAFE} If the disk or its connection is at fault, mend it and try again."


def _refusal(error: BaseException, place: Path) -> tuple[int, Path] | None:
    """The number of an error, and the file it is about; None where it is none of a file system's at this place."""
    if isinstance(error, OSError) and error.errno is not None:
        named = [Path(name) for name in (error.filename, error.filename2) if isinstance(name, str)]
        if named:
            return (error.errno, named[-1]) if any(_near(each, place) for each in named) else None
        if error.errno in NAMELESS:
            return error.errno, place
    deeper: BaseException | None = error
    while deeper is not None:
        number = deeper.errno if isinstance(deeper, OSError) else None
        for said in re.findall(r"os error (\d+)", str(deeper)):
            number = number or int(said)
        for words, meant in WORDS.items():
            number = number or (meant if words in str(deeper) else None)
        if number in DEEP:
            return number, place
        deeper = deeper.__cause__ or deeper.__context__
    return None


def _near(path: Path, place: Path) -> bool:
    """Whether a path is the place, below it, or a folder that leads to it."""
    path, place = (Path(os.path.abspath(each)) for each in (path, place))  # noqa: PTH100 - no link is followed
    return path.is_relative_to(place) or place.is_relative_to(path)
