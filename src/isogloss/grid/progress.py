"""How far a plan is: one line on a terminal, some lines in a log, nothing when quiet."""

import shutil
import sys
import time
from collections.abc import Sequence
from typing import TextIO

from isogloss.core import quantities
from isogloss.core.shown import visible
from isogloss.grid.job import Job

EVERY = 0.2
"""Seconds between two pictures on a terminal."""
EVERY_LINE = 15.0
"""Seconds between two lines in a log."""
UNKNOWN = 10.0
"""Seconds that a job without an estimate counts."""


class Progress:
    """Told what happens, it prints. The share done weighs jobs by their estimated time."""

    def __init__(
        self, jobs: Sequence[Job], *, workers: int = 1, out: TextIO | None = None, quiet: bool = False
    ) -> None:
        self.out = out or sys.stderr
        self.terminal = self.out.isatty()
        self.quiet = quiet
        self.workers = workers
        self._weight = {job.id: job.seconds or UNKNOWN for job in jobs}
        self._title = {job.id: job.title for job in jobs}
        self._total = sum(self._weight.values()) or 1.0
        self._finished = 0.0
        self._count = 0
        self._now: dict[str, tuple[int, int]] = {}
        self._begun = time.monotonic()
        self._shown = self._begun if not self.terminal else 0.0

    def started(self, job_id: str) -> None:
        """A job begins."""
        self._now[job_id] = (0, 1)
        self._show()

    def step(self, job_id: str, done: int, total: int) -> None:
        """A job has done so many of its steps; (0, 0): it waits for another process."""
        self._now[job_id] = (done, total)
        self._show()

    def finished(self, job_id: str) -> None:
        """A job is done."""
        self._now.pop(job_id, None)
        self._finished += self._weight[job_id]
        self._count += 1
        self._show(last=self._count == len(self._weight))

    def failed(self, job_id: str) -> None:
        """A job has stopped without a result."""
        self._now.pop(job_id, None)

    def say(self, line: str) -> None:
        """Print a line of its own."""
        if not self.quiet:
            self._clear()
            print(visible(line), file=self.out, flush=True)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._clear()

    @property
    def spent(self) -> float:
        """Seconds since the begin."""
        return time.monotonic() - self._begun

    @property
    def share(self) -> float:
        """Share done in [0, 1]."""
        part = sum(self._weight[job] * done / total for job, (done, total) in self._now.items() if total)
        return min(1.0, (self._finished + part) / self._total)

    @property
    def left(self) -> float:
        """Seconds left: by the estimates at first, by the pace so far once it shows."""
        spent, share = self.spent, self.share
        planned = self._total * (1 - share) / self.workers
        if share <= 0:
            return planned
        trust = min(1.0, share / 0.2)
        return trust * spent * (1 - share) / share + (1 - trust) * planned

    def line(self) -> str:
        """What is shown."""
        titles = [self._job(job) for job in self._now]
        left = quantities.duration(self.left)
        head = f"{100 * self.share:3.0f}%  {self._count}/{len(self._weight)} jobs  {left} left"
        return visible("  ".join([head, *titles]))

    def _job(self, job_id: str) -> str:
        done, total = self._now[job_id]
        if not total:
            return f"[{self._title[job_id]}: another process works on it, waiting]"
        return f"[{self._title[job_id]} {done}/{total}]" if total > 1 else f"[{self._title[job_id]}]"

    def _show(self, *, last: bool = False) -> None:
        now = time.monotonic()
        if self.quiet or (not last and now - self._shown < (EVERY if self.terminal else EVERY_LINE)):
            return
        self._shown = now
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            self.out.write("\r\x1b[K" + self.line()[:width])
            self.out.flush()
        else:
            print(self.line(), file=self.out, flush=True)

    def _clear(self) -> None:
        if self.terminal and not self.quiet:
            self.out.write("\r\x1b[K")
            self.out.flush()
