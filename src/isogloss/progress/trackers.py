"""Learning curves and scores of runs in trackers of experiments, as they are measured. One file here for each tracker.

A tracker's file defines `follow`, which begins to follow one run and returns its `Curve`. The packages are extras.
"""

import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isogloss.core.errors import SpecError
from isogloss.core.shown import visible
from isogloss.progress.log import Log
from isogloss.progress.steps import Listener

NAMES = ("tensorboard", "wandb", "mlflow")


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A run, as a tracker shows it."""

    study: str
    run: str
    title: str
    facts: Mapping[str, str]
    """What it is, name → value."""
    folder: Path
    """Where what is written goes, for a tracker that writes files."""


class Curve(Protocol):
    """One run in a tracker."""

    def add(self, at: int, values: Mapping[str, float]) -> None:
        """What was measured at a training step. After an interruption, steps may come again with the same values."""

    def close(self) -> None:
        """Nothing more will come."""


class Tracker(Listener):
    """Shows each run of a plan in one tracker. Raises SpecError where its package is not installed.

    A tracker that fails is given up with one line; the runs go on.
    """

    def __init__(self, name: str, steps: Iterable[str], about: Callable[[str], Followed]) -> None:
        try:
            module = importlib.import_module(f"isogloss.progress.{name}")
        except ImportError as error:
            raise SpecError(f"--log {name} needs a package ({error.name}): pip install 'isogloss[{name}]'.") from error
        self.name, self.about = name, about
        self._follow: Callable[[Followed], Curve] = module.follow
        self._waiting = Counter(step.partition("/")[0] for step in steps)  # a test is called RUN/KEY
        self._open: dict[str, Curve] = {}
        self._failed = False

    def measured(self, step: str, at: int, values: Mapping[str, float]) -> None:
        """A point of its run's curve, or a test's scores."""
        run = step.partition("/")[0]

        def add() -> None:
            if run not in self._open:
                self._open[run] = self._follow(self.about(run))
            self._open[run].add(at, values)

        self._try(add)

    def finished(self, step: str) -> None:
        """The end of a run, once all its steps are done."""
        run = step.partition("/")[0]
        self._waiting[run] -= 1
        if self._waiting[run] <= 0 and run in self._open:
            self._try(self._open.pop(run).close)

    def close(self) -> None:
        """The end of all runs."""
        for curve in self._open.values():
            self._try(curve.close)
        self._open = {}

    def _try(self, do: Callable[[], object]) -> None:
        if self._failed:
            return
        try:
            do()
        except Exception as error:  # any of a foreign package's; hours of training do not hang on it
            self._failed = True
            Log(sys.stderr).say(visible(f"--log {self.name} is given up: {type(error).__name__}: {error}"))
