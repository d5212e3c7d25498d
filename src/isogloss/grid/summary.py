"""Plans, studies and scores in a few rows: what the command line prints."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import mean
from typing import Any

from isogloss.analysis.ledger import Ledger, Row, collapse, read
from isogloss.core.score import Score
from isogloss.core.spec import from_plain, plain
from isogloss.core.way import Way, standing
from isogloss.grid import captions, memory
from isogloss.grid.job import Job, Plan
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
    longest = max(_chains(missing).values(), default=0.0)
    lines.append(
        f"{steps:,} training steps; about {captions.duration(seconds)} of computing, "
        f"{captions.duration(max(longest, seconds / max(1, workers)))} with {workers} at once; "
        f"about {captions.size(kept)} of disk."
    )
    if plan.basis:
        lines.append(f"That is {seconds / 3600:,.1f} {plan.basis}")
    if unknown:
        lines.append(
            f"{len(unknown)} jobs are not in these figures: the size of their encoder is not known before it is loaded."
        )
    return lines + memory.lines(missing)


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
                "title": study["title"],
                "runs": len(study["runs"]),
                "runs_done": sum(state(store, run["id"]) in ("done", "freed") for run in study["runs"]),
                "evaluations": len(study["evaluations"]),
                "evaluations_done": sum(store.evaluated(each["run"], each["key"]) for each in study["evaluations"]),
            }
        )
    return rows


def study_rows(store: Store, name: str) -> dict[str, Any]:
    """A study's runs, each with what it was tested on: main metric in English and over the other languages."""
    study = store.study(name)
    by_run: dict[str, list[dict[str, Any]]] = {run["id"]: [] for run in study["runs"]}
    for each in study["evaluations"]:
        metric = next(iter(study["tasks"][each["task"]]["metrics"]), "")
        done = store.evaluated(each["run"], each["key"])
        scores = [score for score in store.scores(each["run"], each["key"]) if score.metric == metric] if done else []
        values = {score.language: score.value for score in scores if score.way == _shown(scores)}
        marks = {"weights": each.get("weights", "last"), "collapsed": collapse(store, each["run"], each["key"] * done)}
        task = f"{each['task']}, {each['perturbation']}" if "perturbation" in each else each["task"]
        by_run[each["run"]].append({"task": task, **_sides(values), "scores": values, **marks})
        by_run[each["run"]] += _errors(task, scores)
    rows = []
    for run in study["runs"]:
        title = captions.run(from_plain(run["spec"]))
        about = {"run": run["id"], "state": state(store, run["id"]), "title": title}
        record = store.record(run["id"]) if about["state"] in ("done", "freed") else {}
        about |= {"mixture": record["mixture"]} if "mixture" in record else {}
        nothing: dict[str, Any] = {
            "task": "", "english": None, "others": None, "scores": {}, "weights": "",
            "collapsed": collapse(store, run["id"]),
        }  # fmt: skip
        rows += [about | tested for tested in by_run[run["id"]] or [nothing]]
    return {"name": name, "title": study["title"], "rows": rows}


def _errors(task: str, scores: Sequence[Score]) -> list[dict[str, Any]]:
    """The error rate (1 - score) of each capability a test has: its parts, but not the parts of these."""
    found: dict[str, dict[str, float]] = {}
    for score in scores:
        part = score.way.part
        if part and "/" not in part:
            found.setdefault(f"{task}, {part} (error rate)", {})[score.language] = 1 - score.value
    return [{"task": name, **_sides(values), "scores": values} for name, values in found.items()]


def state(store: Store, run_id: str) -> str:
    """ "done", "freed" (done, weights gone), "begun" or "waiting"."""
    if store.finished(run_id):
        return "done"
    if store.freed(run_id):
        return "freed"
    return "begun" if store.at.spec(run_id).is_file() else "waiting"


def means(store: Store, name: str) -> list[dict[str, Any]]:
    """Kind of encoder × intermediate task × tested task: means over runs, English apart."""
    ledger = read(store, name)
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in ledger.rows:
        if row.score.metric == _main(ledger, row.score.task):
            how = row.score.way.perturbed
            task = f"{row.score.task}, {how}" if how else row.score.task
            at = (task, row.label.target, row.label.intermediate, row.score.way.weights or "last", row.label.encoder)
            groups.setdefault(at, []).append(row)
    found = []
    for (task, _, intermediate, weights, encoder), every in groups.items():
        collapsed = {row.score.run for row in every if (row.score.run, row.key) in ledger.collapsed}
        rows = [row for row in every if row.score.run not in collapsed] or every
        way = _shown([row.score for row in rows])
        runs: dict[str, dict[str, float]] = {}
        for row in rows:
            if row.score.way == way:
                runs.setdefault(row.score.run, {})[row.score.language] = row.value
        sides = [_sides(values) for values in runs.values()]
        found.append(
            {
                "task": task if way is None or way.layer is None else f"{task} (layer {way.layer})",
                "encoder": encoder,
                "intermediate": intermediate,
                "english": _mean([side["english"] for side in sides]),
                "others": _mean([side["others"] for side in sides]),
                "languages": len({row.score.language for row in rows}),
                "runs": len(runs),
                "weights": weights,
                "collapsed": len(collapsed),
            }
        )
    return found


def _main(ledger: Ledger, task: str) -> str:
    return str(next(iter(ledger.tasks[task]["metrics"]), ""))


def _shown(scores: Sequence[Score]) -> Way | None:
    """The way of testing that a short table shows; None without scores."""
    return standing(score.way for score in scores) if scores else None


def _sides(values: Mapping[str, float]) -> dict[str, float | None]:
    others = [value for language, value in values.items() if language != "en"]
    return {"english": values.get("en"), "others": mean(others) if others else None}


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None


def _counted(plan: Plan) -> str:
    words = {"translate": "translations", "train": "runs", "evaluate": "evaluations", "baseline": "sets of baselines"}
    parts = []
    for kind, name in words.items():
        all_ = [job for job in plan.jobs if job.kind == kind]
        if all_:
            parts.append(f"{len(all_)} {name} ({sum(job.cached for job in all_)} cached)")
    shared = [job for job in plan.jobs if job.kind == "train" and _children(plan, job) > 1]
    share = f"; {len(shared)} runs are shared by several that start from them" if shared else ""
    return f"{plan.study.title}: {', '.join(parts)}{share}."


def _children(plan: Plan, job: Job) -> int:
    return sum(other.kind == "train" and job.id in other.needs for other in plan.jobs)


def _chains(jobs: Sequence[Job]) -> dict[str, float]:
    """Seconds from the begin to the end of each job, were there any number of workers."""
    end: dict[str, float] = {}
    for job in jobs:
        end[job.id] = max((end.get(need, 0.0) for need in job.needs), default=0.0) + (job.seconds or 0.0)
    return end
