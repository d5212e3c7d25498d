"""run/rerun and run/provenance: a run trained again is the same to the bit, and a changed one is noticed."""

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from isogloss.core.errors import ModelError, SpecError, StoreError
from isogloss.models.device import computes_half
from isogloss.plan.plan import plan
from isogloss.plan.site import Site
from isogloss.run import provenance
from isogloss.run.execute import execute
from isogloss.run.rerun import rerun, sentence
from isogloss.store import owner
from isogloss.store.garbage import garbage, sweep
from isogloss.store.write import read_json, remove, write_json

RECIPE = """
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Evaluation, RunSpec, Study

def grid() -> Study:
    encoder = Architecture(vocabulary=60, tokenizer="words", width=16, layers=1, heads=2, hidden=32, positions=32)
    text = Phase(stage="pretrain", tasks=("lines",), steps=4, tokens=128, lr=5e-3)
    run = RunSpec(encoder=encoder, phases=(text, Phase(stage="target", tasks=("colour",), steps=6, checkpoints=2)))
    return Study(name="again", title="Again", runs=(run,),
                 evaluations=(Evaluation(run=run, task="colour", weights="last"), Evaluation(run=run, task="colour")))
"""


ADAPTERS = """
from isogloss.core.parts import Lora
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Evaluation, RunSpec, Study

def grid() -> Study:
    encoder = Architecture(vocabulary=60, tokenizer="words", width=16, layers=1, heads=2, hidden=32, positions=32)
    text = Phase(stage="pretrain", tasks=("lines",), steps=4, tokens=128, lr=5e-3, checkpoints=2, average=2)
    base = RunSpec(encoder=encoder, phases=(text,))
    run = base.then(Phase(stage="target", tasks=("colour",), steps=6, adapters=Lora(rank=2, merge=False),
                          parent_weights="mean"))
    return Study(name="again", title="Again", runs=(run,), evaluations=(Evaluation(run=run, task="colour"),))
"""

PUBLISHED = """
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, Published, RunSpec, Study

def grid() -> Study:
    run = RunSpec(encoder=Published(name="{name}"), phases=(Phase(stage="target", tasks=("colour",), steps=3),))
    return Study(name="again", title="Again", runs=(run,), evaluations=(Evaluation(run=run, task="colour"),))
"""


@pytest.fixture
def done(site: Site, request: pytest.FixtureRequest) -> tuple[Site, str]:
    """A finished study of one run, and the run."""
    folder = Path(site.recipe).parent
    (folder / "again.py").write_text(getattr(request, "param", RECIPE))
    (site.data / "colour" / "dev-en.tsv").write_text("sky\tblue\nblood\tred\n")
    site = dataclasses.replace(site, recipe=str(folder / "again.py"))
    found = plan(site.study, site.store, site.data, site.find)
    site.store.save_study("again", found.plain())
    for job in found.missing:
        execute(job, site, lambda *_: None)
    return site, found.study.runs[-1].run_id


def again(done: tuple[Site, str]) -> dict[str, Any]:
    return rerun(*done, lambda *_: None)


def test_a_run_trained_again_is_the_same_and_a_changed_one_is_noticed(done: tuple[Site, str]) -> None:
    """Weights, losses and both evaluations are identical to the bit; then one stored weight and one stored loss are
    moved by 1/2 and 1/4, and these are the differences it tells. The store is not written."""
    site, run = done
    before = sorted(path for path in site.store.root.rglob("*") if "cache" not in path.parts)
    found = again(done)
    assert found["same"]
    assert found["scores"] == {"largest": 0, "compared": 4, "differ": 0}
    assert found["weights"]["compared"] > 1000
    assert "identical to the bit" in sentence(found)[0]
    assert sorted(path for path in site.store.root.rglob("*") if "cache" not in path.parts) == before
    path = site.store.folder(run) / "head.safetensors"
    tensors = load_file(path)
    name = next(iter(tensors))
    tensors[name].view(-1)[0] += 0.5
    save_file(tensors, path)
    record = read_json(site.store.at.done(run))
    record["losses"][0][1] += 0.25
    with pytest.raises(StoreError, match=r"head\.safetensors: it is damaged"):
        again(done)
    del record["sha256"]  # as of a version that kept no hashes
    write_json(site.store.at.done(run), record)
    changed = again(done)
    assert not changed["same"]
    assert changed["weights"]["differ"] == 1
    assert changed["weights"]["largest"] == pytest.approx(0.5, abs=1e-6)
    assert changed["losses"]["largest"] == pytest.approx(0.25)


@pytest.mark.parametrize("done", [ADAPTERS], indirect=True)
def test_adapters_find_their_encoder_when_they_are_trained_again(done: tuple[Site, str]) -> None:
    """Adapters of the mean of a run's checkpoints, saved alone: the copy that is trained apart is tested alike."""
    found = again(done)
    assert found["same"]
    assert found["scores"]["compared"] == 2


@pytest.mark.skipif(not computes_half(torch.device("cpu")), reason="the processor has no bfloat16 instructions")
def test_a_run_is_trained_and_tested_again_in_the_precision_of_its_record(site: Site, xlmr: Path) -> None:
    """Trained in bfloat16 under one command and trained again under another, which asks for float32: the same bits."""
    recipe = Path(site.recipe).parent / "published.py"
    recipe.write_text(PUBLISHED.format(name=xlmr))
    half = dataclasses.replace(site, recipe=str(recipe), precision="bfloat16")
    found = plan(half.study, half.store, half.data, half.find)
    half.store.save_study("again", found.plain())
    for job in found.missing:
        execute(job, half, lambda *_: None)
    run = found.study.runs[-1].run_id
    assert half.store.record(run).precision == "bfloat16"
    assert {score.precision for score in half.store.scores(run)} == {"bfloat16"}
    assert again((dataclasses.replace(half, precision="float32"), run))["same"]


def test_what_a_killed_rerun_leaves_is_freed_by_gc(done: tuple[Site, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its scratch lies in the store, where nobody looks; once its process is gone, gc takes it."""
    site, _ = done
    monkeypatch.setattr(owner, "me", lambda: f"{owner._machine()}.{os.getpid()}.1")  # such a process has ended
    monkeypatch.setattr("isogloss.store.write.remove", lambda _: 0)
    before = [*site.store.runs(), *site.store.unfinished()]
    again(done)
    monkeypatch.undo()
    assert [*site.store.runs(), *site.store.unfinished()] == before
    (item,) = [item for item in garbage(site.store) if item.what == "leftover"]
    assert len(list(Path(item.name).rglob("*.safetensors"))) > 1
    sweep(site.store, [item])
    assert not list(site.store.root.rglob(".partial-*"))


def test_the_record_says_with_what_a_run_was_trained(done: tuple[Site, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions, seeds, data, tokenizer, device, time, tokens, code; no energy unless its basis is known."""
    site, run = done
    record = site.store.record(run).plain()
    assert {"versions", "seeds", "tokenizer", "device_name", "seconds", "tokens", "code", "processor_seconds"} <= set(
        record
    )
    assert record["seeds"] == [0, 0]
    assert len(record["code"]["source"]) == 12
    assert set(site.store.spec(run).phases[-1].data) == {"colour"}
    monkeypatch.setattr(provenance, "_uses_gpu", lambda: False)
    monkeypatch.setattr(provenance, "_RAPL", site.data / "nothing")
    monkeypatch.delenv(provenance.WATTS, raising=False)
    assert "energy" not in provenance.Meter().stop()


def test_energy_is_watts_times_processor_seconds_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """36 W stated, 100 processor seconds: 3,600 joules, which is 0.001 kWh by the definition of the unit."""
    times = iter([5.0, 105.0])
    monkeypatch.setattr(provenance, "_uses_gpu", lambda: False)
    monkeypatch.setattr(provenance.time, "process_time", lambda: next(times))
    monkeypatch.setenv(provenance.WATTS, "36")
    energy = provenance.Meter().stop()["energy"]
    assert energy["kwh"] == pytest.approx(0.001)
    assert energy["how"].startswith("estimate: 36 W per busy core")
    monkeypatch.setenv(provenance.WATTS, "much")
    with pytest.raises(SpecError, match="watts of one busy core"):
        provenance.Meter()


def test_a_tokenizer_that_cuts_otherwise_than_in_training_tests_nothing(done: tuple[Site, str]) -> None:
    """The record's fingerprint guards what is in the store: another one is an error, and no score is written."""
    site, run = done
    record = read_json(site.store.at.done(run))
    write_json(site.store.at.done(run), record | {"tokenizer": "0" * 12})
    ((_, key), *_) = site.store.evaluations(run)
    remove(site.store.at.evaluation(run, key))
    (job,) = plan(site.study, site.store, site.data, site.find).missing
    with pytest.raises(ModelError, match="cuts text differently"):
        execute(job, site, lambda *_: None)
    assert not site.store.evaluated(run, key)
