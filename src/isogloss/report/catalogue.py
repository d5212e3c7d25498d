"""What is known about a task before anything is trained: the rows of `isogloss tasks`."""

from pathlib import Path
from typing import Any

from isogloss.core.task import Task


def facts(task: Task, data: Path) -> dict[str, Any]:
    """As plain data; `on_disk` names the languages whose files are there."""
    return {
        "name": task.name,
        "title": task.title,
        "type": task.type,
        "languages": list(task.languages),
        "splits": list(task.splits),
        "trained_on": list(task.trained_on),
        "labels": list(task.labels),
        "metrics": list(task.metrics),
        "chance": task.chance,
        "benchmarks": list(task.benchmarks),
        "generated": bool(task.source.generated),
        "on_disk": {split: list(task.available(data, split)) for split in task.splits},
        "licence": task.source.licence,
        "cite": task.source.cite,
        "urls": list(task.source.urls),
        "by_hand": task.source.by_hand,
    }


def there(facts: dict[str, Any]) -> str:
    """How many languages of each split are there, in a few words."""
    if facts["generated"]:
        return "made"
    return " ".join(f"{split} {len(codes)}" for split, codes in facts["on_disk"].items() if codes) or "–"
