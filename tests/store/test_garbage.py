"""gc frees what no saved study needs, and nothing else."""

import os
import time
from pathlib import Path

import pytest

from isogloss.core.score import Score
from isogloss.core.spec import Architecture, Phase, RunSpec, plain
from isogloss.store.garbage import STALE, garbage, sweep
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store

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


def keep(store: Store, *, done: bool) -> None:
    runs = [{"id": s.run_id, "parent": s.parent and s.parent.run_id, "spec": plain(s)} for s in (ROOT, MIDDLE, LEAF)]
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
    assert sorted(found(store, parents=True)) == sorted(("weights", s.run_id) for s in (ROOT, MIDDLE, LEAF))
    assert sweep(store, garbage(store)) == len(b"12345")
    assert store.freed(LEAF.run_id)
    assert store.finished(MIDDLE.run_id)
    assert store.evaluated(LEAF.run_id, "k")
    assert found(store) == []


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


def test_what_killed_writers_left_goes(store: Store) -> None:
    """An old half-written file goes; a new one may still have its writer."""
    path = store.root / "evaluations" / ".partial-1234-k"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"123")
    assert found(store) == []
    long_ago = time.time() - 2 * STALE
    os.utime(path, (long_ago, long_ago))
    assert found(store) == [("leftover", str(path))]
    assert sweep(store, garbage(store)) == 3
    assert not path.exists()


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
    adapters = MIDDLE.then(Phase(stage="target", tasks=("qa",), steps=1, lora=8, lora_merge=False))
    store.begin(adapters)
    store.finish(adapters, {})
    keep(store, done=True)
    assert sorted(found(store, parents=True)) == sorted(("weights", s.run_id) for s in (ROOT, LEAF))
    store.free(adapters.run_id)
    assert ("weights", MIDDLE.run_id) in found(store, parents=True)
