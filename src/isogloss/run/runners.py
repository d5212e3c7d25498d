"""What runs a plan: this process, a pool of processes, several of them on one run, or a cluster of Ray or Slurm."""

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import SpecError
from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress


@dataclass(frozen=True)
class Runner:
    """Runs the jobs of a plan, about `workers` at a time."""

    workers: int
    run: Callable[[Sequence[Job], Site, Progress], None]


def choose(
    on: str, jobs: int, *, workers: int | None = None, threads: int = 1, address: str = "", processes: int = 1,
    gpus_each: int = 0, options: Sequence[str] = (), folder: Path = Path(),
) -> Runner:  # fmt: skip
    """The runner for `on` ("local", "pool", "ray" or "slurm") and its jobs at a time. Raises SpecError for options that
    clash.

    A pool has a process per GPU where there are GPUs, else one per core; `workers` overrides that. Slurm's jobs take
    `gpus_each`, and sbatch's `options` as KEY=VALUE; what they print is in `folder`.
    """
    if (gpus_each or options) and on != "slurm":
        raise SpecError("--gpus and --slurm are options of Slurm's jobs; they go with --on slurm.")
    if address and on != "ray":
        raise SpecError(f"--address {address} names a Ray cluster; it goes with --on ray.")
    if on == "slurm":
        if processes > 1:
            raise SpecError("--processes shares one run among processes of this machine; not with --on slurm.")
        if wrong := [each for each in options if not each.partition("=")[2]]:
            raise SpecError(f"--slurm {wrong[0]}: expected KEY=VALUE with an option of sbatch, such as partition=gpu.")
        from isogloss.run import on_slurm

        settings = {key.lstrip("-"): value for key, _, value in (each.partition("=") for each in options)}
        run = functools.partial(
            on_slurm.run, folder=folder, workers=workers, threads=threads, gpus=gpus_each, options=settings
        )
        return Runner(max(1, min(jobs, workers or jobs)), run)
    if on == "ray":
        if processes > 1:
            raise SpecError("--processes shares one run among processes of this machine; it does not go with --on ray.")
        from isogloss.run import on_ray

        run = functools.partial(on_ray.run, address=address, workers=workers, threads=threads)
        return Runner(max(1, min(jobs, workers or cores())), run)
    if processes > 1:
        if workers not in (None, 1):
            raise SpecError(f"--workers {workers} does not go with --processes, which does one run after another.")
        from isogloss.run import together

        return Runner(1, functools.partial(together.run, processes=processes, threads=threads))
    devices = gpus()
    count = 1 if on == "local" else min(jobs, workers or len(devices) or cores())
    if count > 1:
        from isogloss.run import pool

        return Runner(count, functools.partial(pool.run, workers=count, threads=threads, devices=devices))
    from isogloss.run import local

    return Runner(1, local.run)


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gpus() -> tuple[str, ...]:
    """The CUDA devices this process may use, as CUDA_VISIBLE_DEVICES names them."""
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is not None:
        return tuple(each.strip() for each in named.split(",") if each.strip() not in ("", "-1"))
    if not any(Path("/dev").glob("nvidia[0-9]*")):  # torch takes a second to say the same
        return ()
    import torch

    return tuple(map(str, range(torch.cuda.device_count())))
