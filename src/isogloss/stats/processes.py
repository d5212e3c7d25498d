"""Share independent work among processes of this machine. Results come in order and do not depend on their number."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from typing import Any

from isogloss.core import signals
from isogloss.core.errors import WorkerDied

DEATHS = 2
"""Work that loses a process so often ends with an error."""


@contextmanager
def shared(processes: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """`map`, in this process or in several. What a process that dies was at is done once more by another; raises
    WorkerDied when that dies as well."""
    if processes <= 1:
        yield map
        return
    crew = _Crew(processes)
    try:
        yield crew.map
    except BaseException:
        crew.kill()
        crew.pool.shutdown()
        raise
    crew.pool.shutdown(cancel_futures=True)


class _Crew:
    def __init__(self, processes: int) -> None:
        self.processes = processes
        self.pool = self._hired()

    def _hired(self) -> ProcessPoolExecutor:
        # Spawned, not forked: libraries at work here have threads.
        return ProcessPoolExecutor(
            self.processes, mp_context=get_context("spawn"), initializer=_end_with, initargs=(os.getpid(),)
        )

    def map(self, do: Callable[..., Any], *items: Any) -> Iterator[Any]:
        work = list(zip(*items, strict=False))
        done = deaths = 0
        while done < len(work):
            try:
                for result in self._begun(do, work[done:]):
                    yield result
                    done += 1
            except BrokenProcessPool as error:
                deaths += 1
                if deaths == DEATHS:
                    raise WorkerDied(
                        f"a process that shared the work died, {deaths} times. That is often a machine out of memory. "
                        "Nothing that was finished is lost; free some memory and give the same command again."
                    ) from error
                self.pool.shutdown()
                self.pool = self._hired()

    def _begun(self, do: Callable[..., Any], work: list[Any]) -> Iterator[Any]:
        resource_tracker.ensure_running()  # it would let go of what is held
        with signals.held():  # this starts the processes
            futures = [self.pool.submit(do, *each) for each in work]
        return _results(futures)

    def kill(self) -> None:
        for process in list((self.pool._processes or {}).values()):
            process.kill()


def _results(futures: list[Future[Any]]) -> Iterator[Any]:
    """In order. None is cancelled when an interruption ends this, as those of `Executor.map` are: the pool's own thread
    would print a traceback where it gives a cancelled one the error that its process died."""
    futures.reverse()
    while futures:
        yield futures.pop().result()


def _end_with(parent: int) -> None:
    """A parent that is killed leaves no orphan behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signals.let_go()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
