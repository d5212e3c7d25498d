"""How far a plan is: one line on a terminal, some lines in a log, nothing when quiet."""

import shutil
import sys
import threading
import time
from collections.abc import Sequence
from typing import Protocol, TextIO

from isogloss.core import quantities
from isogloss.core.shown import visible

EVERY = 0.2
"""Seconds between two pictures on a terminal."""
EVERY_LINE = 15.0
"""Seconds between two lines in a log."""
BEAT = 1.0
"""Seconds after which the picture is drawn again though nothing was heard."""
STILL = 5.0
"""Seconds without news of a job after which it is said for how long there were none."""
UNKNOWN = 10.0
"""Seconds that a job without an estimate counts."""


class Step(Protocol):
    """One of the things that progress is made in."""

    @property
    def id(self) -> str:
        """What it is called when it is heard of."""

    @property
    def title(self) -> str:
        """What a person reads."""

    @property
    def seconds(self) -> float | None:
        """Estimate; None where nothing is known."""


class Progress:
    """Told what happens, it prints. The share done weighs jobs by their estimated time.

    A thread of its own draws again when nothing is heard, until `close`: a long step shows that it lives.
    """

    def __init__(
        self, jobs: Sequence[Step], *, workers: int = 1, out: TextIO | None = None, quiet: bool = False
    ) -> None:
        self.out = out or sys.stderr
        self.terminal = self.out.isatty()
        self.quiet = quiet
        self.workers = workers
        self._weight = {job.id: job.seconds or UNKNOWN for job in jobs}
        self._title = {job.id: job.title for job in jobs}
        self._estimated = any(job.seconds for job in jobs)
        self._total = sum(self._weight.values()) or 1.0
        self._finished = 0.0
        self._count = 0
        self._now: dict[str, tuple[int, int]] = {}
        self._doing: dict[str, str] = {}
        self._heard: dict[str, float] = {}
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._heart: threading.Thread | None = None
        self._begun = time.monotonic()
        self._shown = self._begun if not self.terminal else 0.0

    def started(self, job_id: str) -> None:
        """A job begins."""
        self._news(job_id, (0, 1))
        if self._heart is None and not self.quiet:
            self._heart = threading.Thread(target=self._beat, daemon=True)
            self._heart.start()

    def step(self, job_id: str, done: int, total: int) -> None:
        """A job has done some of its steps; (0, 0): it waits for another process."""
        self._news(job_id, (done, total))

    def doing(self, job_id: str, what: str) -> None:
        """A job says what it is at, until its next step."""
        self._news(job_id, self._now.get(job_id, (0, 1)), what)

    def finished(self, job_id: str) -> None:
        """A job is done."""
        with self._lock:
            self._now.pop(job_id, None)
            self._finished += self._weight[job_id]
            self._count += 1
            self._show(last=self._count == len(self._weight))

    def failed(self, job_id: str) -> None:
        """A job has stopped without a result."""
        with self._lock:
            self._now.pop(job_id, None)

    def say(self, line: str) -> None:
        """Print a line of its own."""
        if not self.quiet:
            with self._lock:
                self._clear()
                print(visible(line), file=self.out, flush=True)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._over.set()
        if self._heart is not None:
            self._heart.join()
        self._clear()

    def _news(self, job_id: str, at: tuple[int, int], what: str = "") -> None:
        with self._lock:
            self._now[job_id], self._doing[job_id], self._heard[job_id] = at, what, time.monotonic()
            self._show()

    def _beat(self) -> None:
        while not self._over.wait(BEAT):
            with self._lock:
                self._show()

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
        head = [f"{100 * self.share:3.0f}%  {self._count}/{len(self._weight)} jobs  {left} left"]
        return visible("  ".join([*(head if self._estimated or self.share > 0 else []), *titles]))

    def _job(self, job_id: str) -> str:
        done, total = self._now[job_id]
        title, what = self._title[job_id], self._doing.get(job_id, "")
        still = time.monotonic() - self._heard.get(job_id, time.monotonic())
        since = f", {quantities.duration(still)}" if still >= STILL else ""
        if not total:
            return f"[{title}: another process works on it, waiting{since}]"
        if what:  # first, since the line may be cut
            return f"[{what}{since}: {title}]"
        return f"[{title} {done}/{total}{since}]" if total > 1 else f"[{title}{since}]"

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
