"""Progress on a terminal: a bar, and a line for each step in work, drawn over themselves and gone at the end."""

import time
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from isogloss.progress.steps import Listener, Progress

EVERY = 0.2
"""Seconds between two pictures."""
MOST = 12
"""Steps in work that have a line."""


class Terminal(Listener):
    """Draws on a terminal. Nothing is left of it at the end but the sentences that were said."""

    def __init__(self, out: TextIO) -> None:
        self.console = Console(file=out, highlight=False)
        self._live = Live(
            console=self.console, transient=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )
        self._shown = 0.0

    def changed(self, progress: Progress, *, last: bool = False) -> None:
        """Another picture, if the last one is old enough."""
        now = time.monotonic()
        if not last and now - self._shown < EVERY:
            return
        self._shown = now
        if not self._live.is_started:
            self._live.start()
        self._live.update(_picture(progress), refresh=True)

    def say(self, line: str) -> None:
        """A line above the picture."""
        self.console.print(line, markup=False, soft_wrap=True)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._live.stop()


def _picture(progress: Progress) -> Group:
    head = Table.grid(padding=(0, 1))
    if progress.head:
        bar = ProgressBar(total=1.0, completed=progress.share, width=24)
        head.add_row(bar, Text(progress.head.strip(), no_wrap=True, overflow="ellipsis"))
    lines = [Text(f"  {each}", no_wrap=True, overflow="ellipsis") for each in progress.doings]
    more = [Text(f"  and {len(lines) - MOST} more")] if len(lines) > MOST else []
    return Group(head, *lines[:MOST], *more)
