"""Adversarial NLI: pairs that people wrote to fool a model, in three rounds.

    premise     The mill closed in 1921 and reopened as a museum sixty years later.
    hypothesis  The mill was shut for less than half a century.
    label       contradiction

Read as released (anli_v1.0/R1/train.jsonl, and R2, R3); a split is its three rounds one after another.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Classification, Place
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.json_text import fetch, objects
from isogloss.tasks._nli import LABELS

ROUNDS = ("R1", "R2", "R3")
LETTERS = {"e": "entailment", "n": "neutral", "c": "contradiction"}


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The three rounds' files."""
    del language  # English only
    return [tuple(home / part / f"{split}.jsonl" for part in ROUNDS) for home in (folder / "anli_v1.0", folder)]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One split. Raises DataError."""
    for path in SOURCE.find("anli", places(folder, split, language)):
        for line, values in objects(path):
            letter = fetch(values, "label", str, path, line)
            if letter not in LETTERS:
                raise DataError.at(path, line, f"label is {quoted(letter)}, expected e, n or c.")
            yield Classification(
                id=fetch(values, "uid", str, path, line),
                text=fetch(values, "context", str, path, line),
                text_pair=fetch(values, "hypothesis", str, path, line),
                label=LETTERS[letter],
                at=Place(path, line),
            )


SOURCE = Source(
    folder="anli",
    urls=("https://dl.fbaipublicfiles.com/anli/anli_v1.0.zip",),
    licence="CC BY-NC 4.0 (non-commercial)",
    cite="Nie et al. 2020, Adversarial NLI: A New Benchmark for Natural Language Understanding",
)
TASK = Task(
    name="anli",
    type="classification",
    title="ANLI: adversarial natural language inference",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("anli",),
    labels=LABELS,
    metrics=("accuracy",),
    chance=1 / 3,
)
