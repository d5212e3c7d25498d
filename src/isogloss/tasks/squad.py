"""SQuAD v1.1: the answer to a question, as a span of a Wikipedia paragraph. It trains XQuAD, MLQA and LAReQA.

    context   The lighthouse was finished in 1837 by a crew from Leith.
    question  Where did the crew come from?
    answer    Leith (starts at character 52)

The 48 dev articles hold the paragraphs of XQuAD and LAReQA: never train on dev when they are targets.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Span
from isogloss.core.task import Source, Task
from isogloss.formats.squad_json import spans

HOME = "https://raw.githubusercontent.com/rajpurkar/SQuAD-explorer/master/dataset"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """train-v1.1.json and dev-v1.1.json."""
    del language  # English only
    return [(folder / f"{split}-v1.1.json",)]


def read(folder: Path, split: str, language: str) -> Iterator[Span]:
    """Train or dev. Raises DataError."""
    (path,) = SOURCE.find("squad", places(folder, split, language))
    return spans(path)


SOURCE = Source(
    folder="squad",
    urls=(f"{HOME}/train-v1.1.json", f"{HOME}/dev-v1.1.json"),
    licence="CC BY-SA 4.0",
    cite="Rajpurkar et al. 2016, SQuAD: 100,000+ Questions for Machine Comprehension of Text",
)
TASK = Task(
    name="squad",
    type="span",
    title="SQuAD v1.1: extractive question answering",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("squad",),
    metrics=("exact_match+answer_f1", "answer_f1", "exact_match"),
    splits=("train", "dev"),
    counts={("train", "en"): 87599, ("dev", "en"): 10570},
    benchmarks=("intermediate",),
)
