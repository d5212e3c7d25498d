"""Files at a URL that fsspec knows (s3://bucket/folder …), by their names below it. Every failure is a StoreError."""

import contextlib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from isogloss.core.errors import StoreError
from isogloss.store import owner
from isogloss.store.disk import reaching
from isogloss.store.layout import PARTIAL
from isogloss.store.write import STALE, partial


class Remote:
    """A folder at a URL. Whether it can be reached shows at the first call, an unknown protocol at once."""

    def __init__(self, url: str) -> None:
        self.shown = re.sub(r"//[^/@]*@", "//", url)  # a password may stand there
        self.fs, self.base = self._filesystem(url)
        # A path of this machine means the same from every folder; all else stays as it is written.
        self.url = str(self.fs.unstrip_protocol(self.base)) if url.startswith(("file:", "local:")) else url.rstrip("/")

    def __str__(self) -> str:
        return self.shown

    def listed(self, below: str = "") -> dict[str, int]:
        """Name → bytes of all files, or of those of one folder; half-written ones, and names that would lead out of a
        folder, are left out."""
        return {name: size for name, size in self._names(below).items() if PARTIAL not in name}

    def left(self) -> dict[str, int]:
        """Name → bytes of the half-written files whose writers are gone."""
        return {name: size for name, size in self._names().items() if PARTIAL in name and self._is_left(name)}

    def remove(self, name: str) -> None:
        """Remove one file, if it is there."""
        with self._reaching("written"), contextlib.suppress(FileNotFoundError):
            self.fs.rm_file(f"{self.base}/{name}")

    def read(self, name: str) -> bytes:
        """What a small file holds."""
        with self._reaching("read"):
            return bytes(self.fs.cat_file(f"{self.base}/{name}"))

    def fetch(self, names: Sequence[str], folder: Path) -> None:
        """Copy files below a folder of this machine."""
        for name in names:
            if not inside(name):
                raise StoreError(f"{self}: there is a file '{name}', whose name leads out of a folder. Delete it.")
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with self._reaching("read"), reaching(folder):
            self.fs.get([f"{self.base}/{name}" for name in names], [str(folder / name) for name in names])

    def send(self, files: Mapping[str, Path]) -> None:
        """Copy files of this machine there: name → file, in no order.

        Each is the old one or the new one, whole: an object appears when all of it has come; where there are folders, a
        file is moved to its name then.
        """
        if not files:
            return
        there, here = [f"{self.base}/{name}" for name in files], [str(path) for path in files.values()]
        with self._reaching("written"):
            if self._flat():
                self.fs.put(here, there)  # a bucket that is not there is most likely misspelled: nobody wants a new one
                return
            drafts = [str(PurePosixPath(each).parent / partial(Path(each)).name) for each in there]
            try:
                self._put(here, drafts)
                for draft, each in zip(drafts, there, strict=True):
                    self._move(draft, each)
            except BaseException:
                for draft in drafts:
                    with contextlib.suppress(Exception):  # it is not there, or has been moved
                        self.fs.rm_file(draft)
                raise

    def _put(self, here: list[str], there: list[str]) -> None:
        try:
            self.fs.put(here, there)
        except FileNotFoundError:
            for folder in sorted({each.rpartition("/")[0] for each in there}):
                self.fs.makedirs(folder, exist_ok=True)
            self.fs.put(here, there)

    def _move(self, draft: str, there: str) -> None:
        try:
            self.fs.mv(draft, there)
        except Exception:  # some protocols move nothing onto a file that is there; each has errors of its own
            if not self.fs.exists(there):
                raise
            self.fs.rm_file(there)
            self.fs.mv(draft, there)

    def _names(self, below: str = "") -> dict[str, int]:
        with self._reaching("listed"):
            self.fs.invalidate_cache()
            found = dict(self._walk(f"{self.base}/{below}".rstrip("/")))
        names = {path[len(self.base) + 1 :]: size for path, size in found.items() if path.startswith(f"{self.base}/")}
        return {name: size for name, size in names.items() if inside(name)}

    def _is_left(self, name: str) -> bool:
        lives = owner.alive(PurePosixPath(name).name.removeprefix(PARTIAL).partition("-")[0])
        if lives is not None:
            return not lives
        with contextlib.suppress(Exception):  # not every protocol tells when a file was written
            return bool(time.time() - self.fs.modified(f"{self.base}/{name}").timestamp() > STALE)
        return False

    def _walk(self, path: str) -> Iterator[tuple[str, int]]:
        """(path, bytes) of all files. Stores without folders list all at once; through folders fsspec's own walk passes
        over errors, which would look like files that are gone."""
        try:
            if self._flat():
                self.fs.ls(path, detail=False)
                yield from ((name, info.get("size") or 0) for name, info in self.fs.find(path, detail=True).items())
                return
            entries = self.fs.ls(path, detail=True)
        except FileNotFoundError:
            return
        for info in entries:
            name = info["name"].rstrip("/")
            if info["type"] != "directory":
                yield name, info["size"] or 0
            elif name != path:
                yield from self._walk(name)

    def _flat(self) -> bool:
        """Whether the place has no folders but in names, and so a listing of its own."""
        from fsspec import AbstractFileSystem
        from fsspec.asyn import AsyncFileSystem

        kind = type(self.fs)
        if self.fs.async_impl:
            return kind._find is not AsyncFileSystem._find
        return kind.find is not AbstractFileSystem.find

    def _filesystem(self, url: str) -> tuple[Any, str]:
        import fsspec

        try:
            fs, path = fsspec.core.url_to_fs(url)
        except ImportError as error:
            raise StoreError(f"{self.shown}: a package for this protocol is not installed ({error}).") from error
        except Exception as error:
            raise StoreError(
                f"{self.shown}: it cannot be used as a store ({_said(error)}). Name a folder, or a URL of a protocol "
                "that fsspec knows, such as s3://bucket/folder."
            ) from error
        if not path.strip("/"):
            raise StoreError(f"{self.shown}: it names no folder of that place; add one.")
        return fs, path.rstrip("/")

    @contextlib.contextmanager
    def _reaching(self, what: str) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except Exception as error:  # each protocol has errors of its own
            raise StoreError(
                f"{self} could not be {what} ({_said(error)}). Nothing that was finished is lost. Mend the connection, "
                "the rights or the name of the place, and give the same command again: it goes on from there."
            ) from error


def inside(name: str) -> bool:
    """Whether a path leads nowhere but down."""
    return not set(name.split("/")) & {"", ".", ".."} and "\\" not in name and "\0" not in name


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).strip() or 'no reason given'}".splitlines()[0]
