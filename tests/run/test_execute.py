"""A study at a URL, on machines that share nothing else, gives the bits of one that lies in a folder."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.spec import RunSpec
from isogloss.plan.job import Job, Plan
from isogloss.plan.plan import plan
from isogloss.plan.saved import claimed
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run import local, retries
from isogloss.run.execute import execute
from isogloss.store.garbage import garbage, sweep
from isogloss.store.write import remove
from results import results

RECIPE = str(Path(__file__).parent / "tiny.py")


def missing(where: Site) -> tuple[Job, ...]:
    where.store.sync()
    return plan(where.study, where.store, where.data, where.find).missing


def do(where: Site, jobs: tuple[Job, ...]) -> None:
    local.run(jobs, where, Progress(jobs))


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


def test_what_gc_freed_once_another_process_had_done_it_is_not_trained_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two commands plan the same study; one does it all and gc frees its weights: nothing is left for the other. A
    lost evaluation is left, and its run is trained again for it."""
    site = Site(recipe=RECIPE, store_root=tmp_path / "store", data=tmp_path)
    made = plan(site.study, site.store, site.data, site.find)
    site.store.save_study("tiny", made.plain())
    do(site, made.missing)
    sweep(site.store, garbage(site.store, parents=True))
    assert not any(map(site.store.finished, site.store.runs()))
    trained: list[str] = []
    real = retries.train

    def train(site: Site, spec: RunSpec, **given: Any) -> dict[str, Any]:
        trained.append(spec.run_id)
        return real(site, spec, **given)

    monkeypatch.setattr(retries, "train", train)
    do(site, made.missing)
    assert trained == []
    lost = next(job for job in made.jobs if job.kind == "evaluate")
    run = lost.id.partition("/")[0]
    remove(site.store.at.evaluation(run, lost.key))
    do(site, made.missing)
    assert trained == [lost.run.parent.run_id, run]
    assert site.store.evaluated(run, lost.key)


def test_what_gc_frees_between_a_plan_and_its_being_saved_is_planned_again(tmp_path: Path) -> None:
    """Weights that a plan counts on may go until the study that needs them is saved: the plan is then made anew."""
    site = Site(recipe=RECIPE, store_root=tmp_path / "store", data=tmp_path)
    made = plan(site.study, site.store, site.data, site.find)
    do(site, made.missing[:1])
    base = made.missing[0].id
    plans = []

    def make() -> Plan:
        plans.append(plan(site.study, site.store, site.data, site.find))
        if len(plans) == 1:
            site.store.free(base)
        return plans[-1]

    found = claimed(make, site.store)
    assert [base in {job.id for job in each.missing} for each in plans] == [False, True]
    assert found is plans[-1]
    assert site.store.studies() == ["tiny"]


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

    monkeypatch.setattr("isogloss.run.retries.train", train)
    a, b = machine("a"), machine("b")
    job = missing(a)[:1]
    do(a, job)
    do(b, job)
    assert len(trained) == 1
    assert b.store.finished(job[0].id)


@pytest.mark.parametrize(("keep", "left"), [("needed", 1), ("none", 0)])
def test_weights_go_when_their_tests_are_done(tmp_path: Path, keep: str, left: int) -> None:
    """Of one base and two targets, no more than the base and the target at work are ever there; in the end the base
    alone, or nothing. The plan misses nothing, the scores are those of a store that keeps all, and a new test of a
    target trains it again."""
    whole = Site(recipe=RECIPE, store_root=tmp_path / "whole", data=tmp_path)
    site = dataclasses.replace(whole, store_root=tmp_path / "store", keep=keep)
    do(whole, missing(whole))
    made = plan(site.study, site.store, site.data, site.find)
    site.store.save_study("tiny", made.plain())
    there = []
    for job in made.missing:
        execute(job, site, lambda *_: None)
        there.append(sum(map(site.store.finished, site.store.runs())))
    assert max(there) <= 2
    assert there[-1] == left
    assert missing(site) == ()
    assert site.store.scores() == whole.store.scores()
    lost = next(job for job in made.jobs if job.kind == "evaluate" and job.run and job.run.parent)
    remove(site.store.at.evaluation(lost.id.partition("/")[0], lost.key))
    assert {job.kind for job in missing(site)} == {"train", "evaluate"}
