"""The English dev set that chooses a run's weights."""

from pathlib import Path

from isogloss.core.languages import ENGLISH
from isogloss.core.phase import Phase
from isogloss.core.task import Find, Task


def dev_of(task: Task, phase: Phase, find: Find, data: Path) -> tuple[Task, str] | None:
    """The dev set that chooses a run's weights for a task, in the language of its labels: the task's own, else that of
    the task that trains it. None where neither is there."""
    language = ENGLISH if ENGLISH in phase.languages or not phase.languages else phase.languages[0]
    for name in dict.fromkeys((task.name, *reversed(task.trained_on))):
        candidate = task if name == task.name else find(name)
        if candidate.metrics and language in candidate.languages and language in candidate.available(data, "dev"):
            try:
                next(iter(candidate.read(data / candidate.source.folder, "dev", language)), None)
            except FileNotFoundError:  # a user's task that names no places
                continue
            return candidate, language
    return None


def devs_of(phase: Phase, find: Find, data: Path) -> list[tuple[Task, str]]:
    """The dev sets of a phase's own tasks."""
    found = [dev_of(find(name), phase, find, data) for name in phase.tasks]
    return [each for each in found if each is not None]
