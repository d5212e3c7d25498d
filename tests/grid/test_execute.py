"""A study at a URL, on machines that share nothing else, gives the bits of one that lies in a folder."""

from pathlib import Path

import pytest

from isogloss.grid import local
from isogloss.grid.job import Job
from isogloss.grid.plan import plan
from isogloss.grid.progress import Progress
from isogloss.grid.site import Site
from results import results

RECIPE = str(Path(__file__).parent / "tiny.py")


def missing(where: Site) -> tuple[Job, ...]:
    where.store.sync()
    return plan(where.study, where.store, where.data, where.find).missing


def do(where: Site, jobs: tuple[Job, ...]) -> None:
    local.run(jobs, where, Progress(jobs, quiet=True))


def test_machines_go_on_where_another_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One machine pretrains, another trains and tests from the same weights, a third has nothing left to do."""

    def machine(name: str) -> Site:
        monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / name))
        return Site(recipe=RECIPE, store_root=f"file://{tmp_path}/far", data=tmp_path)

    alone = Site(recipe=RECIPE, store_root=tmp_path / "store", data=tmp_path)
    jobs = missing(alone)
    do(alone, jobs)
    do(machine("a"), jobs[:1])
    do(machine("b"), jobs[1:])
    assert results(tmp_path / "far") == results(tmp_path / "store")
    c = machine("c")
    assert missing(c) == ()
    assert c.store.scores() == alone.store.scores()
    assert not list(c.store.root.rglob("*.safetensors"))


def test_a_job_that_another_machine_did_meanwhile_is_not_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each job looks at the URL before it begins."""
    trained = []

    def machine(name: str) -> Site:
        monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / name))
        made = Site(recipe=RECIPE, store_root=f"file://{tmp_path}/far", data=tmp_path)
        made.store.sync()
        return made

    def train(*given: object, folder: Path, **_: object) -> dict[str, object]:
        trained.append(given)
        (folder / "head.safetensors").write_bytes(b"weights")
        return {"steps": 1}

    monkeypatch.setattr("isogloss.grid.attempts.train", train)
    a, b = machine("a"), machine("b")
    job = missing(a)[:1]
    do(a, job)
    do(b, job)
    assert len(trained) == 1
    assert b.store.finished(job[0].id)
