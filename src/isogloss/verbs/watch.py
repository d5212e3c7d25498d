"""Watching a study: a page that is written again while it runs, here or elsewhere, and trackers of experiments."""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.report.terminal.screen import say
from isogloss.verbs import places

if TYPE_CHECKING:
    from isogloss.plan.job import Plan
    from isogloss.progress.steps import Listener
    from isogloss.progress.trackers import Followed
    from isogloss.store.store import Store

NEAR, FAR = 5, 30
"""Seconds between two pages, of a store in a folder and of one at a URL."""
SHARE = 4.0
"""After a page, nothing is written for at least this many times as long as it took."""
PATIENCE = 300.0
"""Seconds that the last page may take."""


def watch(arguments: argparse.Namespace) -> None:
    """Write a study's page again and again while it runs, here or elsewhere. Ends with the study, or with Ctrl-C.

    The page loads itself again, and says what runs, with learning curves and the time left. The last one does not.
    """
    from isogloss.core import folder
    from isogloss.core.errors import StoreError
    from isogloss.report.page import live, page, render

    store, name = places.store(arguments), places.study(arguments.study)
    store.study(name)  # or an error that names those there are
    path = arguments.out or Path(f"{name}.html")
    every = arguments.every or (FAR if isinstance(store.place, str) else NEAR)
    held = [folder.load("claims", each) for each in folder.names("claims")]
    over = _with_parent() if arguments.with_parent else threading.Event()
    seen: Any = None
    try:
        while not (over.is_set() or store.study(name).complete):
            begun = time.monotonic()
            with suppress(StoreError):  # a file that is being replaced, a network that is away: the next time
                if seen is not None:
                    store.sync()
                if (now := _state(store, name)) != seen:
                    page.write(store, name, path, held, refresh=every)
                    if seen is None:
                        say(path.resolve())
                    seen = now
            over.wait(max(every, SHARE * (time.monotonic() - begun)))
    except KeyboardInterrupt:
        with suppress(OSError):
            render.put(path.parent, path.name, live.still(path.read_text("utf-8")).encode())
        raise
    store.sync()
    page.write(store, name, path, held)
    say(path.resolve())


def _state(store: "Store", name: str) -> tuple[Any, ...]:
    """What a page would show otherwise if it were another."""
    study = store.study(name)
    runs = [store.done(run.id) for run in study.runs]
    return store.live(name), runs, [store.evaluated(each.run, each.key) for each in study.evaluations]


def _with_parent() -> threading.Event:
    """An event that comes when the parent is gone."""
    from isogloss.core import signals

    over = threading.Event()
    os.nice(10)  # the runs go first
    signals.when_alone(over.set)
    return over


@contextmanager
def paged(arguments: argparse.Namespace, name: str, place: Path | str) -> Iterator[None]:
    """While the block runs, a process of its own writes the page that --page asks for, and once more at the end.

    It ends by itself if this process is killed, and leaves a page that does not load itself again.
    """
    if arguments.page is None:
        yield
        return
    path = arguments.page if arguments.page.name else Path(f"{name}.html")
    command = ["-m", "isogloss", "watch", name, "--store", str(place), "--out", str(path), "--with-parent"]
    writer = subprocess.Popen(
        [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        if writer.stdin:
            writer.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            writer.wait(PATIENCE)


def listeners(arguments: argparse.Namespace, found: "Plan", store: "Store") -> "Sequence[Listener]":
    """Who hears of the progress of a run: whoever makes a live page of the store, and trackers. Raises SpecError for a
    tracker whose package is not installed."""
    from isogloss.progress.trackers import Tracker
    from isogloss.run.live import Live

    about = _about(found, arguments.log_to)
    steps = [job.id for job in found.missing]
    trackers = [Tracker(name, steps, about) for name in dict.fromkeys(arguments.log)]
    return [*([Live(store, found.study.name)] if steps else []), *trackers]


def _about(found: "Plan", folder: Path) -> Any:
    from isogloss.core.spec import plain
    from isogloss.progress.trackers import Followed

    runs = {job.run.run_id: job for job in found.jobs if job.run and job.kind == "train"}

    def about(run_id: str) -> "Followed":
        job = runs[run_id]
        phases = plain(job.run)["phases"] if job.run else []
        facts = {name: _text(value) for name, value in (phases[-1] if phases else {}).items()}
        parent = job.run.parent if job.run else None
        facts |= {"run": run_id, "parent": parent.run_id if parent else ""}
        return Followed(study=found.study.name, run=run_id, title=job.title, facts=facts, folder=folder)

    return about


def _text(value: Any) -> str:
    return "+".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
