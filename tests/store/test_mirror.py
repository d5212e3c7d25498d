"""A store at a URL: what one machine leaves there another finds, whole or not at all."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest

from isogloss.core.errors import StoreError
from isogloss.core.parts import Lora
from isogloss.core.phase import Phase
from isogloss.core.score import Score
from isogloss.core.spec import Architecture, RunSpec
from isogloss.store import mirror, owner
from isogloss.store.divergence import Divergence
from isogloss.store.garbage import garbage, sweep
from isogloss.store.mirror import opened
from isogloss.store.predictions import Predictions
from isogloss.store.seal import sealed_json
from isogloss.store.store import Store

RUN = RunSpec(encoder=Architecture(), phases=(Phase(stage="pretrain", tasks=("text",), steps=1),))
CHILD = RUN.then(Phase(stage="target", tasks=("nli",), steps=1, adapters=Lora(rank=2, merge=False)))
ROWS = Predictions(language=["en", "de"], id=["1", "1"], prediction=["a", "b"], gold=["a", "a"], confidence=[0.5, None])
SCORE = Score(run=RUN.run_id, task="t", split="test", language="en", metric="accuracy", value=0.5, n=2)
KEY = "t-test-0"
Machine = Callable[[str], Store]


@pytest.fixture(params=["file", "memory"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A place that is not there yet."""
    return f"file://{tmp_path}/far" if request.param == "file" else f"memory://{tmp_path.name}/far"


@pytest.fixture
def machine(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """The store as a machine of some name sees it, which has its own caches."""

    def at(name: str) -> Store:
        monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / name))
        store = opened(url)
        store.sync()
        return store

    return at


def far(url: str, name: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """What lies at the URL, without our code."""
    fs, base = fsspec.core.url_to_fs(url)
    return fs, f"{base}/{name}"


def finish(store: Store, spec: RunSpec = RUN) -> None:
    folder = store.begin(spec)
    (folder / "encoder").mkdir()
    (folder / "encoder" / "model.safetensors").write_bytes(b"weights of " + spec.run_id.encode())
    (folder / "state.safetensors").write_bytes(b"moments")
    store.finish(spec, {"steps": 1})


def fill(store: Store) -> None:
    finish(store)
    store.save_evaluation(RUN.run_id, KEY, ROWS, [SCORE])
    store.save_baselines(KEY, ["majority"])
    store.save_study("s", {"runs": [], "evaluations": []})
    store.save_divergences("s", "part", [DIVERGENCE])


DIVERGENCE = Divergence(
    encoder="e", measure="m", family="f", direction="distance", version="raw", intermediate="i", target="t",
    split="test", language="de", value=0.25,
)  # fmt: skip


def test_another_machine_finds_everything(machine: Machine) -> None:
    """Run, evaluation, baselines, study and divergences of one machine are there on another that has nothing."""
    fill(machine("a"))
    b = machine("b")
    assert b.finished(RUN.run_id)
    assert b.spec(RUN.run_id) == RUN
    assert b.record(RUN.run_id).steps == 1
    assert b.scores(RUN.run_id) == [SCORE]
    assert b.predictions(RUN.run_id, "t", "test") == ROWS
    assert (b.baselines(KEY), b.studies(), b.divergences("s")) == (["majority"], ["s"], [DIVERGENCE])


def test_weights_come_when_they_are_asked_for(machine: Machine) -> None:
    """Another machine gets no weights before it asks for a folder, and then those bytes; optimizer state never."""
    finish(machine("a"))
    b = machine("b")
    assert not list(b.root.rglob("*.safetensors"))
    folder = b.folder(RUN.run_id)
    assert (folder / "encoder" / "model.safetensors").read_bytes() == b"weights of " + RUN.run_id.encode()
    assert [path.name for path in folder.rglob("*.safetensors")] == ["model.safetensors"]


def test_adapters_bring_the_encoder_they_belong_to(machine: Machine) -> None:
    """The folder of a run that was saved as adapters alone brings its parent's weights as well."""
    a = machine("a")
    finish(a)
    finish(a, CHILD)
    b = machine("b")
    b.folder(CHILD.run_id)
    assert (b.at.run(RUN.run_id) / "encoder" / "model.safetensors").is_file()


def test_a_run_that_was_done_meanwhile_is_found(machine: Machine) -> None:
    """A machine that looked before another finished a run gets its folder none the less."""
    b = machine("b")
    finish(machine("a"))
    assert not b.finished(RUN.run_id)
    assert b.folder(RUN.run_id).is_dir()


def test_the_marker_goes_up_last(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a run the record, of an evaluation the scores: sent alone, after all else of it."""
    a, sent = machine("a"), []
    send = a.remote.send  # type: ignore[attr-defined]
    monkeypatch.setattr(a.remote, "send", lambda files: (sent.append(sorted(files)), send(files)))  # type: ignore[attr-defined]
    fill(a)
    for marker, before in (("done.json", "encoder/model.safetensors"), ("scores.json", "predictions.parquet")):
        (last,) = [each for each in sent if any(name.endswith(marker) for name in each)]
        (early,) = [each for each in sent if any(name.endswith(before) for name in each)]
        assert len(last) == 1
        assert sent.index(early) < sent.index(last)


@pytest.mark.parametrize("cut", [f"runs/{RUN.run_id}/done.json", f"evaluations/{RUN.run_id}/{KEY}/scores.json"])
def test_what_was_sent_by_half_is_not_there(machine: Machine, url: str, cut: str) -> None:
    """Without its marker, or with the beginning of one, a run or an evaluation is not done, and can be done again."""
    fill(machine("a"))
    fs, path = far(url, cut)
    whole = fs.cat_file(path)
    for name, left in (("b", None), ("c", whole[:20])):
        if left is None:
            fs.rm_file(path)
        else:
            fs.pipe_file(path, left)
        seen = machine(name)
        assert (seen.finished(RUN.run_id), seen.evaluated(RUN.run_id, KEY)) == ("runs" not in cut, "runs" in cut)
    again = machine("d")
    if "runs" in cut:
        finish(again)
    else:
        again.save_evaluation(RUN.run_id, KEY, ROWS, [SCORE])
    last = machine("e")
    assert (last.finished(RUN.run_id), last.evaluated(RUN.run_id, KEY)) == (True, True)
    assert last.predictions(RUN.run_id, "t", "test") == ROWS


def test_an_error_while_sending_leaves_it_undone_here_too(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the URL cannot be written, the evaluation is not there, neither here nor there; it can be saved again."""
    a = machine("a")
    finish(a)
    with monkeypatch.context() as patch:
        patch.setattr(a.remote.fs, "put", lambda *_: (_ for _ in ()).throw(OSError("no route")))  # type: ignore[attr-defined]
        with pytest.raises(StoreError, match=r"could not be written \(OSError: no route"):
            a.save_evaluation(RUN.run_id, KEY, ROWS, [SCORE])
        assert not a.evaluated(RUN.run_id, KEY)
    assert not machine("b").evaluated(RUN.run_id, KEY)
    a.save_evaluation(RUN.run_id, KEY, ROWS, [SCORE])
    assert machine("b").evaluated(RUN.run_id, KEY)


def test_what_is_gone_there_goes_here(machine: Machine, url: str) -> None:
    """A run, an evaluation and a study that were deleted at the URL are done again by a machine that had them."""
    fill(machine("a"))
    for name in ("runs", "evaluations", "studies"):
        fs, path = far(url, name)
        fs.rm(path, recursive=True)
    a = machine("a")
    assert (a.runs(), a.evaluations(), a.studies()) == ([], [], [])
    assert a.baselines(KEY) == ["majority"]


def test_what_is_at_work_here_stays(machine: Machine) -> None:
    """Another process of a machine looks at the URL while a run is trained, a text translated and a search made: what
    these have written is not there yet, and they end as if nobody had looked."""
    a = machine("a")
    a.begin(RUN)
    sentences, rows = a.at.sentences / "de-0" / "1.jsonl", a.at.search("q").rows("records")
    for path in (sentences, rows):
        path.parent.mkdir(parents=True)
        path.write_text("[]\n")
    machine("a")
    finish(a)
    assert sentences.is_file()
    assert rows.is_file()
    a.at.search("q").lock.write_text("{}")
    a.share(a.at.search("q").root)
    again = a.at.search("q").rows("claims")
    again.write_text("[]\n")
    rows.write_text("[1]\n")
    machine("a")
    assert again.is_file()
    assert rows.read_text() == "[1]\n"
    a.at.search("q").lock.write_text('{"files": {}}')
    a.share(a.at.search("q").root)
    assert machine("b").at.search("q").rows("records").read_text() == "[1]\n"
    assert machine("b").finished(RUN.run_id)


def test_an_error_while_listing_takes_nothing_away(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that does not answer is an error, not an empty store."""
    a = machine("a")
    fill(a)
    ls = a.remote.fs.ls  # type: ignore[attr-defined]

    def broken(path: str, **options: object) -> object:
        if "runs" in path or type(a.remote.fs).__name__ == "MemoryFileSystem":  # type: ignore[attr-defined]
            raise ConnectionResetError("gone")
        return ls(path, **options)

    monkeypatch.setattr(a.remote.fs, "ls", broken)  # type: ignore[attr-defined]
    with pytest.raises(StoreError, match=r"could not be listed \(ConnectionResetError: gone"):
        a.sync()
    assert a.finished(RUN.run_id)


def test_a_study_that_changed_is_seen(machine: Machine) -> None:
    """What may be written anew is fetched anew, even when it has as many bytes as before."""
    a, b = machine("a"), machine("b")
    a.save_study("s", {"runs": [{"id": "1"}]})
    b.sync()
    a.save_study("s", {"runs": [{"id": "2"}]})
    b.sync()
    assert b.study("s").plain() == {"runs": [{"id": "2"}]}


def test_weights_of_the_wrong_size_are_an_error(machine: Machine, url: str) -> None:
    """Weights that are being written anew, or were cut, are not used."""
    finish(machine("a"))
    fs, path = far(url, f"runs/{RUN.run_id}/encoder/model.safetensors")
    fs.pipe_file(path, b"weig")
    with pytest.raises(StoreError, match="it has not the 23 bytes that the run's marker says"):
        machine("b").folder(RUN.run_id)


def test_a_run_that_a_folder_made_is_read(machine: Machine, url: str, tmp_path: Path) -> None:
    """A store that was made in a folder and copied to the URL is used as it is."""
    local = Store(tmp_path / "local")
    finish(local)
    fs, base = fsspec.core.url_to_fs(url)
    for path in local.root.rglob("*"):
        if path.is_file() and "locks" not in path.parts:
            place = f"{base}/{path.relative_to(local.root)}"
            fs.makedirs(place.rpartition("/")[0], exist_ok=True)
            fs.pipe_file(place, path.read_bytes())
    assert (machine("b").folder(RUN.run_id) / "encoder" / "model.safetensors").is_file()


def test_checkpoints_are_known_without_their_weights(machine: Machine) -> None:
    """Whether a run's earlier weights are at the URL is known before they are fetched."""
    a = machine("a")
    folder = a.begin(RUN)
    (folder / "snapshots" / "3").mkdir(parents=True)
    (folder / "snapshots" / "3" / "head.safetensors").write_bytes(b"three")
    a.finish(RUN, {"steps": 6})
    finish(a, CHILD)
    b = machine("b")
    assert (b.snapshots(RUN.run_id), b.snapshots(CHILD.run_id), b.snapshots("nowhere")) == (True, False, False)
    assert (b.folder(RUN.run_id) / "snapshots" / "3" / "head.safetensors").read_bytes() == b"three"


def test_sentences_come_with_their_record(machine: Machine) -> None:
    """Who finds the record of a translation finds its sentences."""
    a = machine("a")
    (a.at.sentences / "de-0").mkdir(parents=True)
    (a.at.sentences / "de-0" / "1.jsonl").write_text('["k", null]\n')
    a.save_translation("k", {"kept": 1})
    b = machine("b")
    assert b.translation("k") == {"kept": 1}
    assert (b.at.sentences / "de-0" / "1.jsonl").read_text() == '["k", null]\n'


def test_caches_and_locks_stay_on_their_machine(machine: Machine, url: str) -> None:
    """What a machine found out about its own files is sent to nobody."""
    a = machine("a")
    with a.lock("k"):
        a.cache("data", {"here": 1})
        a.save_study("s", {})
    fs, base = far(url, "")
    assert sorted(path.removeprefix(base) for path in fs.find(base)) == [
        "VERSION",
        "studies/.held.json",
        "studies/s.json",
    ]


def test_tables_of_an_analysis_are_sent(machine: Machine) -> None:
    """Files that are written beside an analysis are shared with it."""
    a = machine("a")
    folder = a.save_analysis("s", {"n": 1})
    (folder / "outcomes.csv").write_text("a,b\n")
    a.share(folder)
    b = machine("b")
    assert b.analysis("s") == {"n": 1}
    assert (b.at.analysis("s") / "outcomes.csv").read_text() == "a,b\n"


def test_gc_frees_what_killed_writers_left_in_the_copy_and_nothing_else(machine: Machine, url: str) -> None:
    """No lock reaches the other machines, so what is at the URL stays; here the half-written goes, and old states."""
    a = machine("a")
    fill(a)
    (a.root / ".partial-00000000.1.1-1234-fetch").mkdir()
    os.utime(a.root / ".partial-00000000.1.1-1234-fetch", (0, 0))
    (a.at.run(RUN.run_id) / "state.safetensors").write_bytes(b"1")
    there = sorted(far(url, "")[0].find(far(url, "")[1]))
    dead = f".partial-{owner._machine()}.{os.getpid()}.1-1234-done.json"
    far(url, "")[0].pipe_file(far(url, dead)[1], b"12")
    items = garbage(a, parents=True, abandoned=True)
    assert [(item.what, Path(item.name).name) for item in items] == [
        ("state", RUN.run_id), ("leftover", ".partial-00000000.1.1-1234-fetch"), ("leftover", dead),
    ]  # fmt: skip
    assert sweep(a, items) == 1 + 2
    assert garbage(a) == []
    assert sorted(far(url, "")[0].find(far(url, "")[1])) == there


@pytest.mark.parametrize(
    ("version", "message"), [("99", "written by a newer isogloss"), ("x", "expected a number"), ("", "has no VERSION")]
)
def test_a_place_that_is_no_store_is_refused(machine: Machine, url: str, version: str, message: str) -> None:
    """As in a folder: a newer layout, or runs without a VERSION."""
    fill(machine("a"))
    fs, path = far(url, "VERSION")
    if version:
        fs.pipe_file(path, version.encode())
    else:
        fs.rm_file(path)
    with pytest.raises(StoreError, match=message):
        machine("b")


def test_a_record_that_leads_elsewhere_is_refused(machine: Machine, url: str, tmp_path: Path) -> None:
    """A marker that names a file outside of its run writes nothing there."""
    finish(machine("a"))
    fs, path = far(url, f"runs/{RUN.run_id}/done.json")
    record = json.loads(fs.cat_file(path))
    fs.pipe_file(path, sealed_json(record | {"files": {"../../../../../out": 3}}))
    with pytest.raises(StoreError, match="leads out of a folder"):
        machine("b").folder(RUN.run_id)
    assert not list(tmp_path.rglob("out"))


def test_mirrors_lie_with_the_users_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ISOGLOSS_CACHE before XDG_CACHE_HOME before ~/.cache; two URLs have two mirrors."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("ISOGLOSS_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert mirror.mirror("s3://b/x").is_relative_to(tmp_path / ".cache" / "isogloss" / "stores")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert mirror.mirror("s3://b/x").is_relative_to(tmp_path / "xdg" / "isogloss" / "stores")
    monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / "own"))
    assert mirror.mirror("s3://b/x").is_relative_to(tmp_path / "own" / "stores")
    assert mirror.mirror("s3://b/x") != mirror.mirror("s3://c/x")


WRITING = """
import sys
from isogloss.store.mirror import opened
store = opened(sys.argv[1])
for number in range(20):
    store.save_baselines(f"{sys.argv[2]}-{number}", [sys.argv[2]])
"""


def test_machines_write_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two processes with mirrors of their own fill one place; a third finds all of it."""
    url = f"file://{tmp_path}/far"
    others = []
    for name in ("a", "b"):
        monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / name))
        others.append(subprocess.Popen([sys.executable, "-c", WRITING, url, name]))
    assert [each.wait() for each in others] == [0, 0]
    monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / "c"))
    store = opened(url)
    store.sync()
    assert all(store.baselines(f"{name}-{number}") == [name] for name in ("a", "b") for number in range(20))
