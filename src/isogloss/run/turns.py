"""Choose the next job among those that are ready."""

from collections.abc import Callable, Sequence

from isogloss.plan.cost import chains
from isogloss.plan.job import Job
from isogloss.progress.steps import UNKNOWN


def turns(jobs: Sequence[Job], workers: int) -> Callable[[Sequence[Job], Sequence[Job]], list[Job]]:
    """A function that puts jobs that are ready in their order, given all that are waiting.

    That of the plan: a study stopped or looked at half-way then holds whole tables. But where the chain that waits
    for a job is as long as all work left, shared among the workers, it goes first: the others would wait for it.
    """
    after = chains(jobs)

    def ordered(ready: Sequence[Job], waiting: Sequence[Job]) -> list[Job]:
        left = sum(job.seconds or UNKNOWN for job in waiting) / workers
        return sorted(ready, key=lambda job: -after[job.id] if after[job.id] >= left else 0.0)

    return ordered
