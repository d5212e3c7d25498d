"""What a command that runs a study says of itself in the store, so that a live page can be made of it anywhere."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from isogloss.core.errors import StoreError
from isogloss.progress.steps import Listener, Progress
from isogloss.store import owner
from isogloss.store.store import Store

EVERY, FAR = 5.0, 30.0
"""Seconds between two writes, in a folder and at a URL."""
NOTED = 0.5
"""Seconds between two looks: steps of training may be quicker."""
POINTS = 200
"""Of each learning curve."""


class Live(Listener):
    """Writes how far things are, from a thread of its own: what waits for a disk or a network holds up no job.

    A write that fails costs a picture, and nothing else.
    """

    def __init__(self, store: Store, study: str) -> None:
        self.store, self.study = store, study
        self.every = FAR if isinstance(store.place, str) else EVERY
        self._curves: dict[str, list[tuple[int, float]]] = {}
        self._told: dict[str, Any] = {}
        self._over = threading.Event()
        self._writer: threading.Thread | None = None

    def changed(self, progress: Progress, *, last: bool = False) -> None:  # noqa: ARG002
        """Note where things stand, for the next write."""
        if time.time() - self._told.get("at", 0.0) < NOTED:
            return
        self._told = {
            "owner": owner.me(), "at": time.time(), "jobs": progress.total, "done": progress.count,
            "share": progress.share, "left": progress.left if progress.head else None, "working": progress.doings,
            "curves": {step: list(points) for step, points in self._curves.items() if step in progress.now},
        }  # fmt: skip
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, daemon=True)
            self._writer.start()

    def measured(self, step: str, at: int, values: Mapping[str, float]) -> None:
        """A point of a learning curve."""
        if "loss" in values:
            points = self._curves.setdefault(step, [])
            if points and at <= points[-1][0]:  # it was interrupted, and goes on from an earlier state
                points[:] = [point for point in points if point[0] < at]
            points.append((at, values["loss"]))
            del points[:-POINTS]

    def finished(self, step: str) -> None:
        """Its curve is in its record now."""
        self._curves.pop(step, None)

    def close(self) -> None:
        """Nobody runs the study any more."""
        self._over.set()
        if self._writer is not None:
            self._writer.join()
        self.store.end_live(self.study)

    def _write(self) -> None:
        while not self._over.wait(self.every):
            with suppress(StoreError, OSError):
                self.store.save_live(self.study, self._told)
