"""A job is one thing to do; a plan is a resolved study and its jobs, parents first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isogloss.core.spec import RunSpec, Study, plain
from isogloss.core.task import Task
from isogloss.core.version import VERSION
from isogloss.store.study import SavedStudy, read


@dataclass(frozen=True, kw_only=True)
class Job:
    """One thing to do. Plain data, so that it can be sent to another process or machine."""

    kind: str
    """"translate", "train", "evaluate" or "baseline"."""
    id: str
    """The run's id; for an evaluation RUN/KEY, for a translation translate/KEY."""
    title: str
    needs: tuple[str, ...] = ()
    """Ids of the jobs that must be done before."""
    cached: bool = False
    steps: int = 0
    seconds: float | None = None
    """Estimate; None where nothing is known."""
    bytes: int = 0
    """Estimate of what it leaves on the disk."""
    run: RunSpec | None = None
    task: str = ""
    split: str = ""
    languages: tuple[str, ...] = ()
    limit: int = 0
    weights: str = "last"
    """Which weights are tested: one of core.spec.WEIGHTS."""
    perturbation: str = ""
    """How the test examples are perturbed first."""
    snapshots: bool = False
    """The earlier weights of this run are needed too."""
    serves: tuple[str, ...] = ()
    """Of training: ids of the evaluations, and of the runs that the study names, which were not done and rest on it."""
    twin: str = ""
    """Of training: the run that has learned the same by then, whose weights are taken (plan.twins)."""
    key: str = ""
    data: str = ""
    """Hash of the examples that are evaluated."""
    examples: int = 0
    characters: int = 0
    """Of the data it reads once: with the steps, what the estimate rests on."""
    read: int = 0
    """Of what an encoder reads of it: a prompt once for each of its choices. 0 = the same."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A resolved study and its jobs, parents first."""

    study: Study
    jobs: tuple[Job, ...]
    tasks: tuple[Task, ...]
    absent: dict[str, tuple[str, ...]]
    """task → languages that were asked for and whose data is not there."""
    remarks: tuple[str, ...] = ()
    """What could not be done as it was asked, in sentences."""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    """What made it: `name`, `options`, and `own` for a user's file. A record to show; nothing is run for it."""
    basis: str = ""
    """What its hours are hours of, and the rate they rest on; empty where the estimates need no saying."""

    @property
    def missing(self) -> tuple[Job, ...]:
        """What there is to do."""
        return tuple(job for job in self.jobs if not job.cached)

    @property
    def saved(self) -> SavedStudy:
        """The resolved study as the desk reads it."""
        return read(self.plain())

    def plain(self) -> dict[str, Any]:
        """The same as the store keeps it."""
        evaluations = [job for job in self.jobs if job.kind == "evaluate"]
        return {
            "name": self.study.name,
            "title": self.study.title,
            "notes": list(self.study.notes),
            "runs": [
                {"id": job.id, "parent": job.run.parent.run_id if job.run.parent else None, "spec": plain(job.run)}
                for job in self.jobs
                if job.kind == "train" and job.run
            ],
            "evaluations": [_evaluation(job) | {"run": job.id.split("/")[0]} for job in evaluations],
            "baselines": [_evaluation(job) for job in self.jobs if job.kind == "baseline"],
            "translations": [job.key for job in self.jobs if job.kind == "translate"],
            "tasks": {task.name: _task(task) for task in self.tasks},
            "absent": {task: list(languages) for task, languages in self.absent.items()},
            "remarks": list(self.remarks),
            **({"recipe": dict(self.recipe)} if self.recipe else {}),
            "version": VERSION,
        }


def _evaluation(job: Job) -> dict[str, Any]:
    return {
        **({"weights": job.weights} if job.weights != "last" else {}),
        **({"perturbation": job.perturbation} if job.perturbation else {}),
        "task": job.task,
        "split": job.split,
        "key": job.key,
        "data": job.data,
        "languages": list(job.languages),
        "limit": job.limit,
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "title": task.title,
        "type": task.type,
        "languages": list(task.languages),
        "metrics": list(task.metrics),
        "chance": task.chance,
        "labels": list(task.labels),
        "trained_on": list(task.trained_on),
        "benchmarks": list(task.benchmarks),
        "licence": task.source.licence,
        "cite": task.source.cite,
        **({"dials": {code: dict(dials) for code, dials in task.dials.items()}} if task.dials else {}),
    }
