"""The store keeps what is finished, whatever happens to the processes that use it."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from isogloss.core.errors import SpecError, StoreError, UnknownName
from isogloss.core.phase import Phase
from isogloss.core.score import Score
from isogloss.core.spec import Architecture, RunSpec
from isogloss.store import owner, write
from isogloss.store.layout import VERSION
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store
from isogloss.store.verify import Verifier

RUN = RunSpec(encoder=Architecture(), phases=(Phase(stage="pretrain", tasks=("text",), steps=1),))
ROWS = Predictions(language=["en", "de"], id=["1", "1"], prediction=["a", "b"], gold=["a", "a"], confidence=[0.5, None])


def score(run: str = "r", language: str = "en", value: float = 1.0) -> Score:
    return Score(run=run, task="t", split="test", language=language, metric="accuracy", value=value, n=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def finish(store: Store, spec: RunSpec = RUN) -> None:
    folder = store.begin(spec)
    (folder / "encoder").mkdir()
    (folder / "encoder" / "model.safetensors").write_bytes(b"weights")
    (folder / "state.safetensors").write_bytes(b"moments")
    store.finish(spec, {"steps": 1})


def test_looking_leaves_nothing(tmp_path: Path) -> None:
    """Opening a store that is not there, and asking it, makes no folder."""
    store = Store(tmp_path / "nowhere")
    assert (store.runs(), store.scores(), store.studies(), store.cached("data")) == ([], [], [], {})
    assert not (tmp_path / "nowhere").exists()


def test_a_run_is_finished_by_its_marker(store: Store) -> None:
    """A begun run is not finished; a finished one keeps spec, record and weights, and loses its optimizer state."""
    store.begin(RUN)
    assert not store.finished(RUN.run_id)
    assert (store.runs(), store.unfinished()) == ([], [RUN.run_id])
    finish(store)
    assert store.finished(RUN.run_id)
    assert store.spec(RUN.run_id) == RUN
    assert store.record(RUN.run_id).plain() == {"steps": 1}
    assert sorted(path.name for path in store.folder(RUN.run_id).iterdir()) == ["done.json", "encoder", "spec.json"]


def test_an_unfinished_run_goes_on_from_its_state_alone(store: Store) -> None:
    """Weights without a marker are dropped when the run is begun again; the state stays."""
    folder = store.begin(RUN)
    (folder / "encoder").mkdir()
    (folder / "state.safetensors").write_bytes(b"moments")
    (folder / ".partial-1-encoder").mkdir()
    store.begin(RUN)
    assert sorted(path.name for path in folder.iterdir()) == ["spec.json", "state.safetensors"]


def test_the_weights_of_an_unfinished_run_cannot_be_had(store: Store) -> None:
    """Asking for them says that the run is not finished; an unknown run is named."""
    store.begin(RUN)
    with pytest.raises(StoreError, match="not finished"):
        store.folder(RUN.run_id)
    with pytest.raises(UnknownName, match="no run named 'nope'"):
        store.spec("nope")
    with pytest.raises(UnknownName, match="no finished run"):
        store.record("nope")


def test_freed_weights_leave_the_record(store: Store) -> None:
    """A freed run is still listed with its record; finishing it again brings its weights back."""
    finish(store)
    assert store.free(RUN.run_id) == len(b"weights")
    assert store.freed(RUN.run_id)
    assert not store.finished(RUN.run_id)
    assert store.runs() == [RUN.run_id]
    assert store.record(RUN.run_id).plain() == {"steps": 1}
    with pytest.raises(StoreError, match="freed by gc"):
        store.folder(RUN.run_id)
    finish(store)
    assert store.finished(RUN.run_id)
    assert not store.freed(RUN.run_id)


def test_predictions_and_scores_appear_together(store: Store) -> None:
    """An evaluation reads back as it was written, and is listed with its task."""
    store.save_evaluation("r", "t-test-1", ROWS, [score()], seconds=2.0)
    assert store.evaluated("r", "t-test-1")
    assert store.scores("r") == [score()]
    assert store.predictions("r", "t", "test") == ROWS
    assert store.about("r", "t-test-1") | {"scores": []} == {
        "task": "t",
        "split": "test",
        "seconds": 2.0,
        "examples": 2,
        "scores": [],
    }


def test_a_task_tested_in_two_ways_needs_a_key(store: Store) -> None:
    """Two evaluations of one task are not mixed up: without a key the error lists both."""
    for key in ("t-test-1", "t-test-2"):
        store.save_evaluation("r", key, ROWS, [score()])
    with pytest.raises(StoreError, match="t-test-1, t-test-2"):
        store.predictions("r", "t", "test")
    assert store.predictions("r", "t", "test", "t-test-2") == ROWS
    with pytest.raises(UnknownName, match="was not evaluated on u"):
        store.predictions("r", "u", "test")


def test_the_first_of_two_writers_wins(store: Store) -> None:
    """Saving an evaluation that is there changes nothing: what is written is never replaced."""
    store.save_evaluation("r", "k", ROWS, [score(value=1.0)])
    store.save_evaluation("r", "k", ROWS, [score(value=0.0)])
    assert store.scores("r") == [score(value=1.0)]


def test_a_study_is_found_by_its_name(store: Store) -> None:
    """So are its baselines; a name that is not there is an error that says which may be meant."""
    store.save_baselines("k", ["majority"])
    store.save_study("s", {"runs": [{"id": "r"}], "baselines": [{"key": "k"}]})
    assert store.studies() == ["s"]
    assert (store.baselines("k"), store.baselines("other")) == (["majority"], None)
    with pytest.raises(UnknownName, match="Did you mean 's'"):
        store.study("ss")


def test_lists_of_baselines_are_not_read_for_each_other(store: Store) -> None:
    """Each bears its place, so that one swapped for another is an error; a list of an older store is read as it is."""
    store.save_baselines("a", ["majority"])
    store.save_baselines("b", ["lexicon", "majority"])
    a, b = store.at.baselines("a"), store.at.baselines("b")
    a.write_bytes(b.read_bytes())
    with pytest.raises(StoreError, match="damaged"):
        store.baselines("a")
    b.write_text(json.dumps(["majority"], indent=1) + "\n")
    assert store.baselines("b") == ["majority"]


def test_an_analysis_that_cannot_be_written_leaves_the_last_one_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full after the first table: marker and tables are those of before, and no file is half-written."""
    folder = store.save_analysis("s", {"n": 1}, {"a.csv": "old\n", "b.csv": "old\n"})
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_text = Path.write_text

    def full(path: Path, text: str, **given: str) -> int:
        if path.name.endswith("b.csv"):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write_text(path, text, **given)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(StoreError, match="full"):
        store.save_analysis("s", {"n": 2}, {"a.csv": "new\n", "b.csv": "new\n"})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    monkeypatch.undo()
    store.save_analysis("s", {"n": 2}, {"a.csv": "new\n", "b.csv": "new\n"})
    assert [each for each in Verifier(store).verify() if each.path.startswith("analyses")] == []


def test_a_study_that_nobody_runs_leaves_nothing_of_its_progress(store: Store) -> None:
    """The folder goes with the last of two studies."""
    store.save_live("one", {"jobs": 1})
    store.save_live("two", {"jobs": 1})
    store.end_live("one")
    assert [path.name for path in store.at.live("two").parent.iterdir()] == ["two.json"]
    store.end_live("two")
    store.end_live("two")
    assert not store.at.live("two").parent.exists()


def test_a_newer_store_is_left_alone(tmp_path: Path) -> None:
    """A store of a newer layout is an error that says so; nothing in it changes."""
    (tmp_path / "VERSION").write_text(f"{VERSION + 1}\n")
    with pytest.raises(StoreError, match="newer isogloss"):
        Store(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["VERSION"]


def test_other_folders_are_no_store(tmp_path: Path) -> None:
    """A file, a folder with runs but no version, and a version that is no number are refused."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="is a file"):
        Store(tmp_path / "file")
    (tmp_path / "runs").mkdir()
    with pytest.raises(StoreError, match="no VERSION"):
        Store(tmp_path)
    (tmp_path / "VERSION").write_text("one")
    with pytest.raises(StoreError, match="expected a number"):
        Store(tmp_path)


def test_a_damaged_file_is_named(store: Store) -> None:
    """A marker or a table of predictions that something else has cut short is named, with what to do."""
    finish(store)
    store.at.done(RUN.run_id).write_text("{")
    with pytest.raises(StoreError, match=r"done\.json"):
        store.record(RUN.run_id)
    store.save_evaluation("r", "k", ROWS, [score()])
    store.at.predictions("r", "k").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="only this evaluation is repeated"):
        store.predictions("r", "t", "test")


def test_a_spec_of_a_newer_version_is_refused(store: Store) -> None:
    """A field this version does not know is an error, not dropped: the run would be another one."""
    finish(store)
    path = store.at.spec(RUN.run_id)
    path.write_text(path.read_text().replace('"type": "RunSpec"', '"type": "RunSpec", "spin": 1'))
    with pytest.raises(SpecError, match="spin"):
        store.spec(RUN.run_id)


@pytest.mark.parametrize("moment", range(8))
def test_a_full_disk_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    """When the disk is full at any write, the error says how to go on, what was finished stays, and nothing is half."""
    store.save_evaluation("r", "before", ROWS, [score()])
    real, calls = os.fsync, 0

    def full(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls > moment:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    with monkeypatch.context() as patched:
        patched.setattr(write.os, "fsync", full)
        try:
            finish(store)
            store.save_evaluation("r", "after", ROWS, [score()])
        except StoreError as error:
            assert "is full" in str(error)  # noqa: PT017 - late moments pass without one
            assert "isogloss gc" in str(error)  # noqa: PT017
    assert store.predictions("r", "t", "test", "before") == ROWS
    if store.evaluated("r", "after"):
        assert store.predictions("r", "t", "test", "after") == ROWS
    if store.finished(RUN.run_id):
        assert (store.folder(RUN.run_id) / "encoder" / "model.safetensors").read_bytes() == b"weights"
    assert not list(store.root.rglob(".partial-*"))


def test_a_full_disk_is_known_in_any_wording(tmp_path: Path) -> None:
    """Rust and C++ libraries report a full disk in words alone; it is the same error to the user."""
    store = Store(tmp_path)
    with pytest.raises(StoreError, match="is full"), store.writing():
        raise RuntimeError("I/O error: No space left on device (os error 28)")
    with pytest.raises(RuntimeError, match="else"), store.writing():
        raise RuntimeError("something else")


COUNTING = """
import sys
from pathlib import Path
from isogloss.store.store import Store
root = Path(sys.argv[1])
for _ in range(50):
    with Store(root).lock("count"):
        (root / "count").write_text(str(int((root / "count").read_text() or "0") + 1))
"""


def test_a_lock_holds_against_other_processes(store: Store) -> None:
    """Three processes that each read, add one and write back under a lock lose no count."""
    store.save_study("s", {})
    (store.root / "count").write_text("0")
    others = [subprocess.Popen([sys.executable, "-c", COUNTING, str(store.root)]) for _ in range(3)]
    assert [each.wait() for each in others] == [0, 0, 0]
    assert (store.root / "count").read_text() == "150"


def test_a_taken_lock_says_so(store: Store) -> None:
    """A lock that is taken gives False when one does not wait, and is free again afterwards."""
    with store.lock("k") as mine, store.lock("k", wait=False) as other:
        assert (mine, other) == (True, False)
    with store.lock("k", wait=False) as again:
        assert again


def test_a_url_is_refused() -> None:
    """A bucket's address is not taken for a folder of that name."""
    with pytest.raises(StoreError, match="this is a folder's store"):
        Store(Path("s3://bucket/store"))


def test_a_file_outside_of_a_store_takes_along_what_the_dead_left_beside_it(tmp_path: Path) -> None:
    """No `gc` comes to where a user lets `predict`, `next` or `submit` write; what the living write stays."""
    machine = owner.me().split(".")[0]
    (tmp_path / f".partial-{machine}.4194303.1-00000000-rows.tsv").write_text("half of it")
    ours = write.partial(tmp_path / "other.tsv")
    ours.write_text("in progress")
    write.write_text(tmp_path / "rows.tsv", "all of it")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([ours.name, "rows.tsv"])
