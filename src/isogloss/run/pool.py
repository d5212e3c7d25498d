"""Run a plan on all cores of this machine: worker processes, parents before children, the longest chain first."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import connection
from typing import Any

from isogloss.core import errors, signals
from isogloss.core.errors import IsoglossError, WorkerDied
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run.threads import environment
from isogloss.run.turns import turns
from isogloss.run.worker import SAID

WORK = "isogloss.run.execute:execute"
GRACE = 1.0
"""Seconds that workers have to end by themselves."""


@dataclass
class Worker:
    """A process that does jobs, and the one it is at."""

    process: "subprocess.Popen[bytes]"
    connection: "connection.Connection[Any, Any]"
    device: str = ""
    job: Job | None = None


def run(
    jobs: Sequence[Job],
    site: Site,
    progress: Progress,
    *,
    workers: int,
    threads: int = 1,
    devices: Sequence[str] = (),
    work: str = WORK,
) -> None:
    """Do the jobs. A worker that dies gets its job once more; the first error ends the run, what is done stays done.

    Each worker sees one of the `devices` (CUDA's names), if there are any. `work` names the function that does a job,
    as "module:function".
    """
    waiting = {job.id: job for job in jobs}
    pool = Pool(site, threads, work, devices)
    ordered = turns(jobs, workers)
    died: dict[str, int] = {}
    try:
        while waiting or pool.busy:
            ready = [
                job for job in waiting.values() if not any(need in waiting or need in pool.doing for need in job.needs)
            ]
            for each in ordered(ready, [*waiting.values()])[: workers - len(pool.busy)]:
                pool.give(waiting.pop(each.id))
                progress.started(each.id)
            for worker, message in pool.messages():
                job = worker.job
                if job is None:
                    continue
                if message is None:
                    died[job.id] = died.get(job.id, 0) + 1
                    progress.failed(job.id)
                    code = pool.bury(worker)
                    if died[job.id] > 1:
                        raise WorkerDied(_obituary(job, code))
                    waiting[job.id] = job
                elif message[0] in SAID:
                    progress.tell(*message)
                elif message[0] == "finished":
                    worker.job = None
                    progress.finished(job.id)
                else:
                    raise failure(job, message)
    finally:
        pool.close()


def failure(job: Job, message: tuple[Any, ...]) -> Exception:
    """The error a worker met, with the job it was at."""
    _, _, kind, text = message
    if not kind:
        return RuntimeError(f"{job.title} failed in a worker:\n{text}")
    made: Exception = getattr(errors, kind, IsoglossError)(f"{text} (in: {job.title})")
    return made


class Pool:
    """Worker processes, idle or busy."""

    def __init__(self, site: Site, threads: int, work: str, devices: Sequence[str] = ()) -> None:
        self.site, self.threads, self.work, self.devices = site, threads, work, devices
        self.all: list[Worker] = []

    @property
    def busy(self) -> list[Worker]:
        """Those at work."""
        return [worker for worker in self.all if worker.job]

    @property
    def doing(self) -> set[str]:
        """Ids of the jobs in work."""
        return {worker.job.id for worker in self.all if worker.job}

    def give(self, job: Job, worker: Worker | None = None) -> None:
        """Have a job done, by any idle worker unless one is named."""
        idle = [each for each in self.all if each.job is None]
        worker = worker or (idle[0] if idle else self.hire())
        worker.job = job
        with contextlib.suppress(OSError):  # it died while idle; `messages` finds that out
            worker.connection.send(job)

    def messages(self) -> list[tuple[Worker, tuple[Any, ...] | None]]:
        """What busy workers say, once one does; None from one that died."""
        found: list[tuple[Worker, tuple[Any, ...] | None]] = []
        by_connection = {worker.connection: worker for worker in self.busy}
        for channel in connection.wait(list(by_connection)):
            worker = by_connection[channel]  # type: ignore[index]
            try:
                found.append((worker, worker.connection.recv()))
            except (EOFError, OSError):
                found.append((worker, None))
        return found

    def bury(self, worker: Worker) -> int:
        """Let go of a worker that has ended; returns its exit code."""
        self.all.remove(worker)
        code = worker.process.wait()
        worker.connection.close()
        if worker.process.stdin:
            worker.process.stdin.close()
        return code

    def close(self) -> None:
        """End them all, whatever they are at; those at work are asked first, so that nothing half-written stays."""
        for worker in self.all:
            if worker.job:
                worker.process.terminate()
            else:
                worker.process.kill()
        deadline = time.monotonic() + GRACE
        for worker in list(self.all):
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(max(0.0, deadline - time.monotonic()))
            worker.process.kill()  # the store stands it, and the state of a phase in progress is on the disk
            self.bury(worker)

    def hire(self, environ: Mapping[str, str] | None = None) -> Worker:
        """Start a worker, with something more in its environment."""
        taken = [worker.device for worker in self.all]
        device = min(self.devices, key=taken.count, default="")
        seen = {"CUDA_VISIBLE_DEVICES": device} if device else {}
        ours, theirs = socket.socketpair()
        with signals.held():
            process = subprocess.Popen(
                [sys.executable, "-m", "isogloss.run.worker", str(theirs.fileno())],
                stdin=subprocess.PIPE,
                stdout=sys.stderr if _real(sys.stderr) else None,
                pass_fds=[theirs.fileno()],
                env={**os.environ, **environment(self.threads), **seen, **(environ or {})},
            )
        theirs.close()
        worker = Worker(process, connection.Connection(ours.detach()), device)
        worker.connection.send((self.site, self.work))
        self.all.append(worker)
        return worker


def _real(stream: Any) -> bool:
    try:
        return bool(stream.fileno() >= 0)
    except (AttributeError, OSError, ValueError):
        return False


def _obituary(job: Job, code: int) -> str:
    how = f"signal {-code}" if code < 0 else f"status {code}"
    memory = " Signal 9 is often a machine out of memory: use fewer --workers." if code == -9 else ""
    return f"{job.title}: its worker process died twice ({how}).{memory} Nothing that was finished is lost."
