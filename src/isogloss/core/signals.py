"""Being asked to end, by Ctrl-C, SIGTERM or the death of a parent: what cleans up after the one cleans up after all."""

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

ASKED = (signal.SIGINT, signal.SIGTERM)
AGAIN = 1.0
"""Seconds after which a second request ends the process at once; `timeout` and shells send the first one twice."""
LOST = 0.1
"""Seconds after which a request is made again that came where Python lets no error through."""
_holding: list[None] = []
_waiting: list[int] = []
"""How deep `held` is nested, and what was asked meanwhile."""


class Terminated(KeyboardInterrupt):
    """SIGTERM."""


@contextmanager
def answered() -> Iterator[None]:
    """While the block runs, Ctrl-C raises KeyboardInterrupt and SIGTERM Terminated: once, so that cleaning up is whole.

    What the process was started to ignore (in a shell's background) stays ignored. An error that is raised while an
    object is being deleted is printed and dropped by Python, so a request that comes just then is made once more.
    """
    if threading.current_thread() is not threading.main_thread():  # only that one may say
        yield
        return
    first: list[float] = []

    def answer(number: int, _: FrameType | None) -> None:
        if _holding:
            _waiting.append(number)
            return
        if not first:
            first.append(time.monotonic())
            raise Terminated if number == signal.SIGTERM else KeyboardInterrupt
        if time.monotonic() - first[0] > AGAIN:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    def dropped(error: "sys.UnraisableHookArgs") -> None:
        if not (first and isinstance(error.exc_value, KeyboardInterrupt)):
            told(error)
            return
        first.clear()
        number = signal.SIGTERM if isinstance(error.exc_value, Terminated) else signal.SIGINT
        _thread.start_new_thread(_later, (number,))  # not threading's, whose start waits: the request would come here

    told, sys.unraisablehook = sys.unraisablehook, dropped
    before = {each: signal.getsignal(each) or signal.SIG_DFL for each in ASKED}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(each, answer)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
        sys.unraisablehook = told


def _later(number: int) -> None:
    time.sleep(LOST)
    os.kill(os.getpid(), number)


@contextmanager
def held() -> Iterator[None]:
    """What is asked while the block runs is answered after it. A process that is started in it is asked nothing, not
    even by Ctrl-C, which reaches all of a terminal's processes, until it calls `let_go`.

    The mask is what such a process inherits. It does not hold requests here: another thread, of which numerical
    libraries have some, may take the signal, and Python answers it in the main thread all the same.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ASKED)
    _holding.append(None)
    try:
        yield
    finally:
        _holding.pop()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if _waiting and not _holding:
            number = _waiting[0]
            _waiting.clear()
            signal.raise_signal(number)


def let_go() -> None:
    """Answer from here on, in a process that was started while requests were held."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ASKED)


def when_alone(do: Callable[[], object]) -> None:
    """Call `do`, from a thread, when the standard input ends: a pipe that the parent's life alone keeps open, so that
    a parent that dies, however it dies, leaves no orphan behind."""

    def wait() -> None:
        with suppress(OSError):
            while os.read(0, 1):
                pass
        do()

    threading.Thread(target=wait, daemon=True).start()
