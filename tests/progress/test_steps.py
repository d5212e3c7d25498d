"""Progress weighs steps, tells its listeners what happens, and shows that a long step lives."""

import io
import time
from collections.abc import Mapping

import pytest

from isogloss.core.doing import doing, measured
from isogloss.plan.job import Job
from isogloss.progress import log, steps
from isogloss.progress.drawn import drawn
from isogloss.progress.steps import Listener, Progress, Step
from isogloss.run.worker import attempt

JOBS = [Job(kind="train", id="a", title="first", seconds=30.0), Job(kind="train", id="b", title="second", seconds=10.0)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(steps.time, "monotonic", lambda: now[0])
    return now


class Heard(Listener):
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.all: list[object] = []

    def measured(self, step: str, at: int, values: Mapping[str, float]) -> None:
        """A measurement."""
        self.all.append((step, at, dict(values)))

    def finished(self, step: str) -> None:
        """An end."""
        self.all.append(step)


def test_the_share_weighs_steps_by_their_time(clock: list[float]) -> None:
    """Half of a job of 30 s among 40 s is 37.5%; when that took 45 s, 75 s are left."""
    progress = Progress(JOBS)
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
    assert Progress(JOBS, workers=2).left == 20.0


def test_a_step_needs_a_name_alone() -> None:
    """Work without a plan names its steps; nothing is said of shares before one is done."""
    progress = Progress([Step("reading"), Step("reading", key="again")])
    with progress.at("reading") as report:
        assert (progress.head, progress.doings) == ("", ["reading"])
        report(3, 8)
        assert progress.doings == ["reading 3/8"]
    assert progress.head.startswith(" 50%  1/2 jobs")


def test_a_step_that_fails_is_not_done() -> None:
    """What raises is no longer in work, and counts for nothing."""
    progress = Progress([Step("reading")])
    with pytest.raises(ValueError, match="spilt"), progress.at("reading"):
        raise ValueError("spilt")
    assert (progress.count, progress.now) == (0, {})


def test_a_log_has_few_lines(clock: list[float]) -> None:
    """A thousand steps in a hundred seconds are some lines, the last one says all is done."""
    out = io.StringIO()
    progress = drawn(JOBS, out=out)
    for _ in range(1000):
        clock[0] += 0.1
        progress.step("a", 1, 100)
    progress.finished("a")
    progress.finished("b")
    lines = out.getvalue().splitlines()
    assert 5 <= len(lines) <= 9
    assert lines[0].endswith("[first 1/100]")
    assert lines[-1].startswith("100%  2/2 jobs")


def test_short_work_leaves_a_log_empty(clock: list[float]) -> None:
    """What ends before the first line is due prints none."""
    out = io.StringIO()
    with drawn(JOBS, out=out) as progress:
        for job in JOBS:
            clock[0] += log.EVERY / 3
            progress.started(job.id)
            progress.finished(job.id)
    assert out.getvalue() == ""


def test_a_long_step_shows_that_it_lives(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any news a line is drawn again, and says what is worked on and for how long nothing was heard."""
    monkeypatch.setattr(steps, "BEAT", 0.005)
    out = io.StringIO()
    progress = drawn(JOBS, out=out)
    progress.started("a")
    progress.doing("a", "building aligned vectors")
    for _ in range(2):
        clock[0] += 60
        before, until = len(out.getvalue().splitlines()), time.perf_counter() + 5
        while len(out.getvalue().splitlines()) == before and time.perf_counter() < until:
            time.sleep(0.005)
    progress.close()
    length = len(out.getvalue())
    assert "[still building aligned vectors, 1 min 00 s: first]" in out.getvalue()
    assert "[still building aligned vectors, 2 min 00 s: first]" in out.getvalue()
    progress.step("a", 1, 100)
    assert progress.doings == ["first 1/100"]
    assert len(out.getvalue()) == length  # nothing beats any more


def test_what_is_measured_reaches_every_listener() -> None:
    """Losses come in order, before the end of their step, in this process as from a worker; the last one is shown."""
    here, sent = Heard(), Heard()
    with Progress(JOBS, listeners=[here]) as progress, progress.at("a") as report:
        measured(1, loss=2.0)
        report(1, 2)
        assert progress.doings == ["first 1/2, loss 2"]
        measured(2, loss=1.5, lr=0.1)
    told: list[tuple[object, ...]] = []
    work = lambda *_: [measured(1, loss=2.0), measured(2, loss=1.5, lr=0.1)]  # noqa: E731
    assert attempt(JOBS[0], None, work, told.append) == ("finished", "a")  # type: ignore[arg-type]
    afar = Progress(JOBS, listeners=[sent])
    for message in told:
        afar.tell(*message)  # type: ignore[arg-type]
    afar.finished("a")
    assert here.all == sent.all == [("a", 1, {"loss": 2.0}), ("a", 2, {"loss": 1.5, "lr": 0.1}), "a"]


def test_a_worker_passes_on_what_it_is_at() -> None:
    """What is said deep in a job reaches whoever gave it; outside of one nobody hears it."""
    sent: list[tuple[object, ...]] = []
    assert attempt(JOBS[0], None, lambda *_: doing("reading wiki"), sent.append) == ("finished", "a")  # type: ignore[arg-type]
    doing("nothing")
    measured(1, loss=0.0)
    assert sent == [("doing", "a", "reading wiki")]


def test_quiet_is_silent(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed."""
    progress = Progress(JOBS)
    progress.started("a")
    clock[0] += 100
    progress.say("hello")
    progress.finished("a")
    progress.close()
    assert capsys.readouterr() == ("", "")
