"""XNLI across languages: the premise in one language, the hypothesis in another.

    language    de-fr
    premise     Der Bäcker hat am Montag geschlossen.
    hypothesis  On peut y acheter du pain le lundi.
    label       contradiction

Row i of XNLI is the same item in every language, so the premises of one file go with the hypotheses of another.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Classification
from isogloss.core.task import Task
from isogloss.tasks import xnli


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """Both languages' files."""
    premise, _, hypothesis = language.partition("-")
    both = product(xnli.places(folder, split, premise), xnli.places(folder, split, hypothesis))
    return [(*left, *right) for left, right in both]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One pair of languages. Raises DataError where the two disagree on a label or on how many there are."""
    premise, _, hypothesis = language.partition("-")
    left = list(xnli.read(folder, split, premise))
    right = list(xnli.read(folder, split, hypothesis))
    if len(left) != len(right):
        raise DataError(f"xnli {split}: {len(left)} rows in {premise}, {len(right)} in {hypothesis}; they must pair.")
    for one, other in zip(left, right, strict=True):
        if one.label != other.label:
            raise DataError(f"xnli {split} {one.id}: {one.label} in {premise}, {other.label} in {hypothesis}.")
        yield Classification(id=one.id, text=one.text, text_pair=other.text_pair, label=one.label)


TASK = Task(
    name="xnli_cross",
    type="classification",
    title="XNLI across languages (premise-hypothesis)",
    languages=tuple(f"{one}-{other}" for one in xnli.LANGUAGES for other in xnli.LANGUAGES if one != other),
    read=read,
    places=places,
    source=xnli.SOURCE,
    trained_on=("mnli",),
    labels=xnli.TASK.labels,
    metrics=("accuracy",),
    chance=1 / 3,
    splits=("dev", "test"),
)
