"""What verify-store finds, and what a repair takes out of use."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isogloss.cli import main
from isogloss.core.errors import StoreError
from isogloss.store import seal
from isogloss.store.mirror import opened
from isogloss.store.repair import repair, steps
from isogloss.store.store import Store
from isogloss.store.verify import Finding, Verifier
from isogloss.store.write import read_json

BENCH = Path(__file__).parents[2] / "bench"
Build = Callable[[Path], Store]


@pytest.fixture(scope="module")
def build() -> Iterator[Build]:
    """A store with a file of every kind."""
    sys.path.insert(0, str(BENCH))
    from _every_file import build

    yield build
    sys.path.remove(str(BENCH))


@pytest.fixture(scope="module")
def built(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("built") / "store").root


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Store:
    return Store(Path(shutil.copytree(built, tmp_path / "store")))


def found(store: Store) -> list[Finding]:
    return Verifier(store).verify()


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def one(store: Store, pattern: str) -> Path:
    return sorted(store.root.glob(pattern))[0]


def unsealed(path: Path) -> None:
    path.write_text(json.dumps(read_json(path)), "utf-8")


def test_a_whole_store_has_nothing_to_find(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 0, and every file was looked at."""
    verifier = Verifier(store)
    assert verifier.verify() == []
    assert set(verifier.files) - verifier._seen == set()
    assert main(["verify-store", "--store", str(store.root)]) == 0
    assert "all whole" in capsys.readouterr().out


def test_a_damaged_file_is_listed_with_its_cost(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with why, and the seconds that its record says it took; exit status 1, as JSON too. Nothing is changed."""
    evaluation = one(store, "evaluations/*/topics-test-0/predictions.parquet")
    weights = one(store, "runs/*/encoder/*.safetensors")
    for path in (evaluation, weights):
        flip(path)
    before = {path: path.read_bytes() for path in store.root.rglob("*") if path.is_file() and "locks" not in path.parts}
    assert main(["verify-store", "--store", str(store.root), "--json"]) == 1
    told = {each["path"]: each for each in json.loads(capsys.readouterr().out)["damaged"]}
    names = [path.relative_to(store.root).as_posix() for path in (evaluation, weights)]
    assert sorted(told) == sorted(names)
    run, key = evaluation.parts[-3:-1]
    assert told[names[0]]["seconds"] == store.about(run, key)["seconds"]
    assert told[names[1]]["seconds"] == store.record(weights.parts[-3]).seconds
    assert main(["verify-store", "--store", str(store.root), "--repair"]) == 1
    assert "Nothing was changed" in capsys.readouterr().out
    assert before == {path: path.read_bytes() for path in before}


def test_a_file_of_an_older_version_cannot_be_checked(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """No hash: it is read, it is no damage, and it is said; the next write gives it one."""
    unsealed(store.at.study("one"))
    assert [(each.what, each.path) for each in found(store)] == [("unchecked", "studies/one.json")]
    assert main(["verify-store", "--store", str(store.root)]) == 0
    assert "not checked: " in capsys.readouterr().out
    store.save_study("one", store.study("one").plain())
    assert found(store) == []


@pytest.mark.parametrize(
    ("pattern", "what", "name"),
    [
        ("runs/*/done.json", "gone", "done.json"),
        ("runs/*/spec.json", "gone", "spec.json"),
        ("runs/*/head.safetensors", "gone", "head.safetensors"),
        ("runs/*/snapshots/0000002/encoder/model.safetensors", "gone", "model.safetensors"),
        ("runs/*/snapshots/mean-2/files.json", "gone", "files.json"),
        ("runs/*/snapshots/0000003/files.json", "gone", "files.json"),
        ("evaluations/*/topics-test-0/scores.json", "unfinished", "scores.json"),
        ("evaluations/*/topics-test-0/predictions.parquet", "damaged", "predictions.parquet"),
        ("baselines/*.json", "gone", "topics-test-0-x.json"),
        ("studies/one.json", "gone", "one.json"),
        ("studies/.held.json", "gone", ".held.json"),
        ("translations/*.json", "gone", "made-train-de-0.json"),
        ("divergences/one/a-0.parquet", "gone", "a-0.parquet"),
        ("drifts/one/de-0.json", "gone", "de-0.json"),
        ("analyses/one/outcomes.csv", "gone", "outcomes.csv"),
        ("analyses/one/analysis.json", "unfinished", "analysis.json"),
    ],
)
def test_what_is_lost_is_missed(store: Store, pattern: str, what: str, name: str) -> None:
    """A deleted file of every kind that may not go is told, by what says that it should be there."""
    one(store, pattern).unlink()
    told = [each for each in found(store) if each.path.rpartition("/")[2] == name]
    assert [each.what for each in told][:1] == [what]


def test_caches_and_checkpoints_may_go(store: Store) -> None:
    """The cache may be deleted at any time, and gc frees the checkpoints of a run together."""
    shutil.rmtree(store.root / "cache")
    for folder in store.root.glob("runs/*/snapshots"):
        if store.finished(folder.parent.name):
            shutil.rmtree(folder)
    assert found(store) == []


def test_a_repair_moves_and_the_store_goes_on(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Damaged weights count as freed, their record stays; an evaluation goes whole; a spec is written anew from the
    study; all of it lies in the quarantine as it was. Afterwards nothing that is there is damaged."""
    weights, cache = one(store, "runs/*/encoder/*.safetensors"), one(store, "cache/vectors/*.npy")
    run = weights.parts[-3]
    spec = next(store.at.spec(each) for each in store.runs() if each != run)
    evaluation = one(store, f"evaluations/{run}/topics-test-0/predictions.parquet")
    record, bad = store.record(run), {}
    for path in (weights, spec, cache, evaluation):
        flip(path)
        bad[path.relative_to(store.root)] = path.read_bytes()
    assert main(["verify-store", "--store", str(store.root), "--repair", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "Done. What was damaged lies in" in said
    (place,) = (store.root / "quarantine").iterdir()
    assert {path: (place / path).read_bytes() for path in bad} == bad
    assert store.freed(run)
    assert store.record(run) == record
    assert not store.evaluated(run, "topics-test-0")
    assert store.evaluated(run, "topics-test-mean-1")
    assert store.spec(spec.parent.name).run_id == spec.parent.name
    assert not cache.exists()
    assert {each.what for each in found(store)} == {"gone"}  # what the studies still name, and `run` makes again
    assert main(["verify-store", "--store", str(store.root)]) == 1


def test_a_damaged_marker_takes_its_run_out_of_use(store: Store) -> None:
    """What its weights should be nobody knows any more; what the run is stays, so it can be trained again."""
    path = one(store, "runs/*/done.json")
    flip(path)
    todo = steps(store, found(store))
    assert [(step.does, step.name) for step in todo] == [("move", f"runs/{path.parent.name}")]
    repair(store, todo)
    assert [each.name for each in path.parent.iterdir()] == ["spec.json"]


def test_what_was_let_go_is_forgotten(store: Store) -> None:
    """A study or part that somebody deleted is no longer missed after a repair."""
    store.at.divergence("one", "a-0").unlink()
    with pytest.raises(StoreError, match=r"a-0\.parquet: it is damaged \(it is gone\)"):
        store.divergences("one")
    repair(store, steps(store, found(store)))
    assert found(store) == []
    assert store.divergences("one")


def test_a_run_that_is_worked_on_is_left_alone(store: Store) -> None:
    """A repair does not touch what another process holds."""
    weights = one(store, "runs/*/encoder/*.safetensors")
    flip(weights)
    with store.lock(weights.parts[-3]):
        assert repair(store, steps(store, found(store))) is None
    assert store.finished(weights.parts[-3])


def test_yes_goes_with_repair(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """By itself it is an error."""
    assert main(["verify-store", "--store", str(store.root), "--yes"]) == 2
    assert "--repair" in capsys.readouterr().err


def test_damaged_weights_are_not_started_from(store: Store) -> None:
    """Whoever asks for the folder of a run gets an error that names the file and says how it comes back."""
    weights = one(store, "runs/*/encoder/*.safetensors")
    flip(weights)
    seal.forget()
    with pytest.raises(StoreError, match=r"model\.safetensors: it is damaged .* is trained again"):
        store.folder(weights.parts[-3])


def test_a_place_at_a_url_is_verified_whole(built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of it is fetched anew, weights included; nothing is repaired there."""
    shutil.copytree(built, tmp_path / "far")
    url = f"file://{tmp_path}/far"
    assert main(["verify-store", "--store", url]) == 0
    flip(one(Store(tmp_path / "far"), "runs/*/encoder/*.safetensors"))
    assert main(["verify-store", "--store", url]) == 1
    assert "model.safetensors" in capsys.readouterr().out
    with pytest.raises(StoreError, match="nothing is repaired at a URL"):
        steps(opened(url), [])
