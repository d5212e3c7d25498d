"""A pool of processes gives the same results as one process, and survives the death of any."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from isogloss.core.errors import IsoglossError
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run import local, pool
from standin import work

HERE = str(Path(__file__).parents[1])
LEAF = "encoder → colour → colour (seed 1)"


@pytest.fixture(autouse=True)
def findable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers import the stand-in by name."""
    monkeypatch.setenv("PYTHONPATH", HERE, prepend=os.pathsep)


def run(site: Site, jobs: list[Job]) -> None:
    pool.run(jobs, site, Progress(jobs), workers=2, work="standin:work")


def order(site: Site, **orders: str) -> None:
    (site.store_root.parent / "orders.json").write_text(json.dumps(orders))


def log(site: Site) -> list[list[str]]:
    path = site.store_root.parent / "log"
    return [line.split("\t") for line in path.read_text().splitlines()] if path.is_file() else []


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_pool_does_what_one_process_does(site: Site, planned: Callable[[], list[Job]], tmp_path: Path) -> None:
    """Both leave the same predictions, and the pool works in other processes than this one."""
    jobs = planned()
    run(site, jobs)
    assert planned() == []
    assert os.getpid() not in {int(line[0]) for line in log(site)}
    other = Site(recipe=site.recipe, options={}, store_root=tmp_path / "other" / "store", data=site.data)
    other.store_root.parent.mkdir()
    local.run(jobs, other, Progress(jobs), do=work)
    for name, key in site.store.evaluations():
        assert site.store.predictions(name, "colour", "test", key) == other.store.predictions(
            name, "colour", "test", key
        )


def test_a_worker_that_dies_gets_its_job_once_more(site: Site, planned: Callable[[], list[Job]]) -> None:
    """A job whose worker was killed is done by another one."""
    order(site, **{LEAF: "die once"})
    run(site, planned())
    assert planned() == []
    assert [line[1] for line in log(site)].count(LEAF) == 2


def test_a_job_that_kills_twice_is_reported(site: Site, planned: Callable[[], list[Job]]) -> None:
    """The second death of the same job ends the run with its name and the signal; the rest stays done."""
    order(site, **{LEAF: "die"})
    with pytest.raises(IsoglossError, match=r"seed 1\): its worker process died twice \(signal 9\)"):
        run(site, planned())
    assert len(planned()) < 6


def test_a_slip_in_the_code_shows_its_place(site: Site, planned: Callable[[], list[Job]]) -> None:
    """An unexpected exception in a worker comes back with its traceback."""
    order(site, **{LEAF: "fail"})
    with pytest.raises(RuntimeError, match=r"(?s)seed 1\) failed.*standin\.py.*a slip in the code"):
        run(site, planned())


def test_a_killed_parent_leaves_no_orphans(site: Site, planned: Callable[[], list[Job]]) -> None:
    """kill -9 of the command ends its workers within a second; the next command finishes the rest."""
    order(site, **{LEAF: "sleep"})
    code = (
        "from isogloss.run import pool; from isogloss.progress.steps import Progress; "
        "from isogloss.plan.plan import plan; from isogloss.plan.site import Site; from pathlib import Path; "
        f"site = Site(recipe={site.recipe!r}, store_root=Path({str(site.store_root)!r}), "
        f"data=Path({str(site.data)!r})); "
        "jobs = plan(site.study, site.store, site.data, site.find).missing; "
        "pool.run(jobs, site, Progress(jobs), workers=2, work='standin:work')"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 60
    while not any(line[2:] == ["sleep"] for line in log(site)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    workers = {int(line[0]) for line in log(site)}
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, workers))
    order(site)
    run(site, planned())
    assert planned() == []
