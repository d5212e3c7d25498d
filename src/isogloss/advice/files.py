"""What a test file says without its labels: how many characters a token has, by language."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from isogloss.core.errors import IsoglossError
from isogloss.core.task import Task
from isogloss.core.texts import texts

FIRST = 200
"""Examples that are read of each language."""


def of_task(task: Task, data: Path, languages: Sequence[str]) -> dict[str, dict[str, float]]:
    """Language → "characters per token", of those of its test files that are here and can be read."""
    if task.source.generated or task.type == "retrieval" or "test" not in task.splits:
        return {}
    found: dict[str, dict[str, float]] = {}
    for code in dict.fromkeys(("en", *(languages or task.languages))):
        if code not in task.languages:
            continue
        try:
            examples = list(islice(task.read(data / task.source.folder, "test", code), FIRST))
        except (IsoglossError, OSError):
            continue
        tokens = [token for example in examples for text in texts(example) for token in text.split()]
        if tokens:
            found[code] = {"characters per token": sum(map(len, tokens)) / len(tokens)}
    return found
