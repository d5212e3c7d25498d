"""HealthVer: does a snippet of a paper support, refute or leave open what the web says of a disease?

evidence  Masks reduced the number of droplets in the air of the ward.
claim     Masks do nothing against the virus.
label     contradiction
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Classification, Place
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.tsv import table
from isogloss.tasks._nli import LABELS

MEANT = dict(zip(("Supports", "Neutral", "Refutes"), LABELS, strict=True))
URL = "https://raw.githubusercontent.com/sarrouti/HealthVer/master/data"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """healthver_train.csv, healthver_dev.csv, healthver_test.csv."""
    del language  # English only
    return [(home / f"healthver_{split}.csv",) for home in (folder, folder.parent / "evidence" / "healthver")]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One split. Raises DataError."""
    (path,) = SOURCE.find("healthver", places(folder, split, language))
    rows = table(path, ("evidence", "claim", "label"), quoted=True, delimiter=",")
    for number, (line, (evidence, claim, label)) in enumerate(rows):
        if label not in MEANT:
            raise DataError.at(path, line, f"label is {quoted(label)}, expected one of {', '.join(MEANT)}.")
        yield Classification(
            id=f"{split}-{number}", text=evidence, text_pair=claim, label=MEANT[label], at=Place(path, line)
        )


SOURCE = Source(
    folder="healthver",
    urls=tuple(f"{URL}/healthver_{split}.csv" for split in ("train", "dev", "test")),
    licence="not stated",
    cite="Sarrouti et al. 2021, Evidence-based Fact-Checking of Health-related Claims",
)
TASK = Task(
    name="healthver",
    type="classification",
    title="HealthVer: what the web says of a disease",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("healthver", "scifact"),
    labels=LABELS,
    metrics=("accuracy",),
    chance=1 / 3,
)
