"""A Ray cluster of several nodes gives the same results as one process, and survives the death of a node or driver."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from interrupted import HERE, RECIPE, missing, site, struck
from isogloss.core.errors import DataError, SpecError
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run import on_ray
from results import results

pytest.importorskip("ray", reason="needs Ray: pip install 'isogloss[ray]'")

MEMORY = 80 * 2**20
"""Bytes of a node's object store: the least that Ray takes, about."""
PATIENCE = 600
# Ray leaves sockets and log files of the processes it starts to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in.*:pytest.PytestUnraisableExceptionWarning"),
]


def command(store: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "isogloss", "run", RECIPE, "--store", str(store), "--quiet", *options]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A head that computes nothing and two nodes with one core and caches of their own each, all on this machine."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        # Workers are made for what a task asks for, so one that is started ahead of it is never used.
        patch.setenv("RAY_prestart_worker_first_driver", "false")
        patch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)  # workers import the stand-ins by name
        head = {"num_cpus": 0, "object_store_memory": MEMORY, "include_dashboard": False}
        made = Cluster(initialize_head=True, head_node_args=head)
        try:
            for name in ("one", "two"):
                caches = {"ISOGLOSS_CACHE": str(tmp_path_factory.mktemp(name))}
                made.add_node(num_cpus=1, object_store_memory=MEMORY, env_vars=caches, wait=False)
            made.wait_for_nodes()
            yield made
        finally:
            made.shutdown()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one process leaves."""
    store = tmp_path_factory.mktemp("alone") / "store"
    subprocess.run(command(store, "--on", "local"), check=True)
    return results(store)


def test_a_driver_that_is_killed_is_started_again_and_goes_on(
    cluster: Any, alone: dict[str, str], tmp_path: Path
) -> None:
    """kill -9 of the command takes its tasks along; the same command finishes the rest, with the same bits."""
    options = ("--on", "ray", "--address", cluster.address)
    store = tmp_path / "store"
    driver = subprocess.Popen(command(store, *options))
    deadline = time.monotonic() + PATIENCE
    while not list(store.glob("runs/*/done.json")):
        assert driver.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    assert missing(site(store))
    subprocess.run(command(store, *options), check=True)
    assert results(store) == alone


def test_nodes_that_share_a_url_alone_give_the_same_bits(
    cluster: Any, alone: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a mirror per node, parents come from the URL and results go there; the driver then finds nothing to do."""
    monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / "driver"))
    where = Site(recipe=RECIPE, store_root=f"file://{tmp_path}/far", data=tmp_path)
    jobs = missing(where)
    on_ray.run(jobs, where, Progress(jobs), address=cluster.address)
    where.store.sync()
    assert missing(where) == ()
    assert results(tmp_path / "far") == alone
    assert not list((tmp_path / "driver").rglob("*.safetensors"))


def test_an_error_in_a_task_is_the_one_the_user_would_meet_here(cluster: Any, tmp_path: Path) -> None:
    """A DataError in a worker comes back as a DataError, with the job it was met in."""
    where = site(tmp_path / "store")
    jobs = missing(where)
    with pytest.raises(DataError, match=r"train\.tsv, line 7: train: two columns.*\(in: world_text \(seed 0\)\)"):
        on_ray.run(jobs, where, Progress(jobs), address=cluster.address, work="held:broken")


def test_a_job_that_fits_no_node_is_refused(cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More threads than any node has CPUs is an error at once, where Ray would wait for ever."""
    monkeypatch.setattr(on_ray, "JOINING", 0.5)
    where = site(tmp_path / "store")
    jobs = missing(where)
    with pytest.raises(SpecError, match="--threads 2: no node of the Ray cluster has more than 1 CPUs"):
        on_ray.run(jobs, where, Progress(jobs), address=cluster.address, threads=2)


def test_an_address_where_nothing_answers_is_refused(tmp_path: Path) -> None:
    """The message says how to start a cluster."""
    where = site(tmp_path / "store")
    with pytest.raises(SpecError, match="ray start --head"):
        on_ray.run(missing(where), where, Progress([]), address="here:there")


# The last test, since it leaves one node of two.
def test_a_study_that_loses_a_node_ends_with_the_same_bits(cluster: Any, alone: dict[str, str], tmp_path: Path) -> None:
    """A node dies in the middle of a phase; another one goes on from its state, and every bit is as by one process."""
    where = site(tmp_path / "store")
    jobs = missing(where)
    lost: list[int] = []

    def lose(process: int) -> None:
        os.kill(process, signal.SIGSTOP)  # it must not get to the next step before its node is gone
        raylet = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
        for node in list(cluster.worker_nodes):
            if any(each.process.pid == raylet for each in node.all_processes["raylet"]):
                lost.append(process)
                cluster.remove_node(node, allow_graceful=False)
                os.kill(process, signal.SIGKILL)

    with struck(where, "nli", lose, PATIENCE):
        on_ray.run(jobs, where, Progress(jobs), address=cluster.address, work="held:work")
    assert lost
    assert missing(where) == ()
    assert results(where.store_root) == alone
