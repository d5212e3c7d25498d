"""What is known about a task before anything is trained: the rows of `isogloss tasks`."""

from pathlib import Path
from typing import Any

from isogloss.core.task import Task

HEADER = ("task", "type", "languages", "metric", "trained on", "licence", "on disk", "")
ASIDE = ("licence", "metric", "trained on", "type")
"""Columns that a narrow terminal does without, in this order."""


def facts(task: Task, data: Path) -> dict[str, Any]:
    """As plain data; `on_disk` names the languages whose files are there, in `folder`."""
    return {
        "name": task.name,
        "title": task.title,
        "type": task.type,
        "languages": list(task.languages),
        "splits": list(task.splits),
        "trained_on": list(task.teachers),
        "labels": list(task.labels),
        "metrics": list(task.metrics),
        "parts": list(task.parts),
        "tuned_on": task.tuned_on,
        "chance": task.chance,
        "benchmarks": list(task.benchmarks),
        "generated": bool(task.source.generated),
        "folder": "" if task.source.generated else str(data / task.source.folder),
        "on_disk": {split: list(task.available(data, split)) for split in task.splits},
        "licence": task.source.licence,
        "cite": task.source.cite,
        "urls": list(task.source.urls),
        "by_hand": task.source.by_hand,
    }


def row(facts: dict[str, Any]) -> tuple[Any, ...]:
    """Cells below `HEADER`: the metric that counts, what trains it, the licence in short, and what is on disk."""
    metric = next(iter(facts["metrics"]), "–")
    licence = facts["licence"].split(";")[0].split(" (")[0]
    trained = " ".join(facts["trained_on"]) or "–"
    return facts["name"], facts["type"], len(facts["languages"]), metric, trained, licence, there(facts), facts["title"]


def there(facts: dict[str, Any]) -> str:
    """How many languages of each split are there, in a few words."""
    if facts["generated"]:
        return "made"
    return " ".join(f"{split} {len(codes)}" for split, codes in facts["on_disk"].items() if codes) or "–"
