"""A small dictionary from parallel text: each word of a language → the English word it is aligned with most.

For code-switching. In scripts without spaces words cannot be told apart, so no dictionary is made for them.
"""

from pathlib import Path

from isogloss.core.errors import SpecError
from isogloss.core.examples import Text
from isogloss.core.languages import ENGLISH
from isogloss.core.task import Task
from isogloss.core.typing import np
from isogloss.evaluation.words import words
from isogloss.models.alignment import links

LINES = 5000
"""Lines of the parallel text that are read, at most."""
SEEN = 2.0
"""Expected links below which a translation is an accident."""
SHARE = 0.3
"""Of a word's links, how many its translation must have."""


def pairs(task: Task, data: Path, language: str, lines: int = LINES) -> list[tuple[str, str]]:
    """(English, translation) of a text task's rows; empty where it has none. Raises SpecError for another type."""
    if task.type != "text":
        raise SpecError(f"'{task.name}' is a {task.type} task; a dictionary needs text with parallel English.")
    there = task.available(data, "train")
    if language == ENGLISH or not {ENGLISH, language} <= {*there}:
        return []
    one, other = (
        {text.row: text.text for text in task.examples(data, "train", code) if isinstance(text, Text) and text.row}
        for code in (ENGLISH, language)
    )
    return [(text, other[row]) for row, text in one.items() if row in other][:lines]


def dictionary(task: Task, data: Path, language: str) -> dict[str, tuple[str, ...]]:
    """Lower-cased word → its English translation. A word that is written the same in both is left out."""
    lines = [(words(english), words(foreign)) for english, foreign in pairs(task, data, language)]
    kinds = sorted({word for line in lines for side in line for word in side})
    if not kinds:
        return {}
    number = {word: place for place, word in enumerate(kinds)}
    ids = [tuple(np.array([number[word] for word in side], dtype=np.int64) for side in line) for line in lines]
    table = links([(one, two) for one, two in ids], len(kinds)).tocsc()
    entries: dict[str, tuple[str, ...]] = {}
    for column in np.flatnonzero(np.diff(table.indptr)):
        rows = table.indices[table.indptr[column] : table.indptr[column + 1]]
        counts = table.data[table.indptr[column] : table.indptr[column + 1]]
        best = int(counts.argmax())
        english, foreign = kinds[rows[best]], kinds[column]
        if counts[best] >= max(SEEN, SHARE * counts.sum()) and english != foreign:
            entries[foreign] = (english,)
    return entries
