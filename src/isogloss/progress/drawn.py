"""Progress that a person sees: a picture on a terminal, lines in a log."""

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from isogloss.progress.log import Log
from isogloss.progress.steps import Listener, Progress, Weighed


def drawn(
    steps: Iterable[Weighed],
    *,
    quiet: bool = False,
    workers: int = 1,
    out: TextIO | None = None,
    listeners: Sequence[Listener] = (),
) -> Progress:
    """Progress of `steps`, drawn on `out` (standard error) by what that is; not at all when `quiet`."""
    drawers = [] if quiet else [_drawer(out or sys.stderr)]
    return Progress(steps, workers=workers, listeners=(*drawers, *listeners))


def _drawer(out: TextIO) -> Listener:
    if out.isatty():
        from isogloss.progress.terminal import Terminal  # rich takes a quarter of a second to import

        return Terminal(out)
    return Log(out)
