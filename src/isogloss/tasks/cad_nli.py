"""Counterfactually augmented SNLI: pairs from SNLI, and the same pairs revised by people so that the label changes.

    premise     A girl in a red coat feeds the ducks.
    hypothesis  A girl feeds the birds in her garden.
    label       neutral

A stand-in for the adversarial part of ANLI+ where ANLI itself is not available.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification
from isogloss.core.task import Source, Task
from isogloss.formats.tsv import table
from isogloss.tasks._nli import LABELS, from_rows

URL = "https://raw.githubusercontent.com/acmi-lab/counterfactually-augmented-data/master/NLI/all_combined"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """train.tsv, dev.tsv, test.tsv of `NLI/all_combined`."""
    del language  # English only
    return [(folder / f"{split}.tsv",), (folder / "NLI" / "all_combined" / f"{split}.tsv",)]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One split. Raises DataError."""
    (path,) = SOURCE.find("cad_nli", places(folder, split, language))
    return from_rows(split, path, table(path, ("sentence1", "sentence2", "gold_label"), quoted=True))


SOURCE = Source(
    folder="cad_nli",
    urls=tuple(f"{URL}/{split}.tsv" for split in ("train", "dev", "test")),
    licence="Apache-2.0; the SNLI text CC BY-SA 4.0",
    cite="Kaushik, Hovy & Lipton 2020, Learning the Difference that Makes a Difference with Counterfactual Data",
)
TASK = Task(
    name="cad_nli",
    type="classification",
    title="Counterfactually augmented SNLI",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("cad_nli",),
    labels=LABELS,
    metrics=("accuracy",),
    chance=1 / 3,
    counts={("train", "en"): 8330, ("dev", "en"): 1000},
)
