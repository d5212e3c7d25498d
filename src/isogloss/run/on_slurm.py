"""Run a plan as jobs of a Slurm cluster, parents before children. The only file that imports submitit.

Every node needs this package, and the recipe, the data, the store and the folder of the jobs at the same paths. What
is ready at once goes as one array, a process each. A job near its time limit, or preempted, puts itself back into the
queue and goes on from its last state; one that is lost is submitted again. A command that is killed leaves its jobs in
the queue, and the same command takes them up; Ctrl-C cancels them.
"""

import contextlib
import json
import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.core.errors import NOT_JSON, SpecError, StoreError, WorkerDied
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run.pool import WORK, failure
from isogloss.run.threads import environment
from isogloss.run.worker import attempt, function
from isogloss.store.write import read_json, write_json

EVERY = 1.0
"""Seconds between two looks at what jobs say and leave."""
LOOK = 15.0
"""Seconds between two questions to Slurm."""
RETRIES = 3
"""How often a job is submitted again after it was lost."""
REQUEUED = 20
"""How often a job may reach its time limit. Training goes on from its last state, a test begins again; one that is
longer than the limit must not do so for ever."""
MINUTES = 24 * 60
"""The time limit of a job, unless `time` says another."""
ON_DEVICE = ("train", "evaluate")


def run(
    jobs: Sequence[Job],
    site: Site,
    progress: Progress,
    *,
    folder: Path,
    workers: int | None = None,
    threads: int = 1,
    gpus: int = 0,
    options: Mapping[str, str] | None = None,
    cluster: str = "slurm",
    work: str = WORK,
) -> None:
    """Do the jobs. The first error ends the run and cancels what is queued; what is done stays done.

    `folder` holds what jobs print and submitit needs. A job takes `threads` CPUs and, to train or test, `gpus`;
    `options` are sbatch's, without dashes; at most `workers` are queued at once. `cluster` "local" runs the jobs on
    this machine.
    """
    if not jobs:
        return
    queue = Queue(site, folder, threads, gpus, dict(options or {}), cluster, work, workers)
    waiting = {job.id: job for job in jobs}
    known = {job.id: job for job in jobs}
    running: dict[str, Any] = {name: each for name, each in queue.left().items() if waiting.pop(name, None)}
    lost: Counter[str] = Counter()
    looked = time.monotonic()
    try:
        while waiting or running:
            undone = {*waiting, *running}
            free = [job for job in waiting.values() if undone.isdisjoint(job.needs)]
            room = None if workers is None else max(0, workers - len(running))
            for name, each in queue.submit(free[:room]).items():
                running[name] = each
                del waiting[name]
            queue.keep(running)
            time.sleep(EVERY)
            for message in queue.said(running):
                progress.tell(*message)
            for name in [name for name, each in running.items() if each.paths.result_pickle.exists()]:
                _end(known[name], running.pop(name), progress)
            if time.monotonic() - looked < LOOK:
                continue
            looked = time.monotonic()
            alive = queue.alive(running)
            for name in [name for name in running if name not in alive]:
                each = running[name]
                if each.paths.result_pickle.exists():
                    continue
                lost[name] += 1
                progress.failed(name)
                if lost[name] > RETRIES:
                    raise WorkerDied(_obituary(known[name], each))
                del running[name]
                waiting[name] = known[name]
    except BaseException:
        for each in running.values():
            with contextlib.suppress(Exception):  # it has just ended
                each.cancel(check=False)
        queue.keep({})
        raise
    queue.keep({})


class Queue:
    """Jobs of a study in a cluster's queue, and the folder through which they are heard."""

    def __init__(
        self, site: Site, folder: Path, threads: int, gpus: int, options: dict[str, str], cluster: str, work: str,
        workers: int | None,
    ) -> None:  # fmt: skip
        try:
            import submitit
        except ImportError as error:
            raise SpecError("--on slurm needs submitit: pip install 'isogloss[slurm]'.") from error
        self.submitit, self.site, self.work, self.cluster, self.gpus = submitit, site, work, cluster, gpus
        self.folder = folder.absolute()
        self._heard: dict[str, int] = {}
        minutes = _minutes(options.pop("time")) if "time" in options else MINUTES
        try:
            self.executor = submitit.AutoExecutor(self.folder, cluster=cluster, slurm_max_num_timeout=REQUEUED)
        except RuntimeError as error:
            raise SpecError("--on slurm: no Slurm is installed here (srun is not on the path).") from error
        self.executor.update_parameters(
            name="isogloss", timeout_min=minutes, cpus_per_task=threads, slurm_wckey=None,
            slurm_setup=[f"export {name}={value}" for name, value in environment(threads).items()],
            slurm_array_parallelism=workers or 256, slurm_additional_parameters=options,
            **({"slurm_signal_delay_s": max(5, 15 * minutes)} if minutes < 6 else {}),
        )  # fmt: skip

    def submit(self, jobs: Sequence[Job]) -> dict[str, Any]:
        """Queue jobs, one array for those that take a GPU and one for the others; gives them by their ids."""
        submitted: dict[str, Any] = {}
        for gpus in sorted({self._gpus(job) for job in jobs}):
            group = [job for job in jobs if self._gpus(job) == gpus]
            self.executor.update_parameters(gpus_per_node=gpus or None)
            task = Task()
            for job in group:
                self._file(job.id).unlink(missing_ok=True)
                self._heard.pop(job.id, None)
            try:
                with self.executor.batch():
                    given = [(job, self.site, self.work, self._file(job.id)) for job in group]
                    queued = [self.executor.submit(task, *each) for each in given]
            except (self.submitit.core.utils.FailedJobError, subprocess.CalledProcessError) as error:
                told = str(error).strip()
                raise SpecError(f"Slurm refused a job: {told} Options are given as --slurm KEY=VALUE.") from error
            submitted |= {job.id: each for job, each in zip(group, queued, strict=True)}
        return submitted

    def keep(self, running: Mapping[str, Any]) -> None:
        """Write down what is queued, for a command that goes on after this one was killed."""
        now = {name: each.job_id for name, each in running.items()}
        if now != getattr(self, "_kept", None):
            self._kept = now
            write_json(self.folder / "queued.json", now)

    def left(self) -> dict[str, Any]:
        """Jobs that a command which was killed left in the queue."""
        path = self.folder / "queued.json"
        if self.cluster != "slurm" or not path.is_file():
            return {}
        try:
            told = read_json(path)
        except StoreError:
            return {}
        tracked = {name: self.submitit.SlurmJob(self.folder, str(number)) for name, number in told.items()}
        alive = self.alive(tracked)
        return {name: each for name, each in tracked.items() if name in alive}

    def alive(self, running: Mapping[str, Any]) -> set[str]:
        """Those that are queued, at work, or ending; all of them where Slurm does not answer."""
        if self.cluster != "slurm":
            return {name for name, each in running.items() if not each.done()}
        command = ["squeue", "--noheader", "--array", "--format=%i", f"--user={os.getuid()}"]
        try:
            told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()
        except (OSError, subprocess.SubprocessError):
            return {*running}
        return {name for name, each in running.items() if each.job_id in told}

    def said(self, running: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What jobs have said since the last time."""
        messages: list[tuple[Any, ...]] = []
        for name in running:
            with contextlib.suppress(FileNotFoundError), self._file(name).open("rb") as file:
                file.seek(self._heard.get(name, 0))
                whole, _, _ = file.read().rpartition(b"\n")
                self._heard[name] = self._heard.get(name, 0) + len(whole) + bool(whole)
                try:
                    messages += [tuple(json.loads(line)) for line in whole.splitlines()]
                except NOT_JSON as error:
                    raise StoreError(
                        f"{file.name}: not what a job writes ({error}); cancel the job, and run again."
                    ) from error
        return messages

    def _gpus(self, job: Job) -> int:
        return self.gpus if job.kind in ON_DEVICE else 0

    def _file(self, name: str) -> Path:
        return self.folder / f"{name.replace('/', '-')}.said"


class Task:
    """What a process of the cluster does: one job, said line by line in a file."""

    def __call__(self, job: Job, site: Site, work: str, said: Path) -> tuple[str, ...]:
        """Do it; returns what `attempt` does."""

        def send(message: tuple[Any, ...]) -> None:
            with said.open("a", encoding="utf-8") as file:  # closed at once, which is when other machines see it
                file.write(json.dumps(message) + "\n")

        send(("step", job.id, 0, 1))
        return attempt(job, site, function(work), send)

    def checkpoint(self, *given: Any) -> Any:
        """The same again, when Slurm takes the machine away: the state is on the disk."""
        from submitit.helpers import DelayedSubmission

        return DelayedSubmission(self, *given)


def _end(job: Job, queued: Any, progress: Progress) -> None:
    try:
        message = queued.result()
    except Exception as error:  # of submitit's: the process could not begin, or not say how it ended
        raise WorkerDied(f"{job.title}: its Slurm job {queued.job_id} failed.\n{error}") from error
    if message[0] != "finished":
        raise failure(job, message)
    progress.finished(job.id)


def _obituary(job: Job, queued: Any) -> str:
    try:
        last = queued.paths.stderr.read_text("utf-8", errors="replace").strip().splitlines()[-1:]
    except OSError:
        last = []
    told = f" It last printed: {last[0]}" if last else ""
    return (
        f"{job.title}: its Slurm job was lost {RETRIES + 1} times (last: {queued.job_id}).{told} More is in "
        f"{queued.paths.stderr}. Nothing that was finished is lost; the same command goes on."
    )


def _minutes(text: str) -> int:
    """A time limit as sbatch takes it, in minutes: 30, 2:00:00, 1-12, 1-12:30 … Raises SpecError."""
    match = re.fullmatch(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?", text)
    if not match:
        raise SpecError(f"--slurm time={text}: expected minutes, H:MM:SS or D-HH:MM:SS.")
    days, *parts = match.groups()
    numbers = [int(each) for each in parts if each is not None]
    if days is not None:  # days-hours[:minutes[:seconds]]
        hours, minutes, seconds = (*numbers, 0, 0)[:3]
    elif len(numbers) == 3:
        hours, minutes, seconds = numbers
    else:  # minutes[:seconds]
        hours, (minutes, seconds) = 0, (*numbers, 0)[:2]
    return max(1, int(days or 0) * 1440 + hours * 60 + minutes + bool(seconds))
