"""Citation integrity: does a cited paper say what the citing sentence says of it?

    evidence  The trial found no difference in survival between the arms.
    claim     The treatment prolonged survival [12].
    label     contradiction

It is a test alone, in SciFact's layout; accurate citations are entailment, others contradiction.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification
from isogloss.core.task import Source, Task
from isogloss.formats import scifact
from isogloss.tasks import _verification
from isogloss.tasks._nli import LABELS


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """claims_dev.jsonl and claims_test.jsonl, each with corpus.jsonl."""
    del language  # English only
    homes = (folder, folder.parent / "evidence" / "citint")
    return [(home / f"claims_{split}.jsonl", home / "corpus.jsonl") for home in homes]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One example per citing sentence and cited paper. Raises DataError."""
    claims, corpus = SOURCE.find("citint", places(folder, split, language))
    return _verification.pairs(scifact.claims(claims), corpus)


SOURCE = Source(
    folder="citint",
    licence="repository MIT; see doi 10.1093/bioinformatics/btae420",
    cite="Sarol et al. 2024, Assessing citation integrity in biomedical publications",
    by_hand="Get claims_dev.jsonl, claims_test.jsonl and corpus.jsonl in SciFact's layout from "
    "github.com/jedick/MLE-capstone-project, and put them into the folder citint of the data.",
)
TASK = Task(
    name="citint",
    type="classification",
    title="Citation integrity: citing sentences against cited papers",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("scifact",),
    labels=LABELS,
    metrics=("accuracy",),
    chance=0.5,
    splits=("dev", "test"),
)
