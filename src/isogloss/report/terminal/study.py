"""Plans, studies and scores in a few rows: what the command line prints."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from isogloss.analysis.ledger import read
from isogloss.analysis.tested import Tested, tested
from isogloss.core import quantities
from isogloss.core.spec import Published, plain
from isogloss.plan import captions, memory
from isogloss.plan.job import Job, Plan
from isogloss.run.turns import chains
from isogloss.store.run_record import NOTHING
from isogloss.store.store import Store


def cost(plan: Plan, workers: int) -> list[str]:
    """What a plan will take, in sentences."""
    missing = plan.missing
    lines = [_counted(plan)]
    lines += plan.remarks
    for task, languages in plan.absent.items():
        lines.append(f"No data on this disk for {task} in {' '.join(languages)}: left out, and named on the page.")
    if not missing:
        return [*lines, "Nothing to do."]
    steps = sum(job.steps for job in missing)
    unknown = [job for job in missing if job.seconds is None]
    seconds = sum(job.seconds or 0.0 for job in missing)
    kept = sum(job.bytes for job in missing)
    longest = max(chains(missing, 0.0).values(), default=0.0)
    lines.append(
        f"{steps:,} training steps; about {quantities.duration(seconds)} of computing, "
        f"{quantities.duration(max(longest, seconds / max(1, workers)))} with {workers} at once; "
        f"about {quantities.size(kept)} of disk."
    )
    if plan.basis:
        lines.append(f"That is {seconds / 3600:,.1f} {plan.basis}")
    if unknown:
        lines.append(
            f"{len(unknown)} jobs are not in these figures: the size of their encoder is not known before it is loaded."
        )
    return lines + memory.lines(missing)


def precisions(plan: Plan, store: Store, asked: str) -> tuple[str, ...]:
    """What there is to say where finished runs of published encoders were not all trained in one precision, or not in
    the one that is asked for. Encoders of our own are float32 on processors and are not told of."""
    trained = [job for job in plan.jobs if job.kind == "train" and job.run and job.run.phases and job.cached]
    trained = [job for job in trained if job.run and isinstance(job.run.encoder, Published)]
    records = [store.record(job.id) for job in trained if store.finished(job.id) or store.freed(job.id)]
    seen = Counter(record.precision or "float32" for record in records if record.steps)
    if len(seen) <= 1 and (not seen or asked in ("auto", *seen)):
        return ()
    counted = " and ".join(f"{count} in {name}" for name, count in sorted(seen.items()))
    return (
        f"Finished runs of this study were trained in more than one precision, or not in the one asked for: {counted}. "
        "They stay as they are; for one precision throughout, give --precision and a --store of its own.",
    )


def facts(plan: Plan) -> dict[str, Any]:
    """A plan as JSON values."""
    jobs = [
        {
            "kind": job.kind,
            "id": job.id,
            "title": job.title,
            "needs": list(job.needs),
            "cached": job.cached,
            "steps": job.steps,
            "seconds": job.seconds,
            "bytes": job.bytes,
        }
        | (
            {"spec": plain(job.run), "memory": _memory(job)}
            if job.kind == "train"
            else {"task": job.task, "languages": list(job.languages)}
        )
        for job in plan.jobs
    ]
    known = [job.seconds for job in plan.missing if job.seconds is not None]
    return {
        "study": plan.study.name,
        "title": plan.study.title,
        "jobs": jobs,
        "absent": {task: list(languages) for task, languages in plan.absent.items()},
        "remarks": list(plan.remarks),
        "missing": len(plan.missing),
        "steps": sum(job.steps for job in plan.missing),
        "seconds": sum(known),
        "bytes": sum(job.bytes for job in plan.missing),
    }


def _memory(job: Job) -> dict[str, int] | None:
    """Bytes of a device's memory that training takes, by what they are for."""
    found = memory.needed(job)
    return None if found is None else asdict(found)


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
                "runs_done": sum(state(store, run.id) in ("done", "freed") for run in study.runs),
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
    for run in ledger.study.runs:
        about: dict[str, Any] = {"run": run.id, "state": state(store, run.id), "title": captions.run(run.spec)}
        record = ledger.trained.get(run.id)
        if record is None:
            record = store.record(run.id) if about["state"] in ("done", "freed") else NOTHING
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


def state(store: Store, run_id: str) -> str:
    """ "done", "freed" (done, weights gone), "begun" or "waiting"."""
    if store.finished(run_id):
        return "done"
    if store.freed(run_id):
        return "freed"
    return "begun" if store.at.spec(run_id).is_file() else "waiting"


def _counted(plan: Plan) -> str:
    nouns = {
        "translate": ("translation", "translations"), "train": ("run", "runs"),
        "evaluate": ("evaluation", "evaluations"), "baseline": ("set of baselines", "sets of baselines"),
    }  # fmt: skip
    parts = []
    for kind, (one, several) in nouns.items():
        all_ = [job for job in plan.jobs if job.kind == kind]
        if all_:
            cached = sum(job.cached for job in all_)
            parts.append(f"{len(all_):,} {one if len(all_) == 1 else several} ({cached:,} cached)")
    runs = [job for job in plan.jobs if job.kind == "train"]
    starts = Counter(need for job in runs for need in {*job.needs})
    shared = sum(starts[job.id] > 1 for job in runs)
    share = "; one run is shared by several that start from it" if shared == 1 else ""
    if shared > 1:
        share = f"; {shared:,} runs are shared by several that start from them"
    return f"{plan.study.title}: {', '.join(parts)}{share}."
