"""Two processes that share the batches of a run train what one process trains."""

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from safetensors.torch import load_file

from interrupted import HERE, RECIPE, missing, sent, site, struck
from isogloss.cli import main
from isogloss.core.errors import DataError
from isogloss.progress.steps import Progress
from isogloss.run import together

pytest.importorskip("accelerate", reason="needs accelerate: pip install 'isogloss[parallel]'")


def run(store: Path, *options: str) -> None:
    assert main(["run", RECIPE, "--store", str(store), "--quiet", *options]) == 0


def test_two_processes_have_the_loss_of_one(tmp_path: Path) -> None:
    """From the same pretrained encoder, a phase without dropout has the same losses at every step and the same weights
    to rounding, and it saw as many examples and sub-words."""
    alone = site(tmp_path / "alone" / "store")
    team = site(tmp_path / "team" / "store")
    run(alone.store_root, "--on", "local")
    base, *targets = [job for job in missing(team) if job.kind == "train"]
    shutil.copytree(alone.store.folder(base.id), team.store.begin(base.run), dirs_exist_ok=True)
    run(team.store_root, "--processes", "2")
    for job in targets:
        one, two = (each.store.record(job.id).plain() for each in (alone, team))
        assert two["processes"] == 2
        assert [loss for _, loss in two["losses"]] == pytest.approx([loss for _, loss in one["losses"]], rel=1e-5)
        assert (two["tokens"], two["seen"]) == (one["tokens"], one["seen"])
        weights = load_file(team.store.folder(job.id) / "encoder" / "model.safetensors")
        for name, value in load_file(alone.store.folder(job.id) / "encoder" / "model.safetensors").items():
            assert weights[name].numpy() == pytest.approx(value.numpy(), abs=2e-4), name


def test_a_team_that_loses_a_process_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9 of the process that writes: all are started once more and go on from the last state."""
    monkeypatch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
    where = site(tmp_path / "store")
    jobs = missing(where)[:1]
    with struck(where, jobs[0].title, sent(signal.SIGKILL), patience=120):
        together.run(jobs, where, Progress(jobs), processes=2, work="held:work")
    record = json.loads((where.store_root / "runs" / jobs[0].id / "done.json").read_text())
    assert record["processes"] == 2
    assert record["steps"] == 12


def test_an_error_in_one_process_ends_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process met is raised, with the job it was met in."""
    monkeypatch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
    where = site(tmp_path / "store")
    jobs = missing(where)[:1]
    with pytest.raises(DataError, match=r"line 7.*\(in: world_text"):
        together.run(jobs, where, Progress(jobs), processes=2, work="held:broken")
