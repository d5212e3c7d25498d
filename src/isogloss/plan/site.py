"""Where a study runs: its recipe, store and data. Plain values, so that a worker anywhere can build the rest."""

import dataclasses
import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from isogloss.core import folder
from isogloss.core.errors import SpecError
from isogloss.core.examples import Example
from isogloss.core.names import problem
from isogloss.core.spec import Study
from isogloss.core.task import Task
from isogloss.store.mirror import opened
from isogloss.store.store import Store

GENERATED = 24
"""Splits × languages of one generated task that a process holds: some megabytes each."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A recipe (a name, or the path of a user's file) with its options, and the places it works with."""

    recipe: str
    options: Mapping[str, Any] = field(default_factory=dict)
    store_root: Path | str
    """A folder, or a URL."""
    data: Path
    precision: str = "auto"
    """What published encoders compute in: "float32", "bfloat16", or "auto", what pays where they run. Not part of a
    run's name: its record and the scores say what it was."""
    keep: str = "all"
    """Which weights stay when their tests are done: "all"; those that runs were "needed" to start from; or "none", once
    these runs are done, too."""

    def __getstate__(self) -> dict[str, Any]:
        """Only the plain values travel: tasks hold functions, and each worker opens the store itself."""
        return {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}

    @cached_property
    def store(self) -> Store:
        """The store."""
        return opened(self.store_root)

    @cached_property
    def study(self) -> Study:
        """What the recipe returns for these options. Raises SpecError or UnknownName."""
        made = grid_of(self.recipe)(**self.options)
        if not isinstance(made, Study):
            raise SpecError(f"recipe {self.recipe}: grid() returned a {type(made).__name__}, expected a Study.")
        return made

    @property
    def called(self) -> dict[str, Any]:
        """The recipe and its options for the record: of a user's file its name alone, no path."""
        own = self.recipe.endswith(".py")
        name = Path(self.recipe).stem if own else self.recipe
        return {} if problem(name) else {"name": name, **({"own": True} if own else {}), "options": dict(self.options)}

    @property
    def mentioned(self) -> frozenset[str]:
        """The tasks that the recipe speaks of."""
        runs = (*self.study.runs, *(each.run for each in self.study.evaluations))
        trained = (name for run in runs for phase in run.phases for name in phase.all_tasks)
        tested = (each.task for each in self.study.evaluations)
        return frozenset((*trained, *tested, *self.study.baselines, *(task.name for task in self.study.tasks)))

    def find(self, name: str) -> Task:
        """A task by name: the study's own, then files beside a user's recipe, then the package's."""
        if name not in self._found:
            self._found[name] = _remembering(self._translating(self.look_up(name)))
        return self._found[name]

    @cached_property
    def _found(self) -> dict[str, Task]:
        return {}

    def _translating(self, task: Task) -> Task:
        """A task that is made from another reads what this store has of it."""
        if task.derived is None:
            return task
        return dataclasses.replace(task, read=functools.partial(task.derived.read, cache=self.store.at.sentences))

    def look_up(self, name: str) -> Task:
        """The task as its file defines it. Raises UnknownName or SpecError."""
        for task in self.study.tasks:
            if task.name == name:
                return task
        beside = [Path(self.recipe).resolve().parent] if self.recipe.endswith(".py") else []
        task = folder.load("tasks", name, beside)
        if not isinstance(task, Task):
            raise SpecError(f"task '{name}': TASK is a {type(task).__name__}, expected a Task.")
        return task


def _remembering(task: Task) -> Task:
    """A task that generates each split and language once per process: dozens of runs of a study ask for the same."""
    if not task.source.generated:
        return task  # files are read again: they are quick to read, many are large, and they may change

    @functools.lru_cache(maxsize=GENERATED)
    @functools.wraps(task.read)
    def read(folder: Path, split: str, language: str) -> tuple[Example, ...]:
        return tuple(task.read(folder, split, language))

    return dataclasses.replace(task, read=read)


def grid_of(recipe: str) -> Callable[..., Any]:
    """The function `grid` of a recipe. A user's recipe may import the files beside it."""
    if recipe.endswith(".py"):
        beside = str(Path(recipe).resolve().parent)
        if beside not in sys.path:
            sys.path.append(beside)  # last, so that nothing of the user's hides a library
    grid: Callable[..., Any] = folder.given("recipes", recipe)
    return grid
