"""Ctrl-C and SIGTERM, answered alike and once."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from isogloss.core.signals import Terminated, answered, held


@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)])
def test_a_request_raises_once_and_what_cleans_up_is_not_cut_short(number: int, raised: type[BaseException]) -> None:
    """The first request raises; a second at once, as `timeout` sends it, does nothing; the handlers are put back."""
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    cleaned = []

    @answered()
    def work() -> None:
        try:
            os.kill(os.getpid(), number)
            time.sleep(5)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            cleaned.append(True)

    with pytest.raises(KeyboardInterrupt) as told:
        work()
    assert cleaned
    assert told.type is raised
    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before


@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)])
def test_a_request_that_comes_while_an_object_is_deleted_is_not_lost(
    number: int, raised: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    """Python lets no error out of `__del__`: it would print it and go on, as if nobody had asked."""

    class Deleted:
        def __del__(self) -> None:
            os.kill(os.getpid(), number)
            time.sleep(5)

    @answered()
    def work() -> None:
        Deleted()
        time.sleep(5)

    with pytest.raises(KeyboardInterrupt) as told:
        work()
    assert told.type is raised
    assert capsys.readouterr().err == ""


def test_a_request_that_comes_while_it_is_held_is_answered_after() -> None:
    """Nothing of the block is left out."""
    whole = []

    @answered()
    @held()
    def work() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.05)
        whole.append(True)

    with pytest.raises(Terminated):
        work()
    assert whole


def test_a_request_that_another_thread_takes_is_held_as_well() -> None:
    """Numerical libraries keep threads that have no mask; the system may hand them the signal."""
    whole = []
    done = threading.Event()
    idle = threading.Thread(target=done.wait)
    idle.start()

    @answered()
    @held()
    def work() -> None:
        assert idle.ident is not None
        signal.pthread_kill(idle.ident, signal.SIGTERM)
        time.sleep(0.05)
        whole.append(True)

    try:
        with pytest.raises(Terminated):
            work()
    finally:
        done.set()
        idle.join()
    assert whole


HELD = """
import signal, sys, time
from isogloss.core import signals
if sys.argv[1] == "held":
    signals.let_go()
print("late", flush=True)
"""


def test_a_process_that_was_started_while_requests_are_held_is_asked_nothing_until_it_lets_go() -> None:
    """SIGTERM while Python starts does not end it with a traceback or half-way: it waits until it is wanted."""
    with held():
        patient = subprocess.Popen([sys.executable, "-c", HELD, "never"], stdout=subprocess.PIPE, text=True)
        ready = subprocess.Popen([sys.executable, "-c", HELD, "held"], stdout=subprocess.PIPE, text=True)
    for each in (patient, ready):
        each.send_signal(signal.SIGTERM)
    assert (patient.communicate()[0], patient.returncode) == ("late\n", 0)
    assert (ready.communicate()[0], ready.returncode) == ("", -signal.SIGTERM)


def test_a_later_request_ends_a_process_that_does_not_end() -> None:
    """Whoever asks again after a second wants it to be gone, whatever it is at."""
    code = (
        "import signal, time\nfrom isogloss.core import signals\n"
        "with signals.answered():\n    try:\n        print('ready', flush=True)\n        time.sleep(60)\n"
        "    finally:\n        print('asked', flush=True)\n        time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "asked\n"
        time.sleep(1.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == -signal.SIGTERM
