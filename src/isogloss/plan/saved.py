"""A plan as its study's in the store: saved before it begins, and held against the store when it has ended."""

import json
from collections.abc import Callable, Iterator

from isogloss.core.errors import StoreError
from isogloss.core.spec import RunSpec
from isogloss.plan.job import Job, Plan
from isogloss.plan.plan import swept
from isogloss.store.garbage import CLAIM
from isogloss.store.store import Store
from isogloss.store.study import COMPLETE

SHOWN = 5
"""Jobs that an error names."""


def claimed(make: Callable[[], Plan], store: Store) -> Plan:
    """A plan, saved as its study's, once what it counts on is there: until it is saved, gc may free that.

    Nothing is written where there is nothing to do and the study is saved as it is: the store may be a read-only one.
    """
    while True:
        plan = make()
        if not plan.missing and _is_saved(plan, store):
            return plan
        with store.lock(CLAIM):
            _save(plan, store)
            used = {need for job in plan.missing for need in job.needs}
            counted = [job for job in plan.jobs if job.kind == "train" and job.cached and job.id in used]
            twins = {job.twin for job in plan.missing} - {"", *(job.id for job in plan.missing)}
            there = all(map(store.finished, {*twins, *(job.id for job in counted)}))
            if there and not any(job.snapshots and swept(job, store) for job in counted):
                return plan


def ended(plan: Plan, store: Store) -> None:
    """Hold the store against a plan that has been carried out. Raises StoreError for what is not there or not whole."""
    lost = [job.title for job in plan.jobs if not _is_there(job, store)]
    if lost:
        raise StoreError(
            f"{store}: {len(lost)} of {len(plan.jobs)} results of {plan.study.name} are not there although the run has "
            f"ended: {'; '.join(lost[:SHOWN])}{' …' if len(lost) > SHOWN else ''}. Give the same command again; "
            "`isogloss verify-store` shows whether something in the store is damaged."
        )
    if plan.missing:
        with store.lock(CLAIM):
            _save(plan, store, complete=True)


def _save(plan: Plan, store: Store, *, complete: bool = False) -> None:
    for spec in _without_spec(plan, store):
        store.keep_spec(spec)
    done = {COMPLETE: True} if complete or not plan.missing else {}
    store.save_study(plan.study.name, plan.plain() | done)


def _is_saved(plan: Plan, store: Store) -> bool:
    name = plan.study.name
    if name not in store.studies() or any(_without_spec(plan, store)):
        return False
    saved = store.study(name).plain()
    return bool((saved.pop(COMPLETE, False) or not store.writable) and saved == json.loads(json.dumps(plan.plain())))


def _without_spec(plan: Plan, store: Store) -> Iterator[RunSpec]:
    """Finished runs whose spec somebody deleted: a plan knows what they are."""
    for job in plan.jobs:
        known = job.kind == "train" and store.done(job.id)
        if known and job.run and not store.described(job.id):
            yield job.run


def _is_there(job: Job, store: Store) -> bool:
    """Whether the result of a job is in the store. Raises StoreError where it is damaged."""
    if job.kind == "evaluate":
        run = job.id.split("/")[0]
        return store.evaluated(run, job.key) and bool(store.about(run, job.key))
    if job.kind == "baseline":
        return store.scored(job.key)
    if job.kind == "translate":
        return job.cached or store.translation(job.key) is not None
    there = store.done(job.id)
    return bool(store.record(job.id).body) and store.spec(job.id) == job.run if there else job.cached
