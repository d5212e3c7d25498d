"""SQuAD v2.0: as v1.1, and a third of the questions have no answer in their paragraph.

context   The lighthouse was finished in 1837 by a crew from Leith.
question  Who paid the crew?
answer    none
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Span
from isogloss.core.task import Source, Task
from isogloss.formats.squad_json import spans

HOME = "https://raw.githubusercontent.com/rajpurkar/SQuAD-explorer/master/dataset"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """train-v2.0.json and dev-v2.0.json."""
    del language  # English only
    return [(folder / f"{split}-v2.0.json",)]


def read(folder: Path, split: str, language: str) -> Iterator[Span]:
    """Train or dev. Raises DataError."""
    (path,) = SOURCE.find("squad2", places(folder, split, language))
    return spans(path)


SOURCE = Source(
    folder="squad",
    urls=(f"{HOME}/train-v2.0.json", f"{HOME}/dev-v2.0.json"),
    licence="CC BY-SA 4.0",
    cite="Rajpurkar, Jia & Liang 2018, Know What You Don't Know: Unanswerable Questions for SQuAD",
)
TASK = Task(
    name="squad2",
    type="span",
    title="SQuAD v2.0: extractive question answering, with unanswerable questions",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("squad2",),
    labels=("unanswerable",),
    metrics=("squad2_exact_match+squad2_answer_f1", "squad2_answer_f1", "squad2_exact_match"),
    chance=5945 / 11873,  # to answer nothing
    splits=("train", "dev"),
    counts={("dev", "en"): 11873},
    benchmarks=("intermediate",),
)
