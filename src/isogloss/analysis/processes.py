"""Share independent work among processes of this machine. Results come in order and do not depend on their number."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any


@contextmanager
def shared(processes: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """`map`, in this process or in several."""
    if processes <= 1:
        yield map
        return
    # Spawned, not forked: libraries at work here have threads.
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_end_with, initargs=(os.getpid(),)
    ) as pool:
        yield pool.map


def _end_with(parent: int) -> None:
    """A parent that is killed leaves no orphan behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
