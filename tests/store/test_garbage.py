"""gc frees what no saved study needs, and nothing else."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from isogloss.core.parts import Lora
from isogloss.core.phase import Phase
from isogloss.core.score import Score
from isogloss.core.spec import Architecture, Published, RunSpec, plain
from isogloss.store.garbage import garbage, sweep
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store
from isogloss.store.write import STALE, partial, remove

ROOT = RunSpec(encoder=Architecture(), phases=(Phase(stage="pretrain", tasks=("text",), steps=1),))
MIDDLE = ROOT.then(Phase(stage="intermediate", tasks=("nli",), steps=1))
LEAF = MIDDLE.then(Phase(stage="target", tasks=("qa",), steps=1))
ROWS = Predictions(language=["en"], id=["1"], prediction=["a"], gold=["a"], confidence=[None])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store")
    for spec in (ROOT, MIDDLE, LEAF):
        (store.begin(spec) / "head.safetensors").write_bytes(b"12345")
        store.finish(spec, {})
    return store


def keep(store: Store, *, done: bool, more: tuple[RunSpec, ...] = ()) -> None:
    specs = (ROOT, MIDDLE, LEAF, *more)
    runs = [{"id": s.run_id, "parent": s.parent and s.parent.run_id, "spec": plain(s)} for s in specs]
    store.save_study("s", {"runs": runs, "evaluations": [{"run": LEAF.run_id, "key": "k"}], "baselines": []})
    if done:
        score = Score(run=LEAF.run_id, task="qa", split="test", language="en", metric="f", value=1.0, n=1)
        store.save_evaluation(LEAF.run_id, "k", ROWS, [score])


def found(store: Store, **options: bool) -> list[tuple[str, str]]:
    return [(item.what, item.name) for item in garbage(store, **options)]


def test_a_run_still_to_be_tested_stays(store: Store) -> None:
    """Weights whose evaluation is not done are needed, and so is what no study names: a user may hold them."""
    assert found(store) == []
    keep(store, done=False)
    assert found(store) == []


def test_the_leaves_of_a_done_study_go_first(store: Store) -> None:
    """When all is evaluated, the weights nobody starts from go; those that others start from only when asked."""
    keep(store, done=True)
    assert found(store) == [("weights", LEAF.run_id)]
    assert found(store, parents=True) == [("weights", s.run_id) for s in (LEAF, MIDDLE, ROOT)]
    assert sweep(store, garbage(store)) == len(b"12345")
    assert store.freed(LEAF.run_id)
    assert store.finished(MIDDLE.run_id)
    assert store.evaluated(LEAF.run_id, "k")
    assert found(store) == []


def test_a_published_encoder_as_it_is_is_never_freed(store: Store) -> None:
    """Nothing of it lies in the store: it would only be marked as freed, and planned to be trained again."""
    start = RunSpec(encoder=Published(name="far/away"))
    leaf = start.then(LEAF.phases[-1])
    for spec in (start, leaf):
        store.begin(spec)
        store.finish(spec, {})
    keep(store, done=True, more=(start, leaf))
    assert ("weights", leaf.run_id) in found(store, parents=True)
    assert ("weights", start.run_id) not in found(store, parents=True)


def test_the_parent_of_an_unfinished_run_stays(store: Store) -> None:
    """A run that another, not yet done, starts from is needed even when asked for parents."""
    keep(store, done=True)
    store.at.done(LEAF.run_id).unlink()
    assert ("weights", MIDDLE.run_id) not in found(store, parents=True)


def test_abandoned_runs_go_when_asked(store: Store) -> None:
    """A begun run that no study names goes with `abandoned`, not otherwise."""
    other = ROOT.then(Phase(stage="target", tasks=("ner",), steps=1))
    store.begin(other)
    assert found(store) == []
    assert found(store, abandoned=True) == [("unfinished", other.run_id)]
    sweep(store, garbage(store, abandoned=True))
    assert store.unfinished() == []


def test_what_a_killed_writer_left_goes_at_once(store: Store) -> None:
    """A half-written file goes as soon as its writer is dead, and stays while it lives, however old it is."""
    name = "from pathlib import Path; from isogloss.store.write import partial; print(partial(Path('k')).name)"
    dead = (
        store.at.evaluations / subprocess.run([sys.executable, "-c", name], capture_output=True, text=True).stdout[:-1]
    )
    mine = partial(store.at.evaluations / "k")
    long_ago = time.time() - 2 * STALE
    for path in (dead, mine):
        path.mkdir(parents=True)
        (path / "predictions.parquet").write_bytes(b"123")
        os.utime(path, (long_ago, long_ago))
    assert found(store) == [("leftover", str(dead))]
    assert sweep(store, garbage(store)) == 3
    assert not dead.exists()
    assert mine.exists()


def test_the_folder_of_progress_goes_with_what_a_killed_command_was_writing(store: Store) -> None:
    """Nothing else is in it, and no command would take it away."""
    name = "from pathlib import Path; from isogloss.store.write import partial; print(partial(Path('s.json')).name)"
    done = subprocess.run([sys.executable, "-c", name], capture_output=True, text=True, check=True)
    store.at.lives.mkdir()
    (store.at.lives / done.stdout[:-1]).write_bytes(b"123")
    assert sweep(store, garbage(store)) == 3
    assert not store.at.lives.exists()


def test_what_nobody_knows_the_writer_of_goes_when_it_is_old(store: Store) -> None:
    """Of another machine's file, or one that names no writer, its age decides: that of the newest in a folder."""
    folder = store.at.evaluations
    for path in (folder / ".partial-1234-k", folder / ".partial-00000000.1.1-1234-k"):
        path.mkdir(parents=True)
        (path / "deep").mkdir()
        (path / "deep" / "file").write_bytes(b"123")
        assert found(store) == []
        long_ago = time.time() - 2 * STALE
        for each in (path, path / "deep"):
            os.utime(each, (long_ago, long_ago))
        assert found(store) == []
        os.utime(path / "deep" / "file", (long_ago, long_ago))
        assert found(store) == [("leftover", str(path))]
        assert sweep(store, garbage(store)) == 3
        assert not path.exists()


def test_a_removal_that_is_cut_short_leaves_no_half_of_a_folder(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder loses its name before its files go: a kill in between leaves nothing that could be taken for whole."""

    def killed(path: Path, **_: bool) -> None:
        (path / "head.safetensors").unlink()
        raise KeyboardInterrupt

    run = store.at.run(LEAF.run_id)
    monkeypatch.setattr(shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        remove(run)
    monkeypatch.undo()
    assert not run.exists()
    assert LEAF.run_id not in [*store.runs(), *store.unfinished()]
    assert [path.name.startswith(".partial-") for path in store.at.runs.iterdir()].count(True) == 1


def test_what_another_process_works_on_stays(store: Store) -> None:
    """A run whose lock is held is not freed."""
    keep(store, done=True)
    with store.lock(LEAF.run_id):
        assert sweep(store, garbage(store)) == 0
    assert store.finished(LEAF.run_id)


def test_a_state_left_by_a_kill_goes(store: Store) -> None:
    """The optimizer state of a finished run is never kept, even if the process died before dropping it."""
    (store.at.run(ROOT.run_id) / "state.safetensors").write_bytes(b"1")
    assert found(store) == [("state", ROOT.run_id)]
    sweep(store, garbage(store))
    assert store.finished(ROOT.run_id)
    assert store.at.states(ROOT.run_id) == []


def test_the_encoder_of_adapters_stays_as_long_as_they_do(store: Store) -> None:
    """A run saved as adapters alone is nothing without the run before it, even when all is evaluated."""
    adapters = MIDDLE.then(Phase(stage="target", tasks=("qa",), steps=1, adapters=Lora(rank=8, merge=False)))
    store.begin(adapters)
    store.finish(adapters, {})
    keep(store, done=True)
    assert sorted(found(store, parents=True)) == sorted(("weights", s.run_id) for s in (ROOT, LEAF))
    store.free(adapters.run_id)
    assert ("weights", MIDDLE.run_id) in found(store, parents=True)


def test_adapters_and_their_encoder_go_in_one_call(store: Store) -> None:
    """Adapters of a study that is done go first and their encoder after them; both stay while a process holds them."""
    adapters = MIDDLE.then(Phase(stage="target", tasks=("qa",), steps=1, adapters=Lora(rank=8, merge=False)))
    (store.begin(adapters) / "head.safetensors").write_bytes(b"1")
    store.finish(adapters, {})
    keep(store, done=True, more=(adapters,))
    items = garbage(store, parents=True)
    assert {item.name for item in items} == {s.run_id for s in (ROOT, MIDDLE, LEAF, adapters)}
    with store.lock(adapters.run_id):
        sweep(store, items)
    assert [run for run in store.runs() if store.finished(run)] == sorted((adapters.run_id, MIDDLE.run_id))
    assert sweep(store, garbage(store, parents=True)) == 6
    assert not [run for run in store.runs() if store.finished(run)]
    assert found(store, parents=True) == []


def test_snapshots_whose_mean_has_adapters_stay(store: Store) -> None:
    """Adapters of the mean of earlier weights lie beside a note of where that is: it goes with them, not before."""
    adapters = MIDDLE.then(
        Phase(stage="target", tasks=("qa",), steps=1, adapters=Lora(rank=8, merge=False), parent_weights="mean")
    )
    store.begin(adapters)
    store.finish(adapters, {})
    (store.at.snapshots(MIDDLE.run_id) / "mean-3").mkdir(parents=True)
    (store.at.snapshots(MIDDLE.run_id) / "mean-3" / "head.safetensors").write_bytes(b"123")
    keep(store, done=True)
    assert ("snapshots", MIDDLE.run_id) not in found(store)
    store.free(adapters.run_id)
    assert ("snapshots", MIDDLE.run_id) in found(store)


def test_what_a_killed_gc_left_of_a_run_goes_with_the_next(store: Store) -> None:
    """Killed between the marker and the files, or between two files: the weights are listed, and go."""
    keep(store, done=True)
    store.retire(LEAF.run_id)
    assert found(store) == [("weights", LEAF.run_id)]
    assert sweep(store, garbage(store)) == len(b"12345")
    assert store.at.weights(LEAF.run_id) == []
    assert found(store) == []


def test_a_freed_run_that_is_trained_again_keeps_its_state(store: Store) -> None:
    """A run that was freed, and is wanted again by a study, goes on from its state after a kill; so does its parent."""
    keep(store, done=True)
    sweep(store, garbage(store, parents=True))
    study = store.study("s").plain()
    store.save_study("more", {**study, "name": "more", "evaluations": [{"run": LEAF.run_id, "key": "other"}]})
    for spec in (LEAF, MIDDLE):
        (store.begin(spec) / "state.safetensors").write_bytes(b"1")
        assert found(store, parents=True, abandoned=True) == []


def test_a_study_that_was_saved_meanwhile_keeps_what_it_needs(store: Store) -> None:
    """Between the listing and the freeing another study may have come to need a run: it is not freed."""
    keep(store, done=True)
    items = garbage(store, parents=True)
    study = store.study("s").plain()
    store.save_study("more", {**study, "name": "more", "evaluations": [{"run": MIDDLE.run_id, "key": "other"}]})
    sweep(store, items)
    assert [run for run in store.runs() if store.finished(run)] == [MIDDLE.run_id]
