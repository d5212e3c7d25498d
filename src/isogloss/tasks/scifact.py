"""SciFact: does an abstract support a scientific claim, refute it, or neither?

    evidence  Mice without the gene kept their weight on a fatty diet.
    claim     The gene protects mice from gaining weight.
    label     contradiction

The release's training claims are divided: two of three are read, with the sentences that people marked; the third is
`dev`, kept for calibration, and has the nearest sentences of its abstract instead. The release's own dev set is `test`,
as the labels of its test set are not public. `fold(1)` and `fold(2)` keep the other thirds for calibration.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Classification
from isogloss.core.task import Reader, Source, Task
from isogloss.formats import scifact
from isogloss.tasks import _verification
from isogloss.tasks._nli import LABELS

FOLDS = 3
URL = "https://scifact.s3-us-west-2.amazonaws.com/release/latest/data.tar.gz"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """claims_train.jsonl or claims_dev.jsonl with corpus.jsonl, in the folder or in the release's `data`."""
    del language  # English only
    name = "claims_dev.jsonl" if split == "test" else "claims_train.jsonl"
    homes = (folder, folder / "data", folder.parent / "evidence" / "scifact")
    return [(home / name, home / "corpus.jsonl") for home in homes]


def part(claim: str) -> int:
    """The third that a claim belongs to, by its id."""
    return hashlib.sha256(f"scifact {claim}".encode()).digest()[0] % FOLDS


def fold(number: int) -> Task:
    """The task that keeps another third of the training claims for calibration; 0 is `scifact` itself."""
    return _task(f"scifact_{number}" if number else "scifact", number)


def _reader(kept: int) -> Reader:
    def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
        claims, corpus = SOURCE.find("scifact", places(folder, split, language))
        every = scifact.claims(claims)
        if split == "train":
            return _verification.rationales((each for each in every if part(each.id) != kept), corpus)
        return _verification.pairs((each for each in every if split == "test" or part(each.id) == kept), corpus)

    return read


def _task(name: str, kept: int) -> Task:
    return Task(
        name=name,
        type="classification",
        title="SciFact: claims against abstracts",
        languages=("en",),
        read=_reader(kept),
        places=places,
        source=SOURCE,
        trained_on=(name,),
        labels=LABELS,
        metrics=("accuracy",),
        chance=1 / 3,
    )


SOURCE = Source(
    folder="scifact",
    urls=(URL,),
    licence="claims CC BY 4.0; abstracts ODC-By 1.0",
    cite="Wadden et al. 2020, Fact or Fiction: Verifying Scientific Claims",
)
TASK = _task("scifact", 0)
