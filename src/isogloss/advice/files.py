"""What a test says without its labels: characters per token, and how its translations lie on the pretrained encoder."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean

from isogloss.core.errors import IsoglossError
from isogloss.core.languages import ENGLISH
from isogloss.core.task import Task
from isogloss.core.texts import texts
from isogloss.store.store import Store

FIRST = 200
"""Examples that are read of each language."""


def of_task(task: Task, data: Path, languages: Sequence[str]) -> dict[str, dict[str, float]]:
    """Language → "characters per token", of those of its test files that are here and can be read."""
    if task.source.generated or task.type == "retrieval" or "test" not in task.splits:
        return {}
    found: dict[str, dict[str, float]] = {}
    for code in dict.fromkeys((ENGLISH, *(languages or task.languages))):
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


def alignment(store: Store, target: str) -> dict[str, float]:
    """Language → how often its sentences and English ones are each other's nearest (MEXA), as `measure` left it.

    On encoders before any phase, of this target's tests or of text lent to a language; nothing where not measured.
    """
    values: dict[str, list[float]] = {}
    for study in store.studies():
        for row in store.divergences(study):
            if row.measure == "mexa" and row.version in ("", "raw") and row.target in ("", target):
                values.setdefault(row.language, []).append(row.value)
    return {code: fmean(of) for code, of in values.items()}
