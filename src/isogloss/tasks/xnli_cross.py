"""XNLI across languages: the premise in one language, the hypothesis in another.

    language    de-fr
    premise     Der Bäcker hat am Montag geschlossen.
    hypothesis  On peut y acheter du pain le lundi.
    label       contradiction

Row i of XNLI is the same item in every language, so the premises of one file go with the hypotheses of another.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Classification
from isogloss.core.shown import quoted
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
        path = xnli.SOURCE.find("xnli", xnli.places(folder, split, premise))[0]
        other = xnli.SOURCE.find("xnli", xnli.places(folder, split, hypothesis))[0]
        raise DataError.at(path, None, f"{len(left)} rows, but {other} has {len(right)}; row by row they must pair.")
    for one, two in zip(left, right, strict=True):
        if one.label != two.label:
            raise one.wrong(f"the label is {quoted(one.label)}, but {quoted(two.label)} at {two.at}.")
        yield replace(one, text_pair=two.text_pair)


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
