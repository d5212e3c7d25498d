"""A store at a URL that fsspec knows (s3://bucket/folder …), worked on through a folder of this machine, its mirror.

What is light (all but weights and caches) comes here before a verb works, a run's weights when its folder is asked for.
What is saved goes to the URL before it lands in the mirror, so what a mirror has is at the URL, which is the truth:
what is gone there goes here too, but for what is still at work here (`_at_work`). An object store has no rename, so of
a run or an evaluation the marker goes up last, and what has no marker there is not there. Some protocols show half of a
file while it is written; JSON and Parquet that end too early count as not there yet, and weights must have the sizes
that the marker says.

A mirror's locks hold on its own machine. Two machines may do the same job twice, with the same bits: only time is lost.
"""

import contextlib
import hashlib
import json
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from isogloss.core import caches
from isogloss.core.errors import NOT_JSON, StoreError
from isogloss.core.spec import RunSpec
from isogloss.store.layout import ABOUT, FIXED, LOCK, MARKERS, PARTIAL, SNAPSHOTS, STATE, light
from isogloss.store.remedy import remedy
from isogloss.store.remote import Remote
from isogloss.store.runs import HASHES
from isogloss.store.store import Store
from isogloss.store.write import partial, remove

BATCH = 64
"""Files that are fetched at once."""


def opened(place: Path | str) -> Store:
    """The store at a URL (text with "://") or in a folder. Raises StoreError."""
    return Mirror(place) if isinstance(place, str) and "://" in place else Store(Path(place))


class Mirror(Store):
    """A store at a URL. Raises StoreError for a protocol that is not known, or a place that cannot be reached."""

    def __init__(self, url: str, root: Path | None = None) -> None:
        self.remote = Remote(url)
        self._versioned = False
        super().__init__(root or mirror(self.remote.url))

    def __str__(self) -> str:
        return str(self.remote)

    @property
    def place(self) -> Path | str:
        """The URL."""
        return self.remote.url

    # What comes here

    def sync(self) -> None:
        """Bring here what is light, and take away what is gone at the URL."""
        here = {name for name in self._here() if light(PurePosixPath(name))}  # before what is there is listed
        there = self.remote.listed()
        if "VERSION" in there:
            self._check_version(self.remote.read("VERSION").decode("utf-8", errors="replace"))
            self._versioned = True
        elif any(name.startswith(("runs/", "evaluations/")) for name in there):
            raise StoreError(f"{self} has no VERSION, so it is not an isogloss store; choose another place.")
        for name in here - there.keys():
            if not _at_work(PurePosixPath(name), here, there):
                remove(self.root / name)
        self._take(there)

    def look(self, *paths: Path) -> None:
        """Bring here what is light of a few files or folders."""
        for path in paths:
            self._take(self.remote.listed(path.relative_to(self.root).as_posix()))

    def folder(self, run_id: str, *, snapshots: bool = False) -> Path:
        """The weights of a finished run, brought here if need be, with those that its adapters belong to."""
        if not self.finished(run_id):
            self.look(self.at.run(run_id))
        if not self.finished(run_id):
            return super().folder(run_id)  # which says why there are none
        with self.lock(f"fetch-{run_id}"):
            files = {f"runs/{run_id}/{name}": size for name, size in self._weights(run_id).items()}
            self._fetch([name for name, size in files.items() if self._size(name) != size])
            # Once more what is damaged: it may be the copy alone.
            self._fetch(sorted(files.keys() & {f"runs/{run_id}/{name}" for name, _ in self.damaged_weights(run_id)}))
        short = [name for name, size in files.items() if self._size(name) != size]
        if short:
            raise StoreError(
                f"{self}/{short[0]}: it has not the {files[short[0]]:,} bytes that the run's marker says. Another "
                "machine may be writing it: give the same command again. If that does not help, delete the run there."
            )
        spec = self.spec(run_id)
        if spec.parent and spec.phases[-1].apart:
            self.folder(spec.parent.run_id)
        return super().folder(run_id, snapshots=snapshots)

    def snapshots(self, run_id: str) -> bool:
        """Whether earlier weights of a finished run are at the URL."""
        return any(name.startswith(f"{SNAPSHOTS}/") for name in self._weights(run_id))

    # What goes there

    @contextlib.contextmanager
    def landing(self, path: Path, marker: str = "") -> Iterator[Path]:
        """As in a folder; it is at the URL before it takes its name here."""
        with super().landing(path, marker) as temporary:
            yield temporary
            name = path.relative_to(self.root).as_posix()
            files = [each for each in temporary.rglob("*") if each.is_file()] if temporary.is_dir() else [temporary]
            self._send({str(PurePosixPath(name, each.relative_to(temporary).as_posix())): each for each in files})

    def share(self, folder: Path) -> None:
        """Send the files of a folder."""
        files = [each for each in sorted(folder.rglob("*")) if each.is_file() and not each.name.startswith(PARTIAL)]
        self._send({each.relative_to(self.root).as_posix(): each for each in files})

    def finish(self, spec: RunSpec, record: Mapping[str, Any]) -> None:
        """Send the weights, then mark the run as finished there and here; the marker says what there is to fetch."""
        run = self.at.run(spec.run_id)
        files = {
            path.relative_to(run).as_posix(): path
            for path in sorted(run.rglob("*"))
            if path.is_file() and not _own(path.relative_to(run).parts)
        }
        sizes = {name: path.stat().st_size for name, path in files.items()}
        # Where another machine was quicker, somebody may be reading what is there.
        if self._sent(spec.run_id) != (sizes, self._hashes(spec.run_id)):
            files["spec.json"] = self.at.spec(spec.run_id)
            self._send({f"runs/{spec.run_id}/{name}": path for name, path in files.items()})
        super().finish(spec, {**record, "files": sizes})

    def end_live(self, study: str) -> None:
        """There too, where it can be reached."""
        name = self.at.live(study).relative_to(self.root).as_posix()
        with contextlib.suppress(OSError, StoreError):
            if self.remote.listed(name):
                self.remote.remove(name)
        super().end_live(study)

    def save_translation(self, key: str, record: Mapping[str, Any]) -> None:
        """Send the sentences before the record that says they are there."""
        below = self.at.sentences.relative_to(self.root).as_posix()
        there = self.remote.listed(below)
        self._send({name: self.root / name for name in self._here(self.at.sentences) if name not in there})
        super().save_translation(key, record)

    def _damaged(self, path: Path, why: str) -> StoreError:
        name = path.relative_to(self.root).as_posix()
        return StoreError(
            f"{self}/{name}: it is damaged ({why}), there or in its copy here, {path}. Delete the copy and try again; "
            f"if that does not help, it is the one at the URL. {remedy(self.root, path)}"
        )

    # Files by their path below the root

    def _here(self, folder: Path | None = None) -> list[str]:
        found = (folder or self.root).rglob("*")
        names = [path.relative_to(self.root).as_posix() for path in found if path.is_file()]
        return [name for name in names if PARTIAL not in name]

    def _size(self, name: str) -> int:
        path = self.root / name
        return path.stat().st_size if path.is_file() else -1

    def _locked(self, lock: str) -> bool:
        """Whether a search is locked here as it is there: then what differs here is being added to it."""
        return self._size(lock) >= 0 and self.remote.read(lock) == (self.root / lock).read_bytes()

    def _sent(self, run_id: str) -> Any:
        name = f"runs/{run_id}/done.json"
        try:
            found = json.loads(self.remote.read(name)) if name in self.remote.listed(name) else {}
            return found.get("files"), found.get(HASHES)
        except NOT_JSON:
            return None

    def _weights(self, run_id: str) -> dict[str, int]:
        """Name → bytes. A run that a folder's store wrote, and somebody copied there, is listed."""
        found = self.record(run_id).files if self.finished(run_id) else {}
        if found is None:
            there = self.remote.listed(f"runs/{run_id}")
            found = {name.split("/", 2)[2]: size for name, size in there.items()}
            found = {name: size for name, size in found.items() if name not in ABOUT and not _own(name.split("/"))}
        return dict(found)

    def _take(self, there: Mapping[str, int]) -> None:
        """Fetch what is light and not here as it is there; of runs and evaluations only those that are whole."""
        whole = {str(PurePosixPath(name).parent) for name in there if PurePosixPath(name).name in MARKERS}
        same = {str(PurePosixPath(name).parent) for name in there if name.endswith(f"/{LOCK}") and self._locked(name)}
        wanted = [
            name
            for name, size in there.items()
            if light(path := PurePosixPath(name))
            and (path.parts[0] not in ("runs", "evaluations") or str(path.parent) in whole)
            and (path.parts[0] not in FIXED or self._size(name) != size)
            and ("/".join(path.parts[:2]) not in same or self._size(name) < 0)
        ]
        last = [name for name in wanted if PurePosixPath(name).name in MARKERS]
        early = self._fetch([name for name in wanted if name not in set(last)])
        halves = {str(PurePosixPath(name).parent) for name in early}
        self._fetch([name for name in last if str(PurePosixPath(name).parent) not in halves])

    def _fetch(self, names: list[str]) -> list[str]:
        """Bring files here, each in one step; gives the names of those that end too early, which are left."""
        early = []
        for begin in range(0, len(names), BATCH):
            batch = names[begin : begin + BATCH]
            with self.writing():
                draft = partial(self.root / "fetch")
                try:
                    self.remote.fetch(batch, draft)
                    for name in batch:
                        if not _ends_well(draft / name):
                            early.append(name)
                            continue
                        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                        (draft / name).replace(self.root / name)
                finally:
                    remove(draft)
        return early

    def _send(self, files: Mapping[str, Path]) -> None:
        """Bring files there, markers last."""
        if not self._versioned:
            with self.writing():  # makes the file
                self.remote.send({"VERSION": self.at.version})
            self._versioned = True
        last = {name: path for name, path in files.items() if PurePosixPath(name).name in MARKERS}
        self.remote.send({name: path for name, path in files.items() if name not in last})
        self.remote.send(last)


def mirror(url: str) -> Path:
    """Where the mirror of a URL lies: in $ISOGLOSS_CACHE, else with the user's caches. May be deleted at any time."""
    name = re.sub(r"[^A-Za-z0-9-]", "-", url.rpartition("/")[2])[:32]
    return caches.home().absolute() / "stores" / f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"


def _own(parts: Iterable[str]) -> bool:
    """Whether a file of a run is about the record, or a killed writer's, or optimizer state."""
    first, *_ = parts = tuple(parts)
    return first in ABOUT or first.startswith(STATE) or any(part.startswith(PARTIAL) for part in parts)


def _at_work(path: PurePosixPath, here: Container[str], there: Container[str]) -> bool:
    """Whether a file that is not at the URL never was, since what it belongs to goes there when it is done.

    That is a run without its marker, a search that is not locked or is being added to, and translated sentences.
    """
    kind, name, *_ = path.parts
    if kind == "runs":
        return not any(f"{kind}/{name}/{marker}" in here for marker in MARKERS)
    lock = f"{kind}/{name}/{LOCK}"
    return kind == "cache" or (kind == "evidence" and (lock not in here or lock in there))


def _ends_well(path: Path) -> bool:
    """Whether a file that says where it ends does so; others cannot be told."""
    if path.suffix == ".json":
        try:
            json.loads(path.read_bytes())
        except NOT_JSON:
            return False
    if path.suffix == ".parquet":
        return path.read_bytes()[-4:] == b"PAR1"  # the last bytes of every Parquet file
    return True
