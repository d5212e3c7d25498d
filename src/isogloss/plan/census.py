"""Which data is there, how much, and its hash; remembered in the store for as long as the files stay as they are."""

import hashlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial, wraps
from pathlib import Path
from typing import Any

from isogloss.core.doing import doing
from isogloss.core.errors import DataError, IsoglossError
from isogloss.core.examples import Choice, Example, untaught
from isogloss.core.folder import ROOT
from isogloss.core.languages import ENGLISH
from isogloss.core.task import Task, data_hash
from isogloss.core.version import VERSION
from isogloss.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Count:
    """Some examples of a task: one split of one language, or what a phase trains on."""

    examples: int
    characters: int
    """Of all texts of all examples."""
    read: int
    """Of what an encoder reads: a prompt once for each of its choices."""
    digest: str
    untaught: str = ""
    """What is wrong with the first of them that lacks its label; empty for none, and for counts of earlier versions."""

    def first(self, examples: int) -> "Count":
        """Of the first examples alone, as if all were of one length."""
        share = examples / self.examples
        return replace(
            self, examples=examples, characters=round(self.characters * share), read=round(self.read * share)
        )


class Census:
    """Counts the data of tasks below one data root. Call `keep` when done."""

    def __init__(self, store: Store, data: Path) -> None:
        self.store = store
        self.data = data
        self._known = store.cached("data")
        # Asked hundreds of times by the runs of one study; the disk is asked once.
        self._counts: dict[tuple[str, ...], Count | None] = {}
        self._available: dict[tuple[str, str], tuple[str, ...]] = {}
        self._codes: dict[str, str] = {}
        self._changed = False

    def count(self, task: Task, split: str, language: str) -> Count | None:
        """What is there; None when the files of this language are missing. Raises DataError for damaged ones."""
        key = (task.name, split, language)
        if key not in self._counts:
            if task.derived is not None:
                self._counts[key] = self._derived(task, split, (language,))
            else:
                self._counts[key] = self._count(task, split, language)
        return self._counts[key]

    def available(self, task: Task, split: str) -> tuple[str, ...]:
        """The languages whose files are there; what was counted before need not be looked for by reading."""
        key = (task.name, split)
        if key not in self._available:
            if task.places or task.source.generated or task.derived or split not in task.splits:
                self._available[key] = task.available(self.data, split)
            else:
                self._available[key] = tuple(
                    code
                    for code in task.languages
                    if self._entry(task, f"{split}/{code}") or task.has_examples(self.data, split, code)
                )
        return self._available[key]

    def present(self, task: Task, split: str, languages: Sequence[str] = ()) -> tuple[str, ...]:
        """Those of `languages` (default: all of the task's) whose data is there."""
        return tuple(code for code in languages or task.languages if self.count(task, split, code) is not None)

    def digest(self, task: Task, split: str, languages: Sequence[str]) -> str:
        """12 hex digits over the data of several languages; changes when any example, or the list, changes."""
        parts = [f"{code}:{count.digest}" for code in languages if (count := self.count(task, split, code))]
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:12]

    def training(self, task: Task, languages: Sequence[str], limit: int = 0) -> Count:
        """The training examples of several languages together, the first `limit` of them if it is not 0."""
        what = f"train/{','.join(languages)}/{limit}"
        count = self._counts.get((task.name, what))
        if count is None and task.derived is not None:
            count = self._derived(task, "train", languages)
            if count and limit:
                count = count.first(min(limit, count.examples))
            self._counts[task.name, what] = count
        if count is None:
            count = self._remembered(task, what, lambda: task.training(self.data, tuple(languages), limit))
            self._counts[task.name, what] = count
        return count

    def require(self, task: Task, split: str, language: str) -> None:
        """Raise the DataError that says what is missing and how to get it."""
        try:
            task.examples(self.data, split, language)
        except FileNotFoundError as error:
            where = f"{task.name} {split} {language}"
            raise DataError(f"{where}: {error.filename}: no such file. Nothing was written.") from error

    def keep(self) -> None:
        """Remember the counts for the next plan."""
        if self._changed:
            self.store.cache("data", self._known)
            self._changed = False

    def _derived(self, task: Task, split: str, languages: Sequence[str]) -> Count | None:
        """What is made from the source's English: as many examples at most, and a hash that needs none of them."""
        if task.derived is None or (source := self._count(task.derived.source, split, ENGLISH)) is None:
            return None
        one = source.first(min(task.derived.first or source.examples, source.examples))
        return Count(
            examples=one.examples * len(languages),
            characters=one.characters * len(languages),
            read=one.read * len(languages),
            digest=task.derived.digest(source.digest, languages),
            untaught="" if task.derived.first else source.untaught,
        )

    def _count(self, task: Task, split: str, language: str) -> Count | None:
        if language not in self.available(task, split):
            return None
        try:
            return self._remembered(task, f"{split}/{language}", lambda: task.examples(self.data, split, language))
        except FileNotFoundError:  # a user's reader that names no places
            return None

    def _remembered(self, task: Task, what: str, read: Callable[[], list[Example]]) -> Count:
        if known := self._entry(task, what):
            return known
        doing(f"reading {task.name} {what.split('/')[0]}")
        with looked_at(self.data) as files:
            try:
                examples = read()
            except (IsoglossError, FileNotFoundError):
                raise
            except Exception as error:  # a user's reader that does not check its input
                seen = sorted(path for path in files if Path(path).is_file())
                raise DataError(
                    f"{task.name}: reading {' and '.join(seen) or 'its data'} failed: {type(error).__name__}: {error}. "
                    "Nothing was written; --debug shows where in the reader."
                ) from error
        count = Count(
            examples=len(examples),
            characters=sum(map(_characters, examples)),
            read=sum(map(_read, examples)),
            digest=data_hash(examples),
            untaught=str(untaught(examples) or ""),
        )
        if files or task.source.generated:
            stamps = {} if task.source.generated else {path: _stamp(path) for path in sorted(files)}
            self._known[self._key(task, what)] = {"code": self._code(task), "files": stamps, "count": asdict(count)}
            self._changed = True
        return count

    def _entry(self, task: Task, what: str) -> Count | None:
        """What is remembered, if nothing that it was read from has changed."""
        entry = self._known.get(self._key(task, what))
        if not entry or entry["code"] != self._code(task) or "read" not in entry["count"]:  # of an earlier version
            return None
        return Count(**entry["count"]) if all(_stamp(at) == stamp for at, stamp in entry["files"].items()) else None

    def _key(self, task: Task, what: str) -> str:
        return "/".join((str(self.data.resolve()), task.name, what))

    def _code(self, task: Task) -> str:
        return self._codes.get(task.name) or self._codes.setdefault(task.name, _code(task))


def _characters(example: Example) -> int:
    total = 0
    for name in example.__dataclass_fields__:
        value = getattr(example, name)
        if name not in ("id", "label", "tags", "keys", "language", "row", "side", "answers"):
            total += len(value) if isinstance(value, str) else sum(len(each) for each in _texts(value))
    return total


def _read(example: Example) -> int:
    again = len(example.prompt) * (len(example.choices) - 1) if isinstance(example, Choice) else 0
    return _characters(example) + again


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, tuple) else []


def _code(task: Task) -> str:
    """A mark of the code that reads a task: the same files may read differently tomorrow."""
    reader = inspect.unwrap(task.read)
    reader = reader.func if isinstance(reader, partial) else reader
    try:
        own = [Path(inspect.getsourcefile(reader) or "")]
    except TypeError:  # a callable object, or one of C
        own = []
    if own and ROOT not in own[0].resolve().parents:  # a user's reader may import what lies beside it
        own = sorted(own[0].parent.glob("*.py"))
    room = "worlds" if task.source.generated else "formats"
    stamps = [_stamp(str(path)) for path in (*sorted((ROOT / room).glob("*.py")), *own)]
    return hashlib.sha256(repr([VERSION, task.source.generated, stamps]).encode()).hexdigest()


def forget(store: Store) -> None:
    """Count everything again at the next plan: what is remembered has turned out not to be what is read."""
    store.cache("data", {})


def _stamp(path: str) -> list[int] | None:
    """What changes when a file or folder does, even if its times are set back; None where there is nothing."""
    try:
        found = _stat(path)
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns]


_listening: list[tuple[str, set[str]]] = []
_installed = False
_stat = os.stat


@contextmanager
def looked_at(data: Path) -> Iterator[set[str]]:
    """What a reader opens or looks for while the block runs, there or not, and the folders below `data` it lists."""
    global _installed
    if not _installed:
        sys.addaudithook(_hear)  # cannot be removed again, so it is added once
        _installed = True
    heard: set[str] = set()
    listener = (os.path.abspath(data), heard)  # noqa: PTH100 - the hook compares strings
    _listening.append(listener)
    os.stat = _hearing_stat  # `is_file` and `exists` raise no audit event, and a file that is absent is not opened
    try:
        yield heard
    finally:
        _listening.remove(listener)
        if not _listening:
            os.stat = _stat


@wraps(os.stat)
def _hearing_stat(path: Any, *arguments: Any, **named: Any) -> os.stat_result:
    _hear("stat", (path,))
    return _stat(path, *arguments, **named)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _listening or event not in ("open", "stat", "os.listdir", "os.scandir"):
        return
    if not isinstance(arguments[0], str | os.PathLike):
        return
    path = os.path.abspath(os.fspath(arguments[0]))  # noqa: PTH100 - a Path would cost more than the reading
    if path.endswith((".py", ".pyc")) or path.startswith(("/proc/", "/sys/", "/dev/")):
        return
    for data, heard in _listening:
        if event == "open" or path.startswith(data):
            heard.add(path)
