"""What the command line prints of plans and studies."""

import dataclasses
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.score import Score
from isogloss.core.spec import Published, RunSpec
from isogloss.plan.facts import facts
from isogloss.plan.job import Job
from isogloss.plan.plan import Plan, plan
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.report.tables.studies import overview, study_rows
from isogloss.report.terminal.study import cost, precisions, replaced
from isogloss.run import local
from isogloss.store.store import Store
from standin import work
from study_in_store import build


def planned_of(site: Site) -> Plan:
    return plan(site.study, site.store, site.data, site.find)


@pytest.fixture
def done(site: Site, planned: Callable[[], list[Job]]) -> Site:
    """A study that is done."""
    jobs = planned()
    site.store.save_study("colours", planned_of(site).plain())
    local.run(jobs, site, Progress(jobs), do=work)
    return site


def test_the_cost_is_told_before(site: Site) -> None:
    """Runs, shared runs, absent languages, steps, and what is not known."""
    text = "\n".join(cost(planned_of(site), 2))
    assert "4 runs (0 cached), 2 evaluations (0 cached); one run is shared" in text
    assert "No data on this disk for colour in yo" in text
    assert "About 9 training steps" in text
    assert "Not in these figures: 6 jobs whose" in text


def test_a_done_study_costs_nothing(done: Site) -> None:
    """The second plan says so."""
    assert cost(planned_of(done), 2)[-1] == "Nothing to do."
    assert facts(planned_of(done))["missing"] == 0


def test_the_plan_as_json_has_every_job(site: Site) -> None:
    """Kinds, needs and sums."""
    found = facts(planned_of(site))
    assert [job["kind"] for job in found["jobs"]] == ["train", "train", "train", "evaluate", "train", "evaluate"]
    assert (found["study"], found["missing"], found["steps"]) == ("colours", 6, 9)


def test_studies_count_what_is_done(done: Site) -> None:
    """Freed runs count as done."""
    assert overview(done.store) == [
        {
            "name": "colours",
            "title": "Colours of things",
            "runs": 4,
            "runs_done": 4,
            "evaluations": 2,
            "evaluations_done": 2,
        }
    ]


def test_runs_are_shown_with_english_apart(done: Site) -> None:
    """The stand-in gives .75 in English and .5 in German."""
    rows = study_rows(done.store, "colours")["rows"]
    assert [row["task"] for row in rows] == ["", "", "colour", "colour"]
    assert {(row["english"], row["others"], row["state"]) for row in rows[2:]} == {(0.75, 0.5, "done")}


def test_each_file_of_a_study_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`show` reads the study, one record of each run and the scores of each test, however many runs start from one."""
    store = build(tmp_path, lambda *_: 0.6, targets={"a": ("en", "de"), "b": ("en", "de")}, encoders=2, seeds=2, n=4)
    reads: Counter[Path] = Counter()
    own = Store._json

    def counted(self: Store, path: Path) -> Any:
        reads[path] += 1
        return own(self, path)

    monkeypatch.setattr(Store, "_json", counted)
    rows = study_rows(store, "made_up")["rows"]
    assert len([path for path in reads if path.name == "done.json"]) == len(store.runs())
    assert len([path for path in reads if path.name == "scores.json"]) == sum(
        row["english"] is not None for row in rows
    )
    assert set(reads.values()) == {1}


def test_retrieval_is_shown_at_its_reference_layer(done: Site) -> None:
    """Of a sweep over 13 hidden layers the table shows layer 7, raw, by cosine, not the best one."""
    study = done.store.study("colours").plain()
    study["tasks"]["colour"]["metrics"] = ["accuracy"]
    run, key = study["evaluations"][0]["run"], "sweep"
    rows = done.store.predictions(run, "colour", "test")
    scores = [
        Score(
            run=run, task="colour", split="test", language="de", metric="accuracy", n=1, value=layer / 100,
            variant=f"layer={layer} pooling=mean centred={centred} margin=cosine direction=en-xx",
        )
        for layer in range(13)
        for centred in ("no", "yes")
    ]  # fmt: skip
    done.store.save_evaluation(run, key, rows, scores)
    done.store.save_study("colours", study | {"evaluations": [{"run": run, "key": key, "task": "colour"}]})
    row = next(row for row in study_rows(done.store, "colours")["rows"] if row["run"] == run)
    assert (row["task"], row["english"], row["others"]) == ("colour (layer 7)", None, 0.07)


def test_runs_in_two_precisions_are_told_of(done: Site) -> None:
    """The stand-in states none, as before there was a choice: float32. Of one precision, as asked, nothing is said."""
    found = planned_of(done)
    assert precisions(found, done.store, "auto") == precisions(found, done.store, "float32") == ()
    (told,) = precisions(found, done.store, "bfloat16")
    assert "asked for: 3 in float32." in told


def test_a_study_of_another_encoder_is_not_replaced_in_silence(done: Site) -> None:
    """The same name for other encoders is told; the same encoder, or a name that is new, is not."""
    found = planned_of(done)
    assert replaced(found, done.store) == ()
    other = RunSpec(encoder=Published(name="far/away"))
    swapped = dataclasses.replace(found, study=dataclasses.replace(found.study, runs=(other,), evaluations=()))
    (told,) = replaced(swapped, done.store)
    assert "'colours' of another encoder" in told
    renamed = dataclasses.replace(swapped, study=dataclasses.replace(swapped.study, name="new"))
    assert replaced(renamed, done.store) == ()
    saved = done.store.study("colours").plain()
    saved["runs"][0]["spec"]["encoder"]["of_tomorrow"] = 1
    done.store.save_study("colours", saved)
    assert replaced(swapped, done.store) == ()
