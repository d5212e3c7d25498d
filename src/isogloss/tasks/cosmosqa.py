"""CosmosQA: why something in a personal story happened, or what it led to. Four answers, one right.

prompt   We had packed the tent , but the rain never stopped . Why did they probably stay at home ?
choices  The weather was bad . | They lost the tent . | They had to work . | None of the above choices .
label    0
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Choice, Place
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.tsv import table

NAMES = {"train": "train.csv", "dev": "valid.csv"}
COLUMNS = ("id", "context", "question", "answer0", "answer1", "answer2", "answer3", "label")
HOME = "https://raw.githubusercontent.com/wilburOne/cosmosqa/master/data"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """train.csv and valid.csv."""
    del language  # English only
    return [(home / NAMES[split],) for home in (folder, folder / "data")]


def read(folder: Path, split: str, language: str) -> Iterator[Choice]:
    """Train or dev. Raises DataError."""
    (path,) = SOURCE.find("cosmosqa", places(folder, split, language))
    for line, (name, context, question, *answers, label) in table(path, COLUMNS, quoted=True, delimiter=","):
        if label not in ("0", "1", "2", "3"):
            raise DataError.at(path, line, f"label is {quoted(label)}, expected 0, 1, 2 or 3.")
        at = Place(path, line)
        yield Choice(id=name, prompt=f"{context} {question}", choices=tuple(answers), label=int(label), at=at)


SOURCE = Source(
    folder="cosmosqa",
    urls=tuple(f"{HOME}/{name}" for name in NAMES.values()),
    licence="CC BY 4.0 (project site; the repository states none)",
    cite="Huang et al. 2019, Cosmos QA: Machine Reading Comprehension with Contextual Commonsense Reasoning",
)
TASK = Task(
    name="cosmosqa",
    type="choice",
    title="CosmosQA",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("cosmosqa",),
    metrics=("accuracy",),
    chance=0.25,
    splits=("train", "dev"),
    counts={("dev", "en"): 2985},
    benchmarks=("intermediate",),
)
