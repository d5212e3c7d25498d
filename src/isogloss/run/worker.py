"""One worker process of a pool: takes jobs from its parent, one at a time, until the parent is gone.

Started as `python -m isogloss.run.worker FD`; FD is a socket that carries pickled messages. Its standard input is a
pipe that only the parent's life keeps open, so a parent that dies, however it dies, leaves no orphan behind.
"""

import contextlib
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

from isogloss.core import signals
from isogloss.core.doing import heard
from isogloss.core.errors import IsoglossError
from isogloss.plan.job import Job
from isogloss.plan.site import Site

EVERY = 0.2
"""Seconds between two messages about progress."""
SAID = ("step", "doing", "measured")
"""Kinds of messages that a job is followed by, as `Progress.tell` takes them."""
ORPHANED = 75
TERMINATED = 143


def main(descriptor: int) -> None:
    """Do jobs until the parent closes the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signals.when_alone(lambda: os._exit(ORPHANED))  # as hard as kill -9: every write of the store stands that
    try:
        with signals.answered():
            signals.let_go()
            _serve(descriptor)
    except signals.Terminated:
        os._exit(TERMINATED)  # what was half-written is gone


def _serve(descriptor: int) -> None:
    connection: Connection[Any, Any] = Connection(descriptor)
    site, work = connection.recv()
    do = function(work)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send(attempt(connection.recv(), site, do, connection.send))


def function(work: str) -> Callable[[Job, Site, Callable[[int, int], None]], None]:
    """What does a job, named as "module:function"."""
    module, _, name = work.partition(":")
    found: Callable[[Job, Site, Callable[[int, int], None]], None] = getattr(importlib.import_module(module), name)
    return found


def attempt(
    job: Job, site: Site, do: Callable[..., None], send: Callable[[tuple[Any, ...]], object]
) -> tuple[str, ...]:
    """Do a job, sending what it says as `SAID` has it, steps now and then alone; returns ("finished", id) or what went
    wrong."""
    told = 0.0

    def report(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            send(("step", job.id, done, total))

    def doing(what: str) -> None:
        send(("doing", job.id, what))

    def measured(at: int, values: Mapping[str, float]) -> None:
        send(("measured", job.id, at, dict(values)))

    try:
        with heard(doing, measured):
            do(job, site, report)
    except (BrokenPipeError, ConnectionResetError):
        raise
    except IsoglossError as error:
        return ("failed", job.id, type(error).__name__, str(error))
    except Exception:
        return ("broken", job.id, "", traceback.format_exc())
    return ("finished", job.id)


if __name__ == "__main__":
    main(int(sys.argv[1]))
