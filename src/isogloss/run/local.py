"""Run a plan in this process, one job after another."""

from collections.abc import Callable, Sequence

from isogloss.plan.job import Job
from isogloss.plan.site import Site
from isogloss.progress.steps import Progress
from isogloss.run.execute import Report, execute


def run(
    jobs: Sequence[Job],
    site: Site,
    progress: Progress,
    *,
    do: Callable[[Job, Site, Report], None] = execute,
) -> None:
    """Do the jobs in their order, which has parents first. The first error ends it; what is done stays done."""
    for job in jobs:
        with progress.at(job.id) as report:
            do(job, site, report)
