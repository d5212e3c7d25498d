"""`why` says what a run is, what it depends on, and why it is (not) cached."""

from collections.abc import Callable

import pytest

from isogloss.core.errors import UnknownName
from isogloss.core.spec import plain
from isogloss.plan.explained import explain
from isogloss.plan.job import Job
from isogloss.plan.plan import plan
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.report.terminal.why import text
from isogloss.run import local
from standin import work


@pytest.fixture
def jobs(site: Site, planned: Callable[[], list[Job]]) -> list[Job]:
    """A saved study of which all but the last run is done."""
    found = planned()
    site.store.save_study("colours", plan(site.study, site.store, site.data, site.find).plain())
    local.run(found[:-2], site, Progress(found), do=work)
    return found


def test_a_finished_run_is_cached(site: Site, jobs: list[Job]) -> None:
    """Its phases, its lineage, its tests and what it took."""
    found = explain(site.store, jobs[2].id[:6])
    assert found["run"] == jobs[2].id
    assert found["why"] == "Cached: it is finished and its weights are in the store."
    assert [each["run"] for each in found["lineage"]] == [jobs[0].id, jobs[1].id]
    assert found["tested"] == ["colour test"]
    assert found["studies"] == ["colours"]
    assert jobs[2].run
    assert found["spec"] == plain(jobs[2].run)
    assert "1. intermediate: colour in en, 3 steps, seed 0" in text(found)
    assert "It took 0.1 s." in text(found)


def test_a_planned_run_says_what_it_lacks(site: Site, jobs: list[Job]) -> None:
    """A run that has not begun names the nearest finished one and the setting that differs."""
    found = explain(site.store, jobs[-2].id)
    assert found["state"] == "waiting"
    assert found["why"] == (
        f"Not cached: it has not begun. The nearest finished run is {jobs[2].id}; "
        "they differ in phase 2, seed: 1, not the default."
    )


def test_a_begun_run_goes_on(site: Site, jobs: list[Job]) -> None:
    """A run with a saved state goes on from it; without one it starts again."""
    assert jobs[-2].run
    folder = site.store.begin(jobs[-2].run)
    assert "stopped before its first saved state" in explain(site.store, jobs[-2].id)["why"]
    (folder / "state.safetensors").write_bytes(b"1")
    assert "goes on from its last saved state" in explain(site.store, jobs[-2].id)["why"]


def test_a_freed_run_is_cached_without_weights(site: Site, jobs: list[Job]) -> None:
    """gc is named."""
    site.store.free(jobs[2].id)
    assert "gc freed its weights" in explain(site.store, jobs[2].id)["why"]


def test_a_run_waits_for_its_parents(site: Site, jobs: list[Job]) -> None:
    """A run whose parent's weights are gone waits for the parent; the parent lists its children."""
    site.store.free(jobs[1].id)
    assert f"it waits for {jobs[1].id}" in explain(site.store, jobs[-2].id)["why"]
    assert set(explain(site.store, jobs[1].id)["children"]) == {jobs[2].id, jobs[4].id}


def test_a_short_name_must_be_one_runs(site: Site, jobs: list[Job]) -> None:  # noqa: ARG001
    """No run, and the beginning of all of them, are errors that list what there is."""
    with pytest.raises(UnknownName, match="no run named 'zzz'"):
        explain(site.store, "zzz")
    with pytest.raises(UnknownName, match="begins 4 runs"):
        explain(site.store, "")
