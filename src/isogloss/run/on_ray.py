"""Run a plan as tasks on a Ray cluster, parents before children. The only file that imports ray.

Every node needs this package, the data at the same path, and the store at the same path or URL. A job lost with its
worker or node is done again elsewhere, and goes on from its last state where that is at hand; a driver that dies takes
its tasks along, and the same command goes on. Locks are the store's own, so a shared file system has to carry flock
between machines, as NFS 4 does; at a URL there are none, and a job may be done twice.
"""

import contextlib
import functools
import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

from isogloss.core.errors import SpecError, WorkerDied
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run.pool import WORK, failure
from isogloss.run.threads import environment
from isogloss.run.turns import turns
from isogloss.run.worker import attempt, function

EVERY = 0.2
"""Seconds between two looks at what the tasks report."""
JOINING = 10.0
"""Seconds that nodes have to join a cluster that has too few CPUs."""
RETRIES = 3
"""How often a job is done again after it was lost with its worker or node."""
ON_DEVICE = ("train", "evaluate")


def run(
    jobs: Sequence[Job],
    site: Site,
    progress: Progress,
    *,
    address: str = "",
    workers: int | None = None,
    threads: int = 1,
    work: str = WORK,
) -> None:
    """Do the jobs on the cluster at `address`; "" is one that runs on this machine, else one that is started here.

    A task takes `threads` CPUs, and one GPU where the cluster has any; at most `workers` run at once. The first error
    ends the run, what is done stays done.
    """
    if not jobs:
        return
    with _connected(address) as ray:
        _check(ray, threads)
        waiting = {job.id: job for job in jobs}
        running: dict[Any, Job] = {}
        ordered = turns(jobs, workers or max(1, int(ray.cluster_resources().get("CPU", 1)) // threads))
        # On the driver's own node, since it is of no use when that is gone.
        here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(
            ray.get_runtime_context().get_node_id(), soft=True
        )
        reports = ray.remote(_Reports).options(num_cpus=0, scheduling_strategy=here, max_restarts=-1).remote()
        task = ray.remote(_task)
        options = {"num_cpus": threads, "max_retries": RETRIES, "runtime_env": {"env_vars": environment(threads)}}
        gpus = bool(ray.cluster_resources().get("GPU"))
        plain = pickle.dumps(site)
        try:
            while waiting or running:
                doing = {job.id for job in running.values()}
                ready = [
                    job for job in waiting.values() if not any(need in waiting or need in doing for need in job.needs)
                ]
                room = None if workers is None else max(0, workers - len(running))
                for job in ordered(ready, [*waiting.values()])[:room]:
                    device = int(gpus and job.kind in ON_DEVICE)
                    running[task.options(num_gpus=device, **options).remote(job, plain, work, reports)] = waiting.pop(
                        job.id
                    )
                ended, _ = ray.wait(list(running), timeout=EVERY)
                _show(ray, reports, progress, {job.id for job in running.values()})
                for each in ended:
                    _end(ray, each, running.pop(each), progress)
        finally:
            for each in running:
                ray.cancel(each, force=True)


class _Reports:
    """What jobs said, until the driver takes it: the last step of each, and all else."""

    def __init__(self) -> None:
        self.said: dict[Any, tuple[Any, ...]] = {}

    def tell(self, *message: Any) -> None:
        key = message[:2] if message[0] == "step" else len(self.said)
        self.said.pop(key, None)
        self.said[key] = message

    def take(self) -> list[tuple[Any, ...]]:
        said, self.said = [*self.said.values()], {}
        return said


def _task(job: Job, plain: bytes, work: str, reports: Any) -> tuple[str, ...]:
    """One job, in a worker of the cluster."""
    reports.tell.remote("step", job.id, 0, 1)
    return attempt(job, _site(plain), function(work), lambda message: reports.tell.remote(*message))


@functools.lru_cache(maxsize=1)
def _site(plain: bytes) -> Site:
    """The same object for all jobs of a worker, since it remembers generated data."""
    site: Site = pickle.loads(plain)
    return site


def _show(ray: Any, reports: Any, progress: Progress, doing: set[str]) -> None:
    with contextlib.suppress(ray.exceptions.RayActorError, ray.exceptions.GetTimeoutError):  # only a picture is lost
        for kind, job_id, *said in ray.get(reports.take.remote(), timeout=10):
            if job_id in doing:
                progress.tell(kind, job_id, *said)


def _end(ray: Any, reference: Any, job: Job, progress: Progress) -> None:
    try:
        message = ray.get(reference)
    except ray.exceptions.RayError as error:
        raise WorkerDied(
            f"{job.title}: it was lost {RETRIES + 1} times with its worker or node ({type(error).__name__}). "
            "Nothing that was finished is lost; the same command goes on."
        ) from error
    if message[0] != "finished":
        raise failure(job, message)
    progress.finished(job.id)


@contextlib.contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Ray, connected to a cluster: the one this process is connected to already, or another for as long as it takes."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent home
    try:
        import ray
        import ray.util.scheduling_strategies
    except ImportError as error:
        raise SpecError("--on ray needs Ray: pip install 'isogloss[ray]'.") from error
    if ray.is_initialized():
        yield ray
        return
    answer = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(address=address or None, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise SpecError(
            f"no Ray cluster could be used at '{address or 'this machine'}' ({str(error).strip().splitlines()[0]}). "
            "`ray start --head` starts one and prints its address."
        ) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, answer)  # Ray's own would end the driver without a word
    try:
        yield ray
    finally:
        ray.shutdown()


def _check(ray: Any, threads: int) -> None:
    """A task that fits no node would wait for ever."""
    deadline = time.monotonic() + JOINING
    while True:
        most = max((node["Resources"].get("CPU", 0.0) for node in ray.nodes() if node["Alive"]), default=0.0)
        if most >= threads:
            return
        if time.monotonic() > deadline:
            break
        time.sleep(EVERY)
    raise SpecError(f"--threads {threads}: no node of the Ray cluster has more than {most:g} CPUs.")
