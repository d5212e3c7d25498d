"""run/twins, plan/twins: runs that learn the same are trained once, and each has its record, weights and scores."""

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest

from isogloss.advice.measured import cells
from isogloss.analysis.ledger import read
from isogloss.cli import main
from isogloss.core.spec import RunSpec
from isogloss.plan.explained import explain
from isogloss.plan.facts import facts
from isogloss.plan.job import Plan
from isogloss.plan.plan import plan
from isogloss.plan.saved import claimed
from isogloss.plan.site import Site
from isogloss.report.sections.runs import totals
from isogloss.report.tables.studies import study_rows
from isogloss.report.terminal import why
from isogloss.run import retries
from isogloss.run.execute import Report, execute
from isogloss.run.rerun import rerun
from isogloss.store.garbage import garbage, sweep
from isogloss.store.seal import file_hash, files_of
from isogloss.store.store import Store
from isogloss.store.verify import Verifier
from isogloss.store.write import remove
from results import results

RECIPE = """
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Evaluation, RunSpec, Study

def grid(only: str = "", checkpoints: int = 0, weights: str = "last", both: bool = False) -> Study:
    encoder = Architecture(vocabulary=60, tokenizer="words", width=16, layers=1, heads=2, hidden=32, positions=32)
    base = RunSpec(encoder=encoder, phases=(Phase(stage="pretrain", tasks=("lines",), steps=4, tokens=128, lr=5e-3),))
    direct = base.then(Phase(stage="target", tasks=("colour",), steps=6, lr=1e-2, checkpoints=checkpoints))
    kept = checkpoints if both else 0
    middle = base.then(Phase(stage="intermediate", tasks=("colour",), steps=6, lr=1e-2, checkpoints=kept))
    after = middle.then(Phase(stage="target", tasks=("colour",), steps=3, lr=1e-2))
    named = {"direct": direct, "middle": middle, "after": after}
    runs = [named[each] for each in only.split()] or [direct, middle, after]
    tests = [Evaluation(run=run, task="colour", weights=weights if run is direct else "last") for run in runs]
    return Study(name="twins", title="Twins", runs=tuple(runs), evaluations=tuple(tests))
"""
COLOURS = {"sky": "blue", "sea": "blue", "blood": "red", "rose": "red"}


@pytest.fixture
def twins(site: Site) -> Site:
    """A study whose direct transfer learns what its intermediate phase does."""
    path = Path(site.recipe).parent / "twins.py"
    path.write_text(RECIPE)
    rows = "".join(f"the {word} of {index}\t{label}\n" for index in range(8) for word, label in COLOURS.items())
    for name in ("train-en", "dev-en", "test-en", "test-de"):
        (site.data / "colour" / f"{name}.tsv").write_text(rows)
    return dataclasses.replace(site, recipe=str(path))


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs as which something was trained, in order."""
    names: list[str] = []
    real = retries.train

    def train(site: Site, spec: RunSpec, **given: Any) -> dict[str, Any]:
        names.append(spec.run_id)
        return real(site, spec, **given)

    monkeypatch.setattr(retries, "train", train)
    return names


def made(site: Site, **options: Any) -> Plan:
    at = dataclasses.replace(site, options=options)
    return claimed(lambda: plan(at.study, at.store, at.data, at.find), at.store)


def done(site: Site, report: Report = lambda *_: None, **options: Any) -> Plan:
    """Plan and do what is missing."""
    found = made(site, **options)
    for job in found.missing:
        execute(job, dataclasses.replace(site, options=options), report)
    return found


def ids(found: Plan) -> dict[str, str]:
    """What the runs of the recipe are called → their ids."""
    by_stages = {("pretrain", "target"): "direct", ("pretrain", "intermediate"): "middle", ("pretrain",): "base"}
    return {by_stages.get(tuple(p.stage for p in run.phases), "after"): run.run_id for run in found.study.runs}


def weights(store: Store, run: str) -> dict[str, str]:
    return {name: file_hash(path) for name, path in files_of(store.folder(run)).items() if path.suffix != ".json"}


def scores(store: Store, run: str) -> list[tuple[str, str, float]]:
    return sorted((score.variant, score.language, score.value) for score in store.scores(run))


def test_what_two_runs_learn_is_trained_once(twins: Site, trained: list[str]) -> None:
    """Direct transfer is trained, the intermediate phase is made of it: the same bits on the same disk, a record, a
    test and runs that start from it of its own. The store is whole, and nothing is left to do."""
    found = done(twins)
    run, store = ids(found), twins.store
    assert trained == [run["base"], run["direct"], run["after"]]
    assert weights(store, run["middle"]) == weights(store, run["direct"])
    head = [store.folder(run[each]) / "head.safetensors" for each in ("middle", "direct")]
    assert head[0].samefile(head[1])
    one, other = store.record(run["direct"]), store.record(run["middle"])
    assert (one.same_as, other.same_as) == ("", run["direct"])
    assert (one.losses, one.steps, one.tokenizer) == (other.losses, other.steps, other.tokenizer)
    assert other.seconds is not None
    assert one.seconds is not None
    assert other.seconds < one.seconds
    assert not {"processor_seconds", "energy"} & {*other.plain()}
    assert scores(store, run["middle"]) == scores(store, run["direct"]) != []
    assert Verifier(store).verify() == []
    assert made(twins).missing == ()


def test_the_plan_and_the_record_say_which_run_it_is_the_same_as(twins: Site) -> None:
    """In the plan's words and figures, in `why`, in `show`, and on the page, whose steps are counted once."""
    found = made(twins)
    run = ids(found)
    (job,) = [each for each in found.missing if each.twin]
    assert (job.id, job.twin, job.needs, job.steps, job.bytes) == (run["middle"], run["direct"], (run["direct"],), 0, 0)
    assert job.title.endswith(f", as {run['direct']}")
    assert [each.get("same_as") for each in facts(found)["jobs"] if each["id"] == run["middle"]] == [run["direct"]]
    done(twins)
    told = why.text(explain(twins.store, run["middle"]))
    assert f"Its last phase learns what that of {run['direct']} does" in told
    rows = {row["run"]: row for row in study_rows(twins.store, "twins")["rows"]}
    assert rows[run["middle"]]["same_as"] == run["direct"]
    assert "same_as" not in rows[run["direct"]]
    table = {row.cells[0].text: row.cells[2].text for row in totals(read(twins.store, "twins")).rows}
    assert (table["intermediate"], table["target"]) == ("–", "9")


def test_a_run_by_itself_learns_under_its_own_name(twins: Site, trained: list[str]) -> None:
    """Where no twin is asked for and none is in the store, it is what it always was."""
    run = ids(done(twins, only="middle"))
    assert trained == [run["base"], run["middle"]]
    assert twins.store.record(run["middle"]).same_as == ""


def test_a_finished_twin_of_another_study_is_used(twins: Site, trained: list[str]) -> None:
    """The store has the intermediate phase: a later study's direct transfer is made of it."""
    middle = ids(done(twins, only="middle"))["middle"]
    direct = ids(done(twins, only="direct"))["direct"]
    assert direct not in trained
    assert twins.store.record(direct).same_as == middle


def test_runs_that_were_trained_by_themselves_stay_what_they_are(twins: Site, trained: list[str]) -> None:
    """As a store has them that is older: each keeps its numbers, also once its weights or its folder were lost."""
    middle = ids(done(twins, only="middle"))["middle"]
    store, twin = twins.store, twins.store.spec(middle).twins()[0].run_id
    before = weights(store, middle)
    done(dataclasses.replace(twins, store_root=twins.store_root.parent / "other"), only="direct")
    (twins.store_root.parent / "other" / "runs" / twin).rename(store.at.run(twin))
    assert weights(store, twin) != before
    for lose in (lambda: store.free(middle), lambda: remove(store.at.run(middle))):
        lose()
        trained.clear()
        done(twins, only="middle after")
        assert trained[0] == middle
        assert weights(store, middle) == before
        assert store.record(middle).same_as == ""
        for each in store.evaluations(ids(made(twins, only="after"))["after"]):
            remove(store.at.evaluation(*each))
        remove(store.at.run(ids(made(twins, only="after"))["after"]))


def test_rerun_trains_the_run_it_is_the_same_as(twins: Site) -> None:
    """Trained again under the name of its twin, a run that was made of it is the same to the bit."""
    run = ids(done(twins))
    for each in ("middle", "after"):
        again = rerun(twins, run[each], lambda *_: None)
        assert again["same"], again
    assert again["scores"]["compared"] > 0


@pytest.mark.parametrize("keep", ["needed", "none"])
def test_weights_are_kept_until_the_twin_is_made(twins: Site, trained: list[str], keep: str) -> None:
    """With --keep, direct transfer stays after its test as long as the other run is not made of it. All weights gone,
    what is tested anew is trained as it was before, and its scores are those of a store that keeps all."""
    whole = dataclasses.replace(twins, store_root=twins.store_root.parent / "whole")
    run, store = ids(done(whole)), twins.store
    trained.clear()
    site = dataclasses.replace(twins, keep=keep)
    done(site)
    assert trained == [run["base"], run["direct"], run["after"]]
    sweep(store, garbage(store, parents=True))
    assert not any(map(store.finished, run.values()))
    for each in ("direct", "middle", "after"):
        assert scores(store, run[each]) == scores(whole.store, run[each])
    (lost,) = store.evaluations(run["middle"])
    remove(store.at.evaluation(*lost))
    trained.clear()
    done(twins)
    assert trained == [run["base"], run["direct"]]
    assert weights(store, run["middle"]) == weights(whole.store, run["middle"])
    assert store.record(run["middle"]).same_as == run["direct"]
    assert scores(store, run["middle"]) == scores(whole.store, run["middle"])


def test_a_twin_whose_weights_are_gone_is_no_help(twins: Site, trained: list[str]) -> None:
    """gc has freed them before the other run was asked for: that one is trained by itself."""
    direct = ids(done(twins, only="direct"))["direct"]
    sweep(twins.store, garbage(twins.store))
    assert twins.store.freed(direct)
    middle = ids(done(twins, only="middle"))["middle"]
    assert trained[-1] == middle
    assert twins.store.record(middle).same_as == ""


def test_a_test_remembers_as_which_run_its_weights_were_trained(twins: Site, trained: list[str]) -> None:
    """The folder of a run that was made of its twin is deleted, and the twin's weights are gone: it is trained under
    the twin's name again, as its scores are those of such weights."""
    run, store = ids(done(twins)), twins.store
    before = weights(store, run["middle"])
    remove(store.at.run(run["middle"]))
    store.free(run["direct"])
    done(twins, only="middle")
    assert trained[-1] == run["direct"]
    assert weights(store, run["middle"]) == before


def test_twins_are_found_at_a_url(twins: Site, trained: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One machine trains, another makes the twin of what it fetches, with the bits of a store in a folder."""
    run = ids(done(twins))
    far = f"file://{twins.data}/far"
    for name, only in (("a", "direct"), ("b", "")):
        monkeypatch.setenv("ISOGLOSS_CACHE", str(twins.data / name))
        at = dataclasses.replace(twins, store_root=far)
        at.store.sync()
        trained.clear()
        done(at, **({"only": only} if only else {}))
    assert trained == [run["after"]]
    assert results(twins.data / "far") == results(twins.store_root)


def test_advice_counts_what_a_training_took_that_was_done_once(twins: Site) -> None:
    """The arm that goes through the made run costs its steps at the rate of the run that was trained."""
    run, store = ids(done(twins)), twins.store
    rate = store.record(run["direct"]).seconds_per_step
    assert rate
    last = store.record(run["after"]).seconds
    assert last
    (cell,) = [each for each in cells(store) if each.arm == "colour"]
    assert cell.seconds == pytest.approx(6 * rate + last)


def test_what_gc_frees_is_what_no_other_run_names(twins: Site) -> None:
    """Files of two runs are on the disk once: each counts by its share, and the first to go frees nothing."""
    run, store = ids(done(twins)), twins.store
    items = {item.name: item for item in garbage(store, parents=True) if item.what == "weights"}
    size = sum(path.stat().st_size for name, path in files_of(store.folder(run["direct"])).items() if "/" in name)
    assert items[run["direct"]].bytes == items[run["middle"]].bytes >= size // 2
    assert sweep(store, [items[run["after"]], items[run["direct"]]]) < items[run["after"]].bytes + 10
    assert sweep(store, [items[run["middle"]]]) == pytest.approx(2 * items[run["middle"]].bytes, abs=20)


@pytest.mark.parametrize("at", ["links", "record"])
def test_a_kill_between_leaves_nothing_that_the_same_command_does_not_mend(
    twins: Site, trained: list[str], monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Killed with half of the links made, or before the record: the run is begun, and then what it is undisturbed."""
    whole = dataclasses.replace(twins, store_root=twins.store_root.parent / "whole")
    run = ids(done(whole))
    trained.clear()

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if at == "links":
            link, left = os.link, [1]
            patch.setattr("os.link", lambda *given: link(*given) if left and left.pop() else killed())
        else:
            finish = Store.finish
            patch.setattr(Store, "finish", lambda *given: killed() if "same_as" in given[2] else finish(*given))
        with pytest.raises(KeyboardInterrupt):
            done(twins)
    assert not twins.store.finished(run["middle"])
    done(twins)
    assert trained == [run["base"], run["direct"], run["after"]]
    for each in run.values():
        assert weights(twins.store, each) == weights(whole.store, each)
    assert Verifier(twins.store).verify() == []


def test_what_was_begun_by_itself_goes(twins: Site, trained: list[str]) -> None:
    """Direct transfer was stopped after its second checkpoint, and a twin is finished since: nothing of its own
    weights is left beside the twin's."""
    kept = {"checkpoints": 3, "both": True}

    def stopped(done: int, total: int) -> None:
        if (done, total) == (5, 6):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        done(twins, stopped, only="direct", **kept)
    direct, store = ids(made(twins, only="direct", **kept))["direct"], twins.store
    assert len(list(store.at.snapshots(direct).iterdir())) == 2
    middle = ids(done(twins, only="middle", **kept))["middle"]
    done(twins, only="direct", **kept)
    assert trained.count(direct) == 1
    assert len(weights(store, direct)) == 2 * 3
    assert weights(store, direct) == weights(store, middle)
    assert Verifier(store).verify() == []


def test_files_are_copied_where_no_links_can_be_made(twins: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that refuses links: the run has files of its own, with the same bits."""

    def refused(*_: Any) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refused)
    run = ids(done(twins))
    head = [twins.store.folder(run[each]) / "head.safetensors" for each in ("middle", "direct")]
    assert not head[0].samefile(head[1])
    assert weights(twins.store, run["middle"]) == weights(twins.store, run["direct"])


def test_checkpoints_are_left_where_the_other_keeps_none(twins: Site, trained: list[str]) -> None:
    """Direct transfer keeps three, of which the best is tested: the intermediate phase is made of its last weights. One
    that keeps none is no twin of one that needs them."""
    run = ids(done(twins, checkpoints=3, weights="best"))
    assert trained == [run["base"], run["direct"], run["after"]]
    assert twins.store.snapshots(run["direct"])
    assert not twins.store.snapshots(run["middle"])
    assert twins.store.record(run["middle"]).same_as == run["direct"]
    assert rerun(twins, run["middle"], lambda *_: None)["same"]
    found = ids(done(twins, only="direct", checkpoints=2))
    assert trained[-1] == found["direct"]


def test_of_several_processes_the_first_makes_the_twin(twins: Site) -> None:
    """--processes 2: both come to the job, one of them links."""
    pytest.importorskip("accelerate", reason="needs accelerate: pip install 'isogloss[parallel]'")
    options = ["--store", str(twins.store_root), "--data", str(twins.data), "--processes", "2", "--quiet"]
    assert main(["run", twins.recipe, *options]) == 0
    run, store = ids(made(twins)), twins.store
    assert store.record(run["middle"]).same_as == run["direct"]
    assert weights(store, run["middle"]) == weights(store, run["direct"])
    assert store.record(run["after"]).plain()["processes"] == 2
