"""Jobs of a Slurm cluster give the bits of one process; through submitit alone, and on a real Slurm of one node."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import slurm_here
from interrupted import HERE, RECIPE, missing, sent, site, struck, wait_for
from isogloss.core.errors import DataError, SpecError, WorkerDied
from isogloss.plan.site import Site
from isogloss.progress.steps import Listener, Progress
from isogloss.run import on_slurm
from results import results

pytest.importorskip("submitit", reason="needs submitit: pip install 'isogloss[slurm]'")

PATIENCE = 600
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
]
thorough = pytest.mark.skipif(
    not os.environ.get("TEST_SLURM"), reason="whole studies and a real Slurm take minutes: TEST_SLURM=1"
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)  # jobs import the stand-ins by name
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(on_slurm, "EVERY", 0.05)
    monkeypatch.setattr(on_slurm, "LOOK", 0.5)


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """No test waits for a cluster for ever."""

    def end(*_: object) -> None:
        raise TimeoutError(f"not done after {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def go(where: Site, **given: Any) -> list[tuple[str, int]]:
    """Run what is missing; gives (step, at) of what was measured on the way."""
    jobs, heard = missing(where), Heard()
    given = {"folder": where.store.root.parent / "jobs"} | given
    with Progress(jobs, listeners=[heard]) as progress:
        on_slurm.run(jobs, where, progress, **given)
    return heard.told


class Heard(Listener):
    """Writes down what is measured."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []

    def measured(self, step: str, at: int, values: Mapping[str, float]) -> None:
        """A point."""
        assert values
        self.told.append((step, at))


# Through submitit's executor on this machine


def test_an_error_in_a_job_is_the_one_the_user_would_meet_here(tmp_path: Path) -> None:
    """A DataError in a job comes back as a DataError, with the job it was met in."""
    with pytest.raises(DataError, match=r"train\.tsv, line 7: train: two columns.*\(in: world_text \(seed 0\)\)"):
        go(site(tmp_path / "store"), cluster="local", work="held:broken")


def test_a_job_that_is_lost_again_and_again_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the job, what it last printed, and where the rest is."""
    monkeypatch.setattr(on_slurm, "RETRIES", 0)
    with pytest.raises(WorkerDied, match=r"world_text \(seed 0\): its Slurm job was lost 1 times.*_log\.err"):
        go(site(tmp_path / "store"), cluster="local", work="held:dying")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("30", 30), ("30:10", 31), ("2:00:00", 120), ("1-12", 2160), ("1-12:30", 2190), ("1-00:00:01", 1441)],
)
def test_a_time_limit_is_read_as_sbatch_reads_it(text: str, minutes: int) -> None:
    """Of man sbatch: minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes …"""
    assert on_slurm._minutes(text) == minutes


def test_a_time_limit_that_is_none_is_refused() -> None:
    """With what is allowed."""
    with pytest.raises(SpecError, match="time=soon: expected minutes"):
        on_slurm._minutes("soon")


# On a real Slurm


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one process leaves."""
    store = tmp_path_factory.mktemp("alone") / "store"
    command = [sys.executable, "-m", "isogloss", "run", RECIPE, "--store", str(store), "--quiet", "--on", "local"]
    subprocess.run(command, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    return results(store)


@thorough
def test_a_lost_and_requeued_study_on_submitit_alone_has_the_same_bits(alone: dict[str, str], tmp_path: Path) -> None:
    """Preempted in the middle of a phase, a job goes on from its state; curves are heard; nothing differs."""
    where = site(tmp_path / "store")
    with struck(where, "nli", sent(signal.SIGUSR2), PATIENCE):
        told = go(where, cluster="local", work="held:work")
    assert results(where.store_root) == alone
    assert {run for run, _ in told if "/" not in run} == {*where.store.runs()}


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A Slurm of one node with two CPUs."""
    if why := slurm_here.missing():
        pytest.skip(why)
    with slurm_here.cluster(tmp_path_factory.mktemp("slurm")) as environ, pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        yield


@thorough
def test_a_job_that_is_killed_is_submitted_again(slurm: None, alone: dict[str, str], tmp_path: Path) -> None:  # noqa: ARG001
    """kill -9 of a process in the middle of a phase; the next one goes on, and every bit is as by one process."""
    where = site(tmp_path / "store")
    with struck(where, "nli", sent(signal.SIGKILL), PATIENCE):
        go(where, work="held:work")
    assert results(where.store_root) == alone


@thorough
def test_a_job_at_its_time_limit_goes_on_in_the_queue(slurm: None, alone: dict[str, str], tmp_path: Path) -> None:  # noqa: ARG001
    """Slurm's signal before the end of two minutes makes it queue again by itself, with the same number."""
    where = site(tmp_path / "store")
    title = next(job.title for job in missing(where) if "nli" in job.title)
    (tmp_path / "hold").write_text(title)

    def let_go() -> None:
        try:
            wait_for(tmp_path / "held", PATIENCE)
            deadline = time.monotonic() + PATIENCE
            while not any("Requeued job" in path.read_text() for path in (tmp_path / "jobs").glob("*_log.*")):
                assert time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            (tmp_path / "hold").unlink()
        while not (waits := _asked("--states=pending")):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        # Slurm lets a job that was queued again wait for two minutes, unless somebody with the right says otherwise.
        subprocess.run(["scontrol", "update", f"JobId={waits[0]}", "StartTime=now"], check=True)

    thread = threading.Thread(target=let_go)
    thread.start()
    go(where, work="held:work", options={"time": "2"})
    thread.join()
    assert results(where.store_root) == alone


@thorough
def test_a_command_that_is_killed_takes_its_jobs_up_again(slurm: None, alone: dict[str, str], tmp_path: Path) -> None:  # noqa: ARG001
    """kill -9 of the command leaves its jobs in the queue; the same command waits for those, and nothing differs."""
    store = tmp_path / "store"
    command = [sys.executable, "-m", "isogloss", "run", RECIPE, "--store", str(store), "--on", "slurm", "--quiet"]
    first = subprocess.Popen(command, cwd=tmp_path)
    queued = tmp_path / "slurm" / "tiny" / "queued.json"
    deadline = time.monotonic() + PATIENCE
    while not queued.is_file():
        assert time.monotonic() < deadline
        assert first.poll() is None
        time.sleep(0.02)
    first.kill()
    first.wait()
    assert len(_asked()) == 1
    subprocess.run(command, cwd=tmp_path, check=True)
    assert results(store) == alone
    assert len(list((tmp_path / "slurm" / "tiny").glob("*_submission.sh"))) == len(_arrays(tmp_path))


def _asked(*options: str) -> list[str]:
    """Numbers of the jobs in the queue."""
    command = ["squeue", "-h", "-o", "%i", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def _arrays(folder: Path) -> set[str]:
    """Numbers of the arrays and jobs that were submitted: none twice."""
    pickles = (folder / "slurm" / "tiny").glob("*_result.pkl")
    return {path.name.split("_")[0] for path in pickles}
