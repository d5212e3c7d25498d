"""Progress in a log: a line now and then."""

import time
from typing import TextIO

from isogloss.progress.steps import Listener, Progress

EVERY = 15.0
"""Seconds between two lines."""


class Log(Listener):
    """Prints where things stand, every 15 seconds at most, and when all is done: of short work nothing."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self._shown = time.monotonic()
        self._long = False

    def changed(self, progress: Progress, *, last: bool = False) -> None:
        """A line, if it is time for one."""
        now = time.monotonic()
        if (last and self._long) or now - self._shown >= EVERY:
            self._shown, self._long = now, True
            self.say("  ".join([*filter(None, [progress.head]), *(f"[{each}]" for each in progress.doings)]))

    def say(self, line: str) -> None:
        """A line of its own."""
        print(line, file=self.out, flush=True)
