"""SNLI: natural language inference over captions of photographs.

    premise     A girl in a red coat feeds the ducks.
    hypothesis  Somebody is outdoors with birds.
    label       entailment

Read as released (snli_1.0_train.jsonl). Rows without a gold label are left out, as the authors do.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification
from isogloss.core.task import Source, Task
from isogloss.tasks._nli import LABELS, from_jsonl


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """snli_1.0/snli_1.0_train.jsonl."""
    del language  # English only
    return [(home / f"snli_1.0_{split}.jsonl",) for home in (folder / "snli_1.0", folder)]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One split. Raises DataError."""
    (path,) = SOURCE.find("snli", places(folder, split, language))
    return from_jsonl(split, path)


SOURCE = Source(
    folder="snli",
    urls=("https://nlp.stanford.edu/projects/snli/snli_1.0.zip",),
    licence="CC BY-SA 4.0",
    cite="Bowman et al. 2015, A Large Annotated Corpus for Learning Natural Language Inference",
)
TASK = Task(
    name="snli",
    type="classification",
    title="SNLI: natural language inference",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("snli",),
    labels=LABELS,
    metrics=("accuracy",),
    chance=1 / 3,
    benchmarks=("intermediate",),
)
