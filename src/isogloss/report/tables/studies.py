"""The studies of a store, and the runs of one with what they scored, as JSON values."""

from dataclasses import asdict
from typing import Any

from isogloss.analysis.ledger import read
from isogloss.analysis.tested import Tested, tested
from isogloss.plan import captions
from isogloss.store.run_record import NOTHING
from isogloss.store.store import Store


def overview(store: Store) -> list[dict[str, Any]]:
    """One row per saved study."""
    rows = []
    for name in store.studies():
        study = store.study(name)
        rows.append(
            {
                "name": name,
                "title": study.title,
                "runs": len(study.runs),
                "runs_done": sum(store.state(run.id) in ("done", "freed") for run in study.runs),
                "evaluations": len(study.evaluations),
                "evaluations_done": sum(store.evaluated(each.run, each.key) for each in study.evaluations),
            }
        )
    return rows


def study_rows(store: Store, name: str) -> dict[str, Any]:
    """A study's runs, each with what it was tested on: main metric in English and over the other languages."""
    ledger = read(store, name)
    done: dict[tuple[str, str], list[Tested]] = {}
    for one in tested(ledger):
        done.setdefault((one.run, one.key), []).append(one)
    by_run: dict[str, list[dict[str, Any]]] = {run.id: [] for run in ledger.study.runs}
    for each in ledger.study.evaluations:
        task = f"{each.task}, {each.perturbation}" if each.perturbation else each.task
        marks = {"weights": each.weights, "collapsed": ""}
        shown = [_test(task, one) for one in done.get((each.run, each.key), ())]
        by_run[each.run] += [marks | one for one in shown or [_test(task, None)]]
    rows = []
    titles = captions.runs(run.spec for run in ledger.study.runs)
    for run in ledger.study.runs:
        about: dict[str, Any] = {"run": run.id, "state": store.state(run.id), "title": titles[run.id]}
        record = ledger.records.get(run.id, NOTHING)
        about |= {"same_as": record.same_as} if record.same_as else {}
        about |= {"mixture": {task: asdict(given) for task, given in record.mixture.items()}} if record.mixture else {}
        nothing = _test("", None) | {"weights": "", "collapsed": record.collapsed}
        rows += [about | each for each in by_run[run.id] or [nothing]]
    return {"name": name, "title": ledger.study.title, "rows": rows}


def _test(task: str, one: Tested | None) -> dict[str, Any]:
    """A test as JSON values. The parts of a test (capabilities) are told as error rates, 1 - score."""
    if one is None:
        return {"task": task, "english": None, "others": None, "scores": {}}
    found = {"english": one.english, "others": one.others, "scores": dict(one.scores), "collapsed": one.collapsed}
    if one.way.layer is not None:
        return {"task": f"{task} (layer {one.way.layer})", "way": str(one.way)} | found
    if not one.way.part:
        return {"task": task} | found
    wrong = {
        name: None if value is None else 1 - value for name, value in (("english", one.english), ("others", one.others))
    }
    return (
        {"task": f"{task}, {one.way.part} (error rate)"}
        | found
        | wrong
        | {"scores": {language: 1 - value for language, value in one.scores.items()}}
    )
