"""The real work of a job, that stops in the middle for as long as a file says so.

A module of its own, since workers import it by name; torch only comes with the work, since what fails needs none.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.plan.job import Job
from isogloss.plan.site import Site

STEP = 9
"""The step that a held run stops after; its state is on the disk then."""


def work(job: Job, site: Site, report: Callable[[int, int], None]) -> None:
    """Do a job. The file `hold` beside the store names the one that stops; `held` then says which process that is."""
    from isogloss.run.execute import execute
    from isogloss.training import loop

    loop.SAVE_SECONDS = 0.0
    hold, held = site.store_root.parent / "hold", site.store_root.parent / "held"

    def step(done: int, total: int) -> None:
        report(done, total)
        while done == STEP and hold.is_file() and hold.read_text() == job.title:
            held.with_suffix(".new").write_text(str(os.getpid()))
            held.with_suffix(".new").rename(held)
            time.sleep(0.05)

    execute(job, site, step)


def broken(job: Job, site: Site, report: Callable[[int, int], None]) -> None:
    """Fail as a job does whose data is damaged."""
    del site, report
    raise DataError.at(Path("train.tsv"), 7, f"{job.kind}: two columns, expected three.")


def dying(job: Job, site: Site, report: Callable[[int, int], None]) -> None:
    """Die without a word."""
    del job, site, report
    os._exit(9)
