"""What a plan will take: steps, time and disk, and how long by the clock with several jobs at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isogloss.core.spec import Published
from isogloss.plan.job import Job, Plan
from isogloss.progress.steps import UNKNOWN
from isogloss.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of the jobs that are missing."""

    steps: int
    seconds: float
    """Of computing, all jobs together; those that are unknown are not in it."""
    clock: float
    """Seconds by the clock: the longest chain of jobs that wait for each other, or all of them shared out."""
    bytes: int
    """That stay on the disk."""
    needed: int
    """The same with `run --keep needed`: without the weights that tests alone have asked for."""
    unknown: int
    """Jobs whose time is not known before their encoder is loaded."""


def cost(plan: Plan, workers: int) -> Cost:
    """What the missing jobs take with `workers` at once."""
    missing, spent = plan.missing, _spent(plan)
    seconds = sum(job.seconds or 0.0 for job in missing)
    longest = max(chains(missing, 0.0).values(), default=0.0)
    return Cost(
        steps=sum(job.steps for job in missing),
        seconds=seconds,
        clock=max(longest, seconds / max(1, workers)),
        bytes=sum(job.bytes for job in missing),
        needed=sum(job.bytes for job in missing if job.id not in spent),
        unknown=sum(job.seconds is None for job in missing),
    )


def _spent(plan: Plan) -> set[str]:
    """Ids of the runs that are tested, and that no run starts from (store.garbage.spent, of what is planned)."""
    tested, started = (
        {need for job in plan.jobs if job.kind == kind for need in job.needs} for kind in ("evaluate", "train")
    )
    return tested - started


def precisions(plan: Plan, store: Store) -> Mapping[str, int]:
    """Precision → how many finished runs of published encoders were trained in it.

    Encoders of our own are float32 on processors and are not counted.
    """
    trained = [job for job in plan.jobs if job.kind == "train" and job.run and job.run.phases and job.cached]
    trained = [job for job in trained if job.run and isinstance(job.run.encoder, Published)]
    records = [store.record(job.id) for job in trained if store.done(job.id)]
    return Counter(record.precision or "float32" for record in records if record.steps)


def chains(jobs: Sequence[Job], unknown: float = UNKNOWN) -> dict[str, float]:
    """Seconds from a job's begin to the end of the longest chain that waits for it; `unknown` for jobs without any."""
    after: dict[str, float] = {}
    for job in reversed(jobs):
        own = (job.seconds or unknown) + after.get(job.id, 0.0)
        after[job.id] = own
        for need in job.needs:
            after[need] = max(after.get(need, 0.0), own)
    return after
