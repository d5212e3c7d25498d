"""The lock: a search's folder whose every file is named with its hash, so that anyone who has it has the same search.

Tables are JSON rows sorted by their text; bodies and documents are named by their hash and written once. lock.json is
written last, by rename: what it does not name was left by a killed command and is made again.
"""

import hashlib
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from isogloss.core import rows
from isogloss.core.errors import NOT_JSON, LockError, SpecError
from isogloss.core.version import VERSION
from isogloss.store.layout import PARTIAL, SearchLayout
from isogloss.store.links import linkless
from isogloss.store.store import Store

SCHEMA = 1
T = TypeVar("T")


class Lock:
    """One search's folder in a store."""

    def __init__(self, store: Store, name: str) -> None:
        check_name(name)
        self.store, self.name = store, name
        self.at: SearchLayout = store.at.search(name)
        linkless(self.at.root)

    @property
    def there(self) -> bool:
        """Whether the question has been written down."""
        return self.at.question.is_file()

    @property
    def whole(self) -> bool:
        """Whether the search has ended."""
        return self.at.lock.is_file()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the search against other processes that would write it; waits for one that does."""
        with self.store.lock(f"evidence-{self.name}"):
            yield

    def question(self) -> dict[str, Any]:
        """What was asked. Raises LockError."""
        found = self.read_json(self.at.question)
        if found.get("schema", 0) > SCHEMA:
            raise LockError(f"{self.at.question}: written by a newer isogloss (schema {found['schema']}). Upgrade it.")
        return found

    def read(self, kind: type[T], table: str) -> list[T]:
        """The rows of a table; none where it has not been made. Raises LockError naming file and line."""
        found = []
        for number, values in self.plain(table):
            try:
                found.append(rows.noun(kind, values))
            except (TypeError, ValueError) as error:
                raise LockError(f"{self.at.rows(table)}, line {number}: {error}. Nothing was computed.") from None
        return found

    def plain(self, table: str) -> list[tuple[int, dict[str, Any]]]:
        """(line, values) of each row of a table."""
        path = self.at.rows(table)
        if not path.is_file():
            return []
        numbered = []
        for number, line in enumerate(path.read_text("utf-8").split("\n")[:-1], 1):
            try:
                numbered.append((number, dict(json.loads(line))))
            except (*NOT_JSON, TypeError) as error:
                raise LockError(f"{path}, line {number}: no JSON row ({error}). Nothing was computed.") from None
        return numbered

    def write(self, table: str, nouns: Iterable[Any]) -> None:
        """Make a table again, sorted, in one step."""
        lines = sorted(_line(each if isinstance(each, Mapping) else rows.row(each)) for each in nouns)
        with self.store.landing(self.at.rows(table)) as temporary:
            temporary.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def begin(self, *tables: str) -> None:
        """Before tables are made again: check the lock, and take them out of it first, so that a kill leaves it true.

        "answers" takes out everything: the search itself goes on.
        """
        if not self.whole:
            return
        locked = self.verify(making=tables)
        gone = {f"{table}.jsonl" for table in tables} & locked["files"].keys()
        if "answers" in tables:
            self.at.lock.unlink()
        elif gone:
            void = {f"documents/{name}" for _, values in self.plain("documents") for name in _kept(values)}
            void = void if "documents" in tables else set()
            files = {name: sha256 for name, sha256 in locked["files"].items() if name not in gone | void}
            self._close({**locked, "files": files, "content": self._content(files)})
        for table in tables:
            self.at.rows(table).unlink(missing_ok=True)

    def write_json(self, path: Path, value: Any) -> None:
        """One JSON file in one step."""
        with self.store.landing(path) as temporary:
            temporary.write_text(_file(value), "utf-8")

    def keep(self, data: bytes, *, document: bool = False) -> str:
        """Keep a body or a document under its hash; returns the hash."""
        name = hashlib.sha256(data).hexdigest()
        path = self.at.document(name) if document else self.at.answer(name)
        if not path.is_file() or path.stat().st_size != len(data):
            with self.store.landing(path) as temporary:
                temporary.write_bytes(data)
        return name

    def answer_to(self, name: str) -> str | None:
        """What a language model answered to the question of this hash; None where it was not asked."""
        path = self.at.exchange(name)
        if not path.is_file():
            return None
        if not _is_asked(path):
            raise LockError(f"{path}: its question is not what its name says; it was changed. Nothing was computed.")
        return str(self.read_json(path)["answer"])

    def keep_asked(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep a question to a language model with its answer, under the question's hash."""
        self.write_json(self.at.exchange(name), value)

    def body(self, name: str, *, document: bool = False) -> bytes:
        """What is kept under a hash. Raises LockError when it is gone or changed."""
        path = self.at.document(name) if document else self.at.answer(name)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise LockError(
                f"{path}: it is missing ({error.strerror}). Copy the folder again, or search again."
            ) from None
        if hashlib.sha256(data).hexdigest() != name:
            raise LockError(f"{path}: its content is not what its name says; it was changed. Nothing was computed.")
        return data

    def seal(self, versions: Mapping[str, str] | None = None) -> None:
        """Write lock.json: the hash of every file, and of all of them without what differs between two days."""
        before = self.read_json(self.at.lock).get("versions", {}) if self.whole else {}
        files = {name: _sha256(path) for name, path in self._files()}
        made = {**before, "isogloss": VERSION, **(versions or {})}
        self._close({"schema": SCHEMA, "files": files, "versions": made, "content": self._content(files)})
        self.store.share(self.at.root)

    def _close(self, value: Mapping[str, Any]) -> None:
        """Write lock.json with the sum of all that it says."""
        self.write_json(self.at.lock, {**value, "sum": _sum(value)})

    def _content(self, files: Mapping[str, str]) -> str:
        """One hash of all files but for times and headers of answers: equal when the findings are."""
        told = [_line({**values, "time": "", "headers": {}}) for _, values in self.plain("answers")]
        timeless = {**files, "answers.jsonl": hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()}
        return hashlib.sha256(_line(timeless).encode()).hexdigest()

    def verify(self, making: Sequence[str] = ()) -> dict[str, Any]:
        """The lock, when every file is what it says and no other is there. Raises LockError naming one that is not.

        Tables of `making` are about to be made again: what a killed command left of them may lie there.
        """
        if not self.there:
            known = ", ".join(names(self.store)) or "none yet"
            raise LockError(
                f"{self.store} holds no search '{self.name}'; there are: {known}. `isogloss search` makes one."
            )
        if not self.whole:
            again = f"`isogloss search {shlex.quote(self.name)}` goes on."
            raise LockError(f"{self.at.root} has no lock.json: the search has not ended. {again}")
        locked = self.read_json(self.at.lock)
        if self.at.lock.read_text("utf-8") != _file(locked):
            raise LockError(f"{self.at.lock}: it is not as it was written: it was changed. Nothing was computed.")
        if not isinstance(locked.get("files"), dict) or locked.get("schema") != SCHEMA:
            raise LockError(
                f"{self.at.lock}: schema {locked.get('schema')!r}; this isogloss reads {SCHEMA}. Nothing was computed."
            )
        for name, expected in sorted(locked["files"].items()):
            path = self.at.file(name)
            if not re.fullmatch(r"(?:answers/|documents/|asked/)?[\w.-]+", name) or ".." in name:
                raise LockError(f"{self.at.lock}: {name!r} is not a file of a search. Nothing was computed.")
            if not path.is_file():
                raise LockError(
                    f"{path}: the lock names it and it is not there. Copy the folder again. Nothing was computed."
                )
            if _sha256(path) != expected:
                raise LockError(
                    f"{path}: it is not what the lock says (sha256 {_sha256(path)[:12]}…, want {str(expected)[:12]}…). "
                    "It was changed by hand or damaged. Nothing was computed. Take the original back, or search again."
                )
        self._no_others(locked["files"], making)
        if locked.get("content") != self._content(locked["files"]) or locked.get("sum") != _sum(locked):
            raise LockError(
                f"{self.at.lock}: its files are right, its own sum is not: it was changed. Nothing was computed."
            )
        self.question()
        return locked

    def _no_others(self, named: Mapping[str, str], making: Sequence[str]) -> None:
        """Raise LockError for a file that the lock does not name. Bodies that a killed command left are nobody's."""
        of_command = dict.fromkeys(("documents", "passages", "candidates"), "read")
        of_command |= dict.fromkeys(("claims", "outcomes"), "verify") | {"ratings": "synthesis"}
        own = {self.at.lock.name, self.at.here.name, *(f"{table}.jsonl" for table in making)}
        for path in sorted(self.at.root.iterdir()):
            if path.name in own or path.name in named or path.name.startswith(PARTIAL):
                continue
            if path.is_dir() and path in (self.at.answers, self.at.documents, self.at.asked):
                continue
            command = of_command.get(path.stem) if path.suffix == ".jsonl" else None
            advice = f"`isogloss {command} {self.name}` was stopped, or it was put there: give that command again"
            raise LockError(
                f"{path}: the lock does not name it; {advice if command else 'take it away'}. Nothing was computed."
            )
        whole = {self.at.answers: _is_body, self.at.documents: _is_body, self.at.asked: _is_asked}
        for folder, is_whole in whole.items():
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                name = path.relative_to(self.at.root).as_posix()
                if name not in named and not path.name.startswith(PARTIAL) and not is_whole(path):
                    raise LockError(f"{path}: the lock does not name it; take it away. Nothing was computed.")

    def _files(self) -> Iterable[tuple[str, Path]]:
        """Every file that belongs to the search, by its name in the folder: bodies and documents that rows name."""
        paths = [self.at.question, *(self.at.rows(table) for table in SearchLayout.ROWS)]
        paths += [self.at.answer(values["sha256"]) for _, values in self.plain("answers") if values.get("sha256")]
        for _, values in self.plain("documents"):
            paths += [self.at.document(name) for name in _kept(values)]
        if self.at.asked.is_dir():
            paths += [path for path in self.at.asked.iterdir() if not path.name.startswith(PARTIAL)]
        for path in sorted(set(paths)):
            if path.is_file():
                yield path.relative_to(self.at.root).as_posix(), path
            elif path.parent != self.at.root:
                raise LockError(f"{path}: it is missing. Copy the folder again, or search again.")

    def read_json(self, path: Path) -> dict[str, Any]:
        """The object in one of its files. Raises LockError."""
        try:
            found = json.loads(path.read_text("utf-8"))
        except (OSError, *NOT_JSON) as error:
            raise LockError(f"{path}: it cannot be read ({error}). Nothing was computed.") from None
        if not isinstance(found, dict):
            raise LockError(f"{path}: no JSON object. Nothing was computed.")
        return found


def names(store: Store) -> list[str]:
    """All searches in a store, those that have not ended included."""
    folder = store.at.searches
    return sorted(path.parent.name for path in folder.glob("*/question.json")) if folder.is_dir() else []


def check_name(name: str) -> None:
    """Raise SpecError for a name that cannot be a folder's."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", name) or name.endswith("."):
        raise SpecError(
            f"{name!r} cannot name a search: letters, digits, '.', '_' and '-', up to 80, a letter or digit first."
        )


def name_of(question: str, taken: Sequence[str] = ()) -> str:
    """A name for a question: its first words."""
    words = [word for word in re.findall(r"[a-z0-9]+", question.lower()) if word not in _SMALL]
    name = "-".join(words[:6])[:60].strip("-") or "search"
    return name if name not in taken else f"{name}-{hashlib.sha256(question.encode()).hexdigest()[:6]}"


_STOP = "a an and are between do does for from how in is it of on or the to what when where which who why with"
_SMALL = frozenset(_STOP.split())


def _is_body(path: Path) -> bool:
    """Whether a file's content is what its name says: a body that a killed command kept, and nobody reads."""
    return bool(re.fullmatch(r"[0-9a-f]{64}", path.name)) and path.is_file() and _sha256(path) == path.name


def _is_asked(path: Path) -> bool:
    """Whether a question to a language model is what its name says."""
    try:
        values = dict(json.loads(path.read_text("utf-8")))
    except (OSError, *NOT_JSON, TypeError):
        return False
    asked = {key: value for key, value in values.items() if key != "answer"}
    told = json.dumps(asked, sort_keys=True, ensure_ascii=False)
    return "answer" in values and hashlib.sha256(told.encode()).hexdigest() == path.name


def _kept(document: Mapping[str, Any]) -> list[str]:
    """Hashes of the files of one row of documents; an abstract's text stays in its record."""
    names = (document.get("sha256"), document.get("text"))
    return [] if document.get("format") == "abstract" else [name for name in names if name]


def _line(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _file(value: Any) -> str:
    """The text of one JSON file."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _sum(value: Mapping[str, Any]) -> str:
    """One hash of what a lock says, its own sum aside."""
    told = {key: each for key, each in value.items() if key != "sum"}
    return hashlib.sha256(_line(told).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
