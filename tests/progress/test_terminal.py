"""On a terminal, progress is a picture drawn over itself that leaves nothing but what was said."""

import pytest

from isogloss.plan.job import Job
from isogloss.progress import terminal
from isogloss.progress.drawn import drawn
from screens import Screen

JOBS = [Job(kind="train", id=f"{n}", title=f"run {n}", seconds=30.0) for n in range(20)]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setattr(terminal, "EVERY", 0.0)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    return Screen()


def test_a_picture_names_what_runs_and_whom_it_waits_for(screen: Screen) -> None:
    """The share done, a line for each step in work, cut to the width; at the end the cursor is shown again."""
    progress = drawn(JOBS, out=screen)
    progress.say("what it costs")
    progress.step("1", 0, 0)
    progress.step("0", 1, 100)
    progress.doing("2", "reading " + "a long name " * 9)
    progress.close()
    picture = screen.getvalue()
    assert picture.startswith("what it costs\n")
    assert "0/20 jobs" in picture
    assert "run 0 1/100" in picture
    assert "run 1: another process works on it, waiting" in picture
    assert "a…\n" in picture
    assert picture.endswith("\x1b[2K")
    assert "\x1b[?25h" in picture


def test_more_work_than_lines_is_counted(screen: Screen) -> None:
    """Twenty at once are twelve lines and a number."""
    progress = drawn(JOBS, out=screen)
    for job in JOBS:
        progress.started(job.id)
    progress.close()
    assert "and 8 more" in screen.getvalue()
    assert "run 13" not in screen.getvalue()
