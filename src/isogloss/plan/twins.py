"""Runs that learn the same are trained once: which of them is made of which, and as which a run is trained.

Twins differ in the name of their last stage, or in whether checkpoints are kept (core.spec.RunSpec.twins). A stage's
name is part of a run's id and of the names of its random streams, so each by itself has numbers of its own. The first
is trained, under its own name; the others are made of its weights, and their records say so.
"""

import dataclasses
from collections.abc import Collection

from isogloss.core.spec import RunSpec
from isogloss.plan.job import Job
from isogloss.store.run_record import SAME_AS
from isogloss.store.store import Store


def origin(store: Store, run_id: str) -> str:
    """The run under whose name a run learned, its own or a twin's; empty where nothing was made of it yet.

    A run whose record is lost may have been tested: its scores go on being those of its weights.
    """
    record = store.ended(run_id)
    if record is not None:
        return record.same_as or run_id
    tested = store.evaluations(run_id)
    return str(store.about(*tested[0]).get(SAME_AS, run_id)) if tested else ""


def learned(store: Store, spec: RunSpec) -> RunSpec:
    """The run as which one is trained: as itself, or as it was before, where that was under the name of a twin."""
    name = origin(store, spec.run_id)
    return spec if name in ("", spec.run_id) else dataclasses.replace(store.spec(name), encoder=spec.encoder)


def usable(store: Store, spec: RunSpec, twin: str, *, snapshots: bool) -> bool:
    """Whether a run can be made of the weights of a twin: they are there, with the earlier ones where those are wanted,
    and are what the run's own were, where it was made before."""
    if not store.finished(twin) or (snapshots and not store.snapshots(twin)):
        return False
    return origin(store, spec.run_id) in ("", origin(store, twin))


def shared(job: Job, store: Store, kept: Collection[int], before: Collection[str]) -> Job:
    """A job of training, or that of making the run of a twin which is finished, or is trained `before` in the plan.

    `kept` is how many checkpoints the runs of the plan keep.
    """
    for twin in job.run.twins(kept) if job.run else ():
        name = twin.run_id
        new = name in before and not origin(store, name) and not origin(store, job.id)
        if job.run and (new or usable(store, job.run, name, snapshots=job.snapshots)):
            return dataclasses.replace(job, twin=name, needs=(name,), steps=0, title=f"{job.title}, as {name}")
    return job
