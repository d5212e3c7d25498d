"""The study of run/tiny.py, and one of its jobs struck in the middle (see run/held.py) while a test runs it."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from isogloss.plan.job import Job
from isogloss.plan.plan import plan
from isogloss.plan.site import Site

HERE = Path(__file__).parent / "run"
RECIPE = str(HERE / "tiny.py")


def site(store: Path) -> Site:
    """Where the study is done."""
    return Site(recipe=RECIPE, store_root=store, data=store.parent)


def missing(where: Site) -> tuple[Job, ...]:
    """The jobs that are not done."""
    return plan(where.study, where.store, where.data, where.find).missing


def wait_for(path: Path, patience: float) -> None:
    """Until a file is there."""
    deadline = time.monotonic() + patience
    while not path.is_file():
        assert time.monotonic() < deadline, path
        time.sleep(0.05)


@contextmanager
def struck(where: Site, job: str, strike: Callable[[int], object], patience: float) -> Iterator[None]:
    """While the block runs the first job whose title holds `job` stops in the middle, `strike(its process)` is called,
    and nothing is held any more."""
    beside = where.store_root.parent
    (beside / "hold").write_text(next(each.title for each in missing(where) if job in each.title))

    def wait() -> None:
        try:
            wait_for(beside / "held", patience)
            process = int((beside / "held").read_text())
        finally:  # where it took too long, the test fails; it would wait for ever
            (beside / "hold").unlink()
        strike(process)

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def sent(number: int) -> Callable[[int], None]:
    """A strike that sends a signal."""
    return lambda process: os.kill(process, number)
