"""ANLI+: ANLI with MultiNLI and SNLI as its training data, an intermediate task of Phang et al. 2020. Dev is ANLI's.

    premise     The mill closed in 1921 and reopened as a museum sixty years later.
    hypothesis  The mill was shut for less than half a century.
    label       contradiction

Its files are those of its three parts, in their own folders.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

from isogloss.core.examples import Classification
from isogloss.core.task import Task
from isogloss.tasks import anli, mnli, snli

PARTS = {"train": (anli, mnli, snli), "dev": (anli,)}


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """Every way to have all the parts."""
    alternatives = [part.places(folder.parent / part.SOURCE.folder, split, language) for part in PARTS[split]]
    return [tuple(path for paths in choice for path in paths) for choice in product(*alternatives)]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """The parts one after another; ids are prefixed with the part's name. Raises DataError."""
    for part in PARTS[split]:
        for example in part.read(folder.parent / part.SOURCE.folder, split, language):
            yield replace(example, id=f"{part.TASK.name}-{example.id}")


TASK = Task(
    name="anli_plus",
    type="classification",
    title="ANLI+: ANLI, MultiNLI and SNLI",
    languages=("en",),
    read=read,
    places=places,
    source=replace(
        anli.SOURCE,
        urls=(),
        by_hand="Fetch its parts: `isogloss tasks anli --fetch`, and the same for mnli and snli.",
    ),
    trained_on=("anli_plus",),
    labels=anli.TASK.labels,
    metrics=("accuracy",),
    chance=1 / 3,
    splits=("train", "dev"),
    benchmarks=("intermediate",),
)
