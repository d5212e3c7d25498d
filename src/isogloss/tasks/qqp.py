"""Quora Question Pairs: do two questions ask the same?

    question 1  How do I get coffee out of a wool coat?
    question 2  What removes coffee stains from wool?
    label       1

Read in GLUE's layout (train.tsv, dev.tsv, with a header). GLUE's test split has no labels and is not read.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification, Place
from isogloss.core.task import Source, Task
from isogloss.formats.tsv import table


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """QQP/train.tsv, or train.tsv."""
    del language  # English only
    return [(home / f"{split}.tsv",) for home in (folder / "QQP", folder)]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """Train or dev. Raises DataError."""
    (path,) = SOURCE.find("qqp", places(folder, split, language))
    columns = ("question1", "question2", "is_duplicate")
    for number, (line, (first, second, label)) in enumerate(table(path, columns, quoted=None)):
        name, at = f"{split}-{number}", Place(path, line)
        yield Classification(id=name, text=first, text_pair=second, label=label.strip(), at=at)


SOURCE = Source(
    folder="qqp",
    urls=("https://dl.fbaipublicfiles.com/glue/data/QQP-clean.zip",),
    licence="Quora's terms of use (research, non-commercial)",
    cite="Iyer, Dandekar & Csernai 2017, First Quora Dataset Release; Wang et al. 2019, GLUE",
)
TASK = Task(
    name="qqp",
    type="classification",
    title="QQP: duplicate questions",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("qqp",),
    labels=("0", "1"),
    metrics=("accuracy",),
    chance=0.5,
    splits=("train", "dev"),
    benchmarks=("intermediate",),
)
