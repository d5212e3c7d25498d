"""What an intermediate phase did to alignment: measured on a tiny world's runs, before any target is trained."""

from dataclasses import replace
from pathlib import Path

import pytest

from isogloss.core import folder
from isogloss.core.cross import cross
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec, Study, plain
from isogloss.measuring import changes
from isogloss.measuring.changes import Ended, ended_of, measure_changes, unmeasured
from isogloss.measuring.corpora import Collection
from isogloss.measuring.study import StudyMeasure, chosen
from isogloss.plan.job import Job
from isogloss.plan.plan import plan
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run import local
from isogloss.store.divergence import CHANGE, Divergence
from isogloss.store.study import read


def find(name: str):  # type: ignore[no-untyped-def]
    return folder.load("tasks", name)


@pytest.fixture(scope="module")
def bench(xlmr: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyMeasure:
    """Two intermediates on one small published encoder: one that learns nothing, at rate 0, and one that shakes all.

    Of the second two seeds are trained, of the first one; no target is.
    """
    root = tmp_path_factory.mktemp("changes")
    settings = {"stage": "intermediate", "tasks": ("world_paraphrase",), "steps": 2, "batch": 8, "limit": 20}
    runs, tests = cross(
        [RunSpec(encoder=Published(name=str(xlmr)))],
        {"none": (), "still": (Phase(**settings, lr=0.0),), "shaken": (Phase(**settings, lr=0.05),)},
        {"world_nli": (Phase(stage="target", tasks=("world_nli",), steps=1),)},
        range(2),
    )
    study = Study(
        name="moved", title="", runs=runs,
        evaluations=tuple(replace(each, languages=("en", "x1", "x3"), limit=30) for each in tests),
    )  # fmt: skip
    site = Site(recipe="smoke", store_root=root / "store", data=root)
    made = plan(study, site.store, root, find)
    site.store.save_study("moved", made.plain())
    jobs = [job for job in made.missing if job.kind == "train" and job.run and job.run.phases]
    trained = [job for job in jobs if job.run and job.run.phases[-1].stage == "intermediate"]
    wanted = [job for job in trained if job.run and (job.run.phases[-1].lr > 0 or job.run.phases[-1].seed == 0)]
    parents = [job for job in made.missing if job.kind == "train" and job.run and not job.run.phases]
    _do(site, (*parents, *wanted))
    return StudyMeasure(
        study=made.saved, store=site.store, data=root, find=find, measures=chosen("mexa,cka,jaccard"), limit=24
    )


def _do(site: Site, jobs: tuple[Job, ...]) -> None:
    local.run(jobs, site, Progress(jobs))


@pytest.fixture(scope="module")
def rows(bench: StudyMeasure) -> list[Divergence]:
    """What was measured."""
    measure_changes(bench, quiet=True)
    return bench.store.divergences("moved")


def test_seeds_of_one_intermediate_are_taken_together(bench: StudyMeasure) -> None:
    """As far as they are finished: one of the one, two of the other."""
    assert [len(each.runs) for each in ended_of(bench)] == [1, 2]


def test_there_is_a_row_for_each_layer_language_and_measure_of_alignment(rows: list[Divergence]) -> None:
    """Four layers, embeddings among them; not English, which all are aligned with; no lexical measure."""
    cells = {(row.intermediate, row.measure, row.language, row.layer) for row in rows}
    assert len(cells) == len(rows) == 2 * 2 * 2 * 4
    assert {row.measure for row in rows} == {"mexa", "cka"}
    assert {row.language for row in rows} == {"x1", "x3"}
    assert {(row.version, row.target, row.m) for row in rows} == {(CHANGE, "", 24)}


def test_a_phase_that_trains_nothing_changes_nothing(rows: list[Divergence]) -> None:
    """At rate 0 every value is 0 and no more than noise; where weights were shaken some are beyond it."""
    still = [row for row in rows if "lr=0)" in row.intermediate]
    assert still
    assert all(row.value == 0.0 and row.noise for row in still)
    shaken = [row for row in rows if row not in still]
    assert any(row.value != 0.0 for row in shaken)
    assert all("2 runs" in row.note for row in shaken)


def test_what_is_there_is_not_measured_again(bench: StudyMeasure, rows: list[Divergence]) -> None:
    """A second call does nothing; when a further run is finished, its task's rows are made anew."""
    assert measure_changes(bench, quiet=True) == 0
    assert bench.store.divergences("moved") == rows
    more = next(each for each in ended_of(bench) if len(each.runs) == 1)
    seed = replace(more.runs[0].phases[-1], seed=1)
    run = replace(more.runs[0], phases=(seed,))
    made = plan(Study(name="more", title="", runs=(run,)), bench.store, bench.data, find)
    _do(Site(recipe="smoke", store_root=bench.store.root, data=bench.data), made.missing)
    assert measure_changes(bench, quiet=True) == len(rows) // 2


def test_another_pooling_is_measured_and_takes_the_place_of_the_first(bench: StudyMeasure) -> None:
    """Two poolings are never averaged; asked for again, the usual one is measured again."""
    other = replace(bench, pooling="first")
    assert measure_changes(other, quiet=True) > 0
    assert {row.pooling for row in bench.store.divergences("moved") if row.version == CHANGE} == {"first"}
    assert measure_changes(other, quiet=True) == 0
    assert measure_changes(bench, quiet=True) > 0
    assert {row.pooling for row in bench.store.divergences("moved") if row.version == CHANGE} == {"mean"}


def test_rows_of_runs_whose_weights_were_freed_stay(bench: StudyMeasure, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against fewer runs; with another pooling they are made again of what is left."""
    measure_changes(bench, quiet=True)
    before = bench.store.divergences("moved")
    shaken = next(each for each in ended_of(bench) if each.runs[0].phases[-1].lr > 0)
    lost = shaken.runs[1].run_id
    finished, freed = bench.store.finished, bench.store.freed
    monkeypatch.setattr(bench.store, "finished", lambda run: run != lost and finished(run))
    monkeypatch.setattr(bench.store, "freed", lambda run: run == lost or freed(run))
    assert unmeasured(bench) == []
    assert measure_changes(bench, quiet=True) == 0
    assert bench.store.divergences("moved") == before
    assert measure_changes(replace(bench, pooling="first"), quiet=True) > 0
    rows = [row for row in bench.store.divergences("moved") if row.intermediate == shaken.intermediate]
    assert {(row.pooling, "1 run;" in row.note) for row in rows} == {("first", True)}
    with monkeypatch.context() as patched:
        patched.setattr(bench.store, "measured", lambda _: [])
        assert unmeasured(bench) == [lost]
    monkeypatch.undo()
    assert measure_changes(bench, quiet=True) == len(before)


def test_a_row_of_fewer_runs_is_made_again_of_more() -> None:
    """One freed run's row gives way to two others; two of which one is freed stay against one."""
    runs = tuple(
        RunSpec(encoder=Published(name="a/b")).then(Phase(stage="intermediate", tasks=("t",), steps=1, seed=seed))
        for seed in range(3)
    )
    texts = Collection(name="t", language="de", ids=["1"], texts=[("a", "")])
    pair = changes._Pair(language="de", english=texts, other=texts)
    (part,) = changes.pairings_of(read({"name": "s", "runs": [{"id": runs[0].run_id, "spec": plain(runs[0])}]}))[:1]
    ended = Ended(part=part, intermediate="t", runs=runs[1:], gone=runs[:1])
    assert changes._lacks(changes._data(runs[:1], pair), ended, pair)
    assert not changes._lacks(changes._data(runs[:2], pair), ended, pair)
    assert not changes._lacks(changes._data(runs[1:], pair), ended, pair)
    assert changes._lacks("0123456789ab", ended, pair)


def test_without_parallel_measures_nothing_is_loaded(bench: StudyMeasure) -> None:
    """Nothing of languages is asked, so there is nothing to do."""
    assert measure_changes(replace(bench, measures=chosen("jaccard")), quiet=True) == 0
