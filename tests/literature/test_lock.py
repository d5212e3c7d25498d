"""literature/lock.py: a search's folder is what its lock says, to the byte, or nothing is computed from it."""

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import served
from isogloss.cli import main
from isogloss.core.errors import LockError
from isogloss.literature.lock import Lock
from isogloss.store.store import Store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one search that was read and verified."""
    at = tmp_path_factory.mktemp("made")
    folder, store = served.write(at / "in"), str(at / "store")
    (at / "claims.txt").write_text("Nine bridge tasks are compared.\n", "utf-8")
    assert main(["search", served.QUESTION, "--in", str(folder), "--name", "q", "--store", store]) == 0
    assert main(["read", "q", "--store", store]) == 0
    assert main(["verify", "q", "--claims", str(at / "claims.txt"), "--store", store]) == 0
    return at / "store"


@pytest.fixture
def lock(made: Path, tmp_path: Path) -> Lock:
    shutil.copytree(made, tmp_path / "store")
    found = Lock(Store(tmp_path / "store"), "q")
    assert set(found.verify()) == {"schema", "files", "versions", "content", "sum"}
    return found


def parts(lock: Lock) -> list[Path]:
    """All files of the search but the one that is no part of it."""
    return [path for path in sorted(lock.at.root.rglob("*")) if path.is_file() and path != lock.at.here]


def refused(lock: Lock, capsys: pytest.CaptureFixture[str]) -> None:
    """No verb computes anything; doctor says so."""
    with pytest.raises(LockError):
        lock.verify()
    store = str(lock.store.place)
    capsys.readouterr()
    assert main(["doctor", "q", "--store", store]) == 1
    assert "wrong" in capsys.readouterr().out


def test_every_byte_counts(lock: Lock) -> None:
    """A byte changed, put in or taken out, anywhere in any file."""
    draw = random.Random(20310101)
    for path in parts(lock):
        data = path.read_bytes()
        for _ in range(8):
            at = draw.randrange(len(data) or 1)
            changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] if data else b"x"
            for text in (changed, data[:at] + b" " + data[at:], data[:at] + data[at + 1 :]):
                if text != data:
                    path.write_bytes(text)
                    with pytest.raises(LockError):
                        lock.verify()
        path.write_bytes(data)
    lock.verify()


def test_every_file_must_be_there(lock: Lock) -> None:
    """One that is gone is named."""
    for path in parts(lock):
        data = path.read_bytes()
        path.unlink()
        told = {lock.at.lock: "has not ended", lock.at.question: "holds no search"}
        with pytest.raises(LockError, match=told.get(path, path.name)):
            lock.verify()
        path.write_bytes(data)
    lock.verify()


@pytest.mark.parametrize("name", ["notes.txt", "extra.jsonl", "answers/x", "documents/" + "0" * 64, "more/x"])
def test_no_other_file_may_be_there(name: str, lock: Lock, capsys: pytest.CaptureFixture[str]) -> None:
    """What the lock does not name is named, whatever it is."""
    path = lock.at.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("put there", "utf-8")
    refused(lock, capsys)


@pytest.mark.parametrize("table", ["documents", "passages", "candidates", "claims", "outcomes"])
def test_a_table_that_a_killed_command_left_is_not_read(
    table: str, made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It stands outside the lock: the error says which command makes it again, and that command does."""
    command = "verify" if table in ("claims", "outcomes") else "read"
    folder, store = served.write(tmp_path / "in"), tmp_path / "store"
    claims = str(made.parent / "claims.txt")
    assert main(["search", served.QUESTION, "--in", str(folder), "--name", "q", "--store", str(store)]) == 0
    if command == "verify":
        assert main(["read", "q", "--store", str(store)]) == 0
    shutil.copy(made / f"evidence/q/{table}.jsonl", store / f"evidence/q/{table}.jsonl")
    lock = Lock(Store(store), "q")
    with pytest.raises(LockError, match=f"{table}.jsonl: .*isogloss {command} q"):
        lock.verify()
    refused(lock, capsys)
    if command == "read":
        assert main(["verify", "q", "--claims", claims, "--store", str(store)]) == 2
        assert main(["read", "q", "--store", str(store)]) == 0
    assert main(["verify", "q", "--claims", claims, "--store", str(store)]) == 0
    assert lock.at.lock.read_bytes() == (made / "evidence/q/lock.json").read_bytes()


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    "change",
    [
        lambda path: edit(path, '"isogloss": "', '"isogloss": "9'),
        lambda path: path.write_text("[]", "utf-8"),
        lambda path: path.write_text("{}", "utf-8"),
        lambda path: path.write_text('{"files": {}, "schema": 1}', "utf-8"),
        lambda path: path.write_bytes(b"\xff\xfe"),
    ],
)
def test_the_lock_itself_is_as_it_was_written(
    change: Callable[[Path], None], lock: Lock, capsys: pytest.CaptureFixture[str]
) -> None:
    """Versions count, too."""
    change(lock.at.lock)
    refused(lock, capsys)


def test_two_at_once_make_one_lock(made: Path, tmp_path: Path) -> None:
    """The same search, started twice in one store: one waits for the other, both end well, and the lock is whole."""
    folder, store = served.write(tmp_path / "in"), str(tmp_path / "store")
    command = [sys.executable, "-m", "isogloss", "search", served.QUESTION, "--in", str(folder), "--name", "q"]
    both = [
        subprocess.Popen([*command, "--store", store], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for each in both:
        _, error = each.communicate(timeout=60)
        assert each.returncode == 0, error
    lock = Lock(Store(Path(store)), "q")
    before = {
        name: sha for name, sha in Lock(Store(made), "q").verify()["files"].items() if name in lock.verify()["files"]
    }
    assert lock.verify()["files"] == before
