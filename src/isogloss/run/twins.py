"""Make a run of a finished twin that has learned the same, by links: no time, and no room on the disk."""

import time

from isogloss.plan.job import Job
from isogloss.plan.twins import origin, usable
from isogloss.store.layout import PARTIAL, SNAPSHOTS, STATE
from isogloss.store.run_record import SAME_AS
from isogloss.store.store import Store
from isogloss.store.write import link, remove

ASIDE = ("files", "processor_seconds", "energy")
"""What a record says of its own training alone, or of its own place."""


def adopt(store: Store, job: Job) -> bool:
    """Whether a run is finished now, with the weights of its job's twin; False where there is none, or they are gone.

    Hold the run's lock. A kill leaves a run that was begun, and the next call starts over.
    """
    spec, twin, begun = job.run, job.twin, time.monotonic()
    if spec is None or not twin or not usable(store, spec, twin, snapshots=job.snapshots):
        return False
    with store.lock(twin):  # gc leaves alone what somebody holds
        if not usable(store, spec, twin, snapshots=job.snapshots):  # it was at work on it
            return False
        store.folder(twin, snapshots=job.snapshots)  # brings them here, and holds them against their hashes
        folder = store.begin(spec)
        for path in store.at.weights(spec.run_id):  # of a training that was begun under its own name
            remove(path)
        aside = (STATE, PARTIAL) if spec.phases[-1].checkpoints else (STATE, PARTIAL, SNAPSHOTS)
        for path in store.at.weights(twin):
            if not path.name.startswith(aside):
                link(path, folder / path.name)
    before, as_whom = store.ended(spec.run_id), origin(store, twin)
    if before is None:
        told = {name: value for name, value in store.record(twin).plain().items() if name not in (*ASIDE, SAME_AS)}
        told |= {"seconds": time.monotonic() - begun} | ({SAME_AS: as_whom} if as_whom != spec.run_id else {})
    else:
        told = before.plain()  # gc had freed these very weights
    store.finish(spec, told)
    return True
