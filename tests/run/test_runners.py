"""Which runner a plan gets, and which GPU each worker sees."""

import functools
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import SpecError
from isogloss.plan.site import Site
from isogloss.run import local, runners
from isogloss.run.pool import Pool


def options(runner: runners.Runner) -> dict[str, Any]:
    assert isinstance(runner.run, functools.partial)
    return runner.run.keywords


def test_a_pool_has_a_process_per_gpu_else_per_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two GPUs, two processes, each with one of them; without GPUs as many as cores; never more than jobs."""
    monkeypatch.setattr(runners, "cores", lambda: 5)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3, GPU-7")
    assert options(runners.choose("pool", 9))["devices"] == ("3", "GPU-7")
    assert runners.choose("pool", 9).workers == 2
    assert runners.choose("pool", 9, workers=4).workers == 4
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert runners.choose("pool", 9).workers == 5
    assert runners.choose("pool", 3).workers == 3


@pytest.mark.parametrize(("on", "workers"), [("local", None), ("local", 4), ("pool", 1)])
def test_one_process_needs_no_pool(on: str, workers: int | None) -> None:
    """`--on local` and `--workers 1` compute in this process."""
    assert runners.choose(on, 9, workers=workers).run is local.run


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"on": "pool", "address": "1.2.3.4:6379"}, "goes with --on ray"),
        ({"on": "ray", "processes": 2}, "does not go with --on ray"),
        ({"on": "slurm", "processes": 2}, "not with --on slurm"),
        ({"on": "pool", "gpus_each": 1}, "they go with --on slurm"),
        ({"on": "slurm", "options": ["partition"]}, "--slurm partition: expected KEY=VALUE"),
        ({"on": "pool", "processes": 2, "workers": 3}, "does not go with --processes"),
    ],
)
def test_what_does_not_go_together_is_said(asked: dict[str, Any], said: str) -> None:
    """Contradictory options are an error, not a silent choice."""
    with pytest.raises(SpecError, match=said):
        runners.choose(jobs=9, **asked)


def test_each_worker_sees_the_gpu_that_fewest_others_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four workers on two GPUs: two on each."""
    seen: list[str] = []

    class Process:
        def __init__(self, *_: Any, env: dict[str, str], **__: Any) -> None:
            seen.append(env["CUDA_VISIBLE_DEVICES"])
            self.stdin = None

        def kill(self) -> None: ...

        def wait(self, timeout: float | None = None) -> int:  # noqa: ARG002
            return 0

    monkeypatch.setattr("subprocess.Popen", Process)
    site = Site(recipe="smoke", store_root=tmp_path, data=tmp_path)
    pool = Pool(site, 1, "nothing:nothing", ("0", "1"))
    monkeypatch.setattr("multiprocessing.connection.Connection.send", lambda *_: None)
    for _ in range(4):
        pool.hire()
    pool.close()
    assert seen == ["0", "1", "0", "1"]
