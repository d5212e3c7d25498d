"""Run a plan in this process, one job after another."""

from collections.abc import Callable, Sequence
from functools import partial

from isogloss.core.doing import heard
from isogloss.grid.execute import Report, execute
from isogloss.grid.job import Job
from isogloss.grid.progress import Progress
from isogloss.grid.site import Site


def run(
    jobs: Sequence[Job],
    site: Site,
    progress: Progress,
    *,
    do: Callable[[Job, Site, Report], None] = execute,
) -> None:
    """Do the jobs in their order, which has parents first. The first error ends it; what is done stays done."""
    for job in jobs:
        progress.started(job.id)
        with heard(partial(progress.doing, job.id)):
            do(job, site, partial(progress.step, job.id))
        progress.finished(job.id)
