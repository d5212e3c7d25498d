"""Which weights of a run are tested, or handed on to the next phase: last, best on English dev, mean, oracle.

"best" and "mean" look at no test. "oracle" takes, in each test language, the checkpoint that is best on that very test:
a peek, kept apart and labelled, to show how much a choice without one gives away (Keung et al. 2020).
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from isogloss.core.errors import SpecError
from isogloss.core.score import Score
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Task, data_hash
from isogloss.plan.dev import dev_of, devs_of
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.store.predictions import Predictions

Curve = list[tuple[int, float]]
"""(step, score on dev) of every checkpoint."""


def parent_folder(site: Site, spec: RunSpec) -> Path | None:
    """The weights a run's last phase starts from; None when it has no parent."""
    if spec.parent is None:
        return None
    folder, which = site.store.folder(spec.parent.run_id), spec.phases[-1].parent_weights
    if which == "last":
        return folder
    if which == "mean":
        return averaged(site, spec.parent)
    before = spec.parent.phases[-1]
    curves = [dev_curve(site, spec.parent, *each) for each in devs_of(before, site.find, site.data)]
    if not curves:
        raise SpecError(f"parent_weights='best': {'+'.join(before.tasks)} has no English dev data on this disk.")
    known = [dict(curve) for curve in curves]
    together = [(step, mean(each[step] for each in known)) for step in known[0] if all(step in each for each in known)]
    return checkpoints(site, spec.parent)[best(together)]


def checkpoints(site: Site, spec: RunSpec) -> dict[int, Path]:
    """Step → folder, of every checkpoint of a finished run."""
    from isogloss.training import snapshots

    folder = site.store.folder(spec.run_id, snapshots=True)
    return snapshots.folders(folder, spec.phases[-1].checkpoints, site.store.record(spec.run_id).steps)


def averaged(site: Site, spec: RunSpec) -> Path:
    """The mean of a run's last checkpoints."""
    from isogloss.training import snapshots

    sources = list(checkpoints(site, spec).values())[-spec.phases[-1].average :]
    start = spec.encoder if isinstance(spec.encoder, Published) else None
    return snapshots.mean(site.store.folder(spec.run_id), sources, start)


def best(curve: Sequence[tuple[int, float]]) -> int:
    """The step with the highest score, the first of equals. Raises SpecError when no checkpoint has one."""
    if not curve:
        raise SpecError("no checkpoint has a score on the dev set that should choose among them; ask for the last.")
    return max(curve, key=lambda point: (point[1], -point[0]))[0]


def dev_curve(site: Site, spec: RunSpec, task: Task, language: str) -> Curve:
    """Every checkpoint on a dev set, in the task's first metric; computed once per run, dev set and precision."""
    from isogloss.evaluation.zero_shot import evaluate

    name = f"dev-{spec.run_id}"
    key = f"{task.name}/{language}/{data_hash(task.examples(site.data, 'dev', language))}{_half(site, spec)}"
    known = site.store.cached(name)
    if key not in known:
        curve = []
        for step, folder in checkpoints(site, spec).items():
            _, scores = evaluate(
                spec, folder=folder, task=task, split="dev", languages=(language,), limit=0, data=site.data,
                report=lambda *_: None, precision=site.precision,
            )  # fmt: skip
            values = [score.value for score in scores if score.metric == task.metrics[0] and not score.way.part]
            curve += [(step, value) for value in values]  # none where an F1 is undefined: nothing was answered
        known[key] = curve
        site.store.cache(name, known)
    return [(int(step), float(value)) for step, value in known[key]]


def _half(site: Site, spec: RunSpec) -> str:
    """How the key of a curve tells that it was computed in bfloat16."""
    from isogloss.models.device import device, usual
    from isogloss.models.memory import shape_of

    shape, own = shape_of(spec.encoder), not isinstance(spec.encoder, Published)
    ways = usual(device(), site.precision, width=shape.width if shape else 0, own=own)
    return f"/{ways.dtype}" if ways.half else ""


def test(
    site: Site, job: Job, spec: RunSpec, task: Task, at: Callable[[Path], tuple[Predictions, list[Score]]]
) -> tuple[Predictions, list[Score], dict[str, Any]]:
    """Test the weights that a job asks for, `at` their folder; returns also how they were chosen."""
    about: dict[str, Any] = {"weights": job.weights}
    if job.weights == "mean":
        about["checkpoints"] = list(checkpoints(site, spec))[-spec.phases[-1].average :]
        predictions, scores = at(averaged(site, spec))
    elif job.weights == "best":
        dev = dev_of(task, spec.phases[-1], site.find, site.data)
        if dev is None:
            raise SpecError(f"'{task.name}' has no English dev data on this disk, which 'best' needs. Plan again.")
        curve = dev_curve(site, spec, *dev)
        about |= {"dev": f"{dev[0].name}/dev/{dev[1]}", "curve": curve, "step": best(curve)}
        predictions, scores = at(checkpoints(site, spec)[about["step"]])
    else:
        predictions, scores, about["steps"] = _oracle(
            {step: at(folder) for step, folder in checkpoints(site, spec).items()}, task
        )
    marked = [each.tested(weights=job.weights) for each in scores]
    return predictions, marked, about


def _oracle(
    tested: Mapping[int, tuple[Predictions, list[Score]]], task: Task
) -> tuple[Predictions, list[Score], dict[str, int]]:
    """In each language the checkpoint that is best there."""
    languages = next(iter(tested.values()))[0].languages
    predictions: list[Predictions] = []
    scores: list[Score] = []
    steps: dict[str, int] = {}
    for language in languages:
        curve = [
            (step, score.value)
            for step, (_, of_step) in tested.items()
            for score in of_step
            if (score.language, score.metric) == (language, task.metrics[0]) and not score.way.part
        ]
        step = best(curve) if curve else max(tested)
        steps[language] = step
        predictions.append(tested[step][0].of(language))
        scores += [score for score in tested[step][1] if score.language == language]
    return Predictions.joined(predictions), scores, steps
