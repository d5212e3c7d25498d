"""Climate-FEVER: does a sentence of Wikipedia support a claim about the climate, refute it, or neither?

    evidence  The ice sheet has lost mass in every year of the decade.
    claim     The ice sheet is growing.
    label     contradiction

It is a test alone. A label is what most of two to five annotators said of the one sentence.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Classification, Place
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.json_text import fetch, objects
from isogloss.tasks._nli import LABELS

MEANT = dict(zip(("SUPPORTS", "NOT_ENOUGH_INFO", "REFUTES"), LABELS, strict=True))
FILE = "climate-fever.jsonl"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The one file there is."""
    del split, language  # one file
    return [(home / FILE,) for home in (folder, folder / "dataset", folder.parent / "evidence" / "climate_fever")]


def read(folder: Path, split: str, language: str) -> Iterator[Classification]:
    """One example per sentence. Raises DataError."""
    (path,) = SOURCE.find("climate_fever", places(folder, split, language))
    for line, values in objects(path):
        claim = fetch(values, "claim", str, path, line)
        number = fetch(values, "claim_id", str, path, line)
        for place, evidence in enumerate(fetch(values, "evidences", list, path, line)):
            text = fetch(evidence, "evidence", str, path, line, f"evidences[{place}]")
            label = fetch(evidence, "evidence_label", str, path, line, f"evidences[{place}]")
            if label not in MEANT:
                raise DataError.at(path, line, f"evidence_label is {quoted(label)}, expected {', '.join(MEANT)}.")
            yield Classification(
                id=f"{number}/{place}", text=text, text_pair=claim, label=MEANT[label], at=Place(path, line)
            )


SOURCE = Source(
    folder="climate_fever",
    urls=(f"https://raw.githubusercontent.com/tdiggelm/climate-fever-dataset/main/dataset/{FILE}",),
    licence="not stated",
    cite="Diggelmann et al. 2020, CLIMATE-FEVER: A Dataset for Verification of Real-World Climate Claims",
)
TASK = Task(
    name="climate_fever",
    type="classification",
    title="Climate-FEVER: claims about the climate against Wikipedia",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("scifact",),
    labels=LABELS,
    metrics=("accuracy",),
    chance=0.64,  # the most frequent label, not enough information
    splits=("test",),
)
