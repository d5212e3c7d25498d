"""Run a plan one job after another, each run trained by several processes of this machine that share its batches.

On CPUs, or with one GPU each. Sums are added up in another order than by one process, so the last digits differ; what
is drawn at random for an example (dropout, masks) differs too.
"""

import socket
import time
from collections.abc import Sequence

from isogloss.core.errors import SpecError, WorkerDied
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run.pool import WORK, Pool, failure
from isogloss.run.worker import SAID

DEATHS = 2
"""A job that loses its processes so often ends the run."""


def run(
    jobs: Sequence[Job], site: Site, progress: Progress, *, processes: int, threads: int = 1, work: str = WORK
) -> None:
    """Do the jobs. The first process also tests and writes. One that dies takes the others along, and all are
    started once more; the first error ends the run, what is done stays done."""
    _check(processes)
    pool = Pool(site, threads, work)
    try:
        for job in jobs:
            for death in range(1, DEATHS + 1):
                if not pool.all:
                    _hire(pool, processes)
                progress.started(job.id)
                if _done(job, pool, progress):
                    break
                pool.close()
                progress.failed(job.id)
                if death == DEATHS:
                    raise WorkerDied(f"{job.title}: one of its {processes} processes died, twice. The rest is kept.")
            progress.finished(job.id)
    finally:
        pool.close()


def _hire(pool: Pool, processes: int) -> None:
    from isogloss.training.team import environment

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    for rank in range(processes):
        pool.hire(environment(rank, processes, port))


def _done(job: Job, pool: Pool, progress: Progress) -> bool:
    """Whether the job is done; False when a process has died. Raises what a process met."""
    first = pool.all[0]
    for worker in pool.all if job.kind == "train" else [first]:
        pool.give(job, worker)
    while pool.busy:
        for worker, message in pool.messages():
            if message is None:
                return False
            if message[0] in SAID:
                if worker is first:
                    progress.tell(*message)
            elif message[0] == "finished":
                worker.job = None
            elif not message[2] and _one_died(pool):  # its own error is that the other does not answer
                return False
            else:
                raise failure(job, message)
    return True


def _one_died(pool: Pool, wait: float = 1.0) -> bool:
    deadline = time.monotonic() + wait
    while time.monotonic() < deadline:
        if any(worker.process.poll() is not None for worker in pool.all):
            return True
        time.sleep(0.05)
    return False


def _check(processes: int) -> None:
    import torch

    if torch.cuda.is_available() and torch.cuda.device_count() < processes:
        raise SpecError(f"--processes {processes}: there are {torch.cuda.device_count()} GPUs; each needs its own.")
