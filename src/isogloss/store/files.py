"""The files of a store: how they are read, written and locked; what the file system refuses is said in one way."""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from isogloss.core.errors import StoreError
from isogloss.core.shown import quoted
from isogloss.store import seal, shape
from isogloss.store.disk import listed, reaching, read_only, there
from isogloss.store.layout import HELD, MARKERS, VERSION, Layout, version_of
from isogloss.store.links import own
from isogloss.store.remedy import remedy
from isogloss.store.write import read_bytes, replacing

HOLDS = "holds"
"""In the list of a folder: the names of its files."""


class Files:
    """One folder. Raises StoreError for one that is not a store, or that cannot be reached."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.at = Layout(self.root)
        if re.match(r"[a-z0-9]{2,}:/", str(self.root)):
            raise StoreError(f"{root}: this is a folder's store, not a URL's; isogloss.store.mirror.opened opens both.")
        with reaching(self.root):
            if self.root.exists() and not self.root.is_dir():
                raise StoreError(f"{self.root} is a file, not a store; name a folder with --store.")
        names = listed(self.root.resolve())  # the store itself may be a link, what lies in it may not
        if there(self.at.version):
            self._check_version(self._bytes(self.at.version).decode("utf-8", errors="replace"))
        elif {"runs", "evaluations"} & {*names}:
            raise StoreError(
                f"{self.root} has no VERSION file, so it is not an isogloss store; choose another folder. If it is one "
                f"that lost the file: `echo {VERSION} > {self.at.version}`."
            )

    def __str__(self) -> str:
        return str(self.root)

    @property
    def place(self) -> Path | str:
        """What opens this store again, in any process: its folder, or a URL."""
        return self.root.resolve()

    @property
    def writable(self) -> bool:
        """Whether files can be made here, as far as can be told without making one."""
        nearest = self.root
        while not nearest.exists() and nearest != nearest.parent:
            nearest = nearest.parent
        return os.access(nearest, os.W_OK | os.X_OK)

    def _check_version(self, text: str) -> None:
        version = version_of(text)
        if version is None:
            raise StoreError(
                f"{self}: its VERSION says {quoted(text.strip())}, expected a number; this is not an isogloss store."
            )
        if version > VERSION:
            raise StoreError(
                f"{self} was written by a newer isogloss (layout {version}; this one reads up to {VERSION}). "
                "Upgrade isogloss, or name another folder with --store. Nothing was changed."
            )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Say what the file system refuses while the block runs.

        The folder is made here, at the first write: looking at a store that is not there leaves nothing behind.
        """
        with reaching(self.root):
            if not self.at.version.is_file():
                with replacing(self.at.version) as temporary:
                    temporary.write_text(f"{VERSION}\n", encoding="utf-8")
            yield

    @contextmanager
    def landing(self, path: Path, marker: str = "") -> Iterator[Path]:
        """A temporary path to save one thing at; it takes the name `path` when the block ends well.

        A folder that is there, with its `marker` where one is named, stays as it is.
        """
        with self.writing(), replacing(path, marker) as temporary:
            yield temporary

    @contextmanager
    def lock(self, key: str, *, wait: bool = True) -> Iterator[bool]:
        """Hold `key` against all other processes; gives False, without waiting, when `wait` is off and it is taken.

        On a read-only file system nobody writes, so there is nothing to hold.
        """
        path = self.at.lock(key)
        try:
            with self.writing():
                path.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except StoreError as error:
            if not read_only(error):
                raise
            yield True
            return
        try:
            try:
                with reaching(path):
                    fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(handle)

    def _place(self, path: Path) -> str:
        """Where a file belongs, as its seal says it: a marker's is its folder, since gc renames markers in it."""
        parts = path.parts[len(self.root.parts) :]
        return "/".join(parts[:-1] if path.name in MARKERS else parts)

    def _keep(self, path: Path, value: Mapping[str, Any]) -> None:
        with self.landing(path) as temporary:
            temporary.write_bytes(seal.sealed_json(value, self._place(path)))

    def _hold(self, path: Path) -> None:
        """Note in its folder's list that a file is there."""
        folder = path.parent
        if path.name in (self.held(folder) or ()):
            return
        with self.lock(f"held-{self._place(folder)}"):
            self._keep(folder / HELD, {HOLDS: sorted({*(self.held(folder) or ()), path.name})})

    def complete(self, folder: Path) -> None:
        """Note what lies in a folder and is not in its list: a kill between a file and its note leaves it so."""
        if {*listed(folder)} <= {*(self.held(folder) or ())}:
            return
        with self.lock(f"held-{self._place(folder)}"):
            self._keep(folder / HELD, {HOLDS: sorted({*(self.held(folder) or ()), *listed(folder)})})

    def hold(self, folder: Path) -> None:
        """Write the list of a folder again, by what lies there."""
        self._keep(folder / HELD, {HOLDS: listed(folder)})

    def held(self, folder: Path) -> list[str] | None:
        """Names of the files that should be in a folder; None where nobody wrote them down."""
        path = own(folder / HELD, self.root)
        try:
            return shape.held(path, self._json(path)[HOLDS]) if there(path) else None
        except (StoreError, KeyError, TypeError):
            return None

    def _missed(self, folder: Path, name: str = "") -> None:
        """Raise StoreError where a file is gone that a folder's list names; only for this one, where one is named."""
        for each in {*(self.held(folder) or ())} - {*listed(folder)}:
            if name in ("", each):
                raise self._damaged(folder / each, seal.GONE)

    def _bytes(self, path: Path) -> bytes:
        with reaching(path):
            return path.read_bytes()

    def _json(self, path: Path) -> Any:
        """What a JSON file holds, without its seal. Raises StoreError where it is damaged, or may not be read."""
        try:
            return seal.read_json(read_bytes(path), self._place(path))
        except seal.Damage as error:
            raise self._damaged(path, str(error)) from None

    def _damaged(self, path: Path, why: str) -> StoreError:
        return StoreError(f"{path}: it is damaged ({why}). {remedy(self.root, path)}")
