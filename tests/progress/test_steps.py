"""Progress says the share done, the time left and what runs, as loudly as its place allows."""

import io
import time

import pytest

from isogloss.core.doing import doing
from isogloss.plan.job import Job
from isogloss.progress import steps as module
from isogloss.progress.steps import Progress
from isogloss.run.worker import attempt

JOBS = [Job(kind="train", id="a", title="first", seconds=30.0), Job(kind="train", id="b", title="second", seconds=10.0)]


class Screen(io.StringIO):
    """Text that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_the_share_weighs_jobs_by_their_time(clock: list[float]) -> None:
    """Half of a job of 30 s among 40 s is 37.5%; when that took 45 s, 75 s are left."""
    progress = Progress(JOBS, quiet=True)
    progress.started("a")
    progress.step("a", 50, 100)
    clock[0] += 45
    assert progress.share == 0.375
    assert progress.left == pytest.approx(75.0)
    progress.finished("a")
    progress.finished("b")
    assert (progress.share, progress.left, progress.spent) == (1.0, 0.0, 45.0)


def test_before_anything_is_done_the_estimates_count(clock: list[float]) -> None:  # noqa: ARG001
    """Two workers halve the estimated time."""
    assert Progress(JOBS, quiet=True, workers=2).left == 20.0


def test_a_terminal_has_one_line(clock: list[float]) -> None:
    """The line is drawn over itself, names what runs and whom it waits for, and is cleared at the end."""
    screen = Screen()
    progress = Progress(JOBS, out=screen)
    progress.started("a")
    clock[0] += 1
    progress.step("a", 1, 100)
    clock[0] += 1
    progress.step("a", 0, 0)
    progress.close()
    assert "\n" not in screen.getvalue()
    assert "0/2 jobs" in screen.getvalue()
    assert "[first 1/100]" in screen.getvalue()
    assert "waiting" in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_a_log_has_few_lines(clock: list[float]) -> None:
    """A thousand steps in a hundred seconds are some lines, the last one says all is done."""
    out = io.StringIO()
    progress = Progress(JOBS, out=out)
    for _ in range(1000):
        clock[0] += 0.1
        progress.step("a", 1, 100)
    progress.finished("a")
    progress.finished("b")
    lines = out.getvalue().splitlines()
    assert 5 <= len(lines) <= 9
    assert lines[-1].startswith("100%  2/2 jobs")


def test_a_long_step_shows_that_it_lives(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any news the line is drawn again, and says what is worked on and for how long nothing was heard."""
    monkeypatch.setattr(module, "BEAT", 0.005)
    out = io.StringIO()
    progress = Progress(JOBS, out=out)
    progress.started("a")
    progress.doing("a", "aligned vectors, meaning")
    for _ in range(2):
        clock[0] += 60
        before, until = len(out.getvalue().splitlines()), time.perf_counter() + 5
        while len(out.getvalue().splitlines()) == before and time.perf_counter() < until:
            time.sleep(0.005)
    progress.close()
    drawn = len(out.getvalue())
    assert "[aligned vectors, meaning, 1 min" in out.getvalue()
    assert "[aligned vectors, meaning, 2 min" in out.getvalue()
    progress.step("a", 1, 100)
    assert progress.line().endswith("[first 1/100]")
    assert len(out.getvalue()) == drawn  # nothing beats any more


def test_a_worker_passes_on_what_it_is_at() -> None:
    """What is said deep in a job reaches whoever gave it; outside of one nobody hears it."""
    sent: list[tuple[object, ...]] = []
    assert attempt(JOBS[0], None, lambda *_: doing("reading wiki"), sent.append) == ("finished", "a")  # type: ignore[arg-type]
    doing("nothing")
    assert sent == [("doing", "a", "reading wiki")]


def test_quiet_is_silent(clock: list[float]) -> None:
    """Nothing is printed, on a terminal either."""
    screen = Screen()
    progress = Progress(JOBS, out=screen, quiet=True)
    progress.started("a")
    clock[0] += 100
    progress.say("hello")
    progress.finished("a")
    progress.close()
    assert screen.getvalue() == ""
