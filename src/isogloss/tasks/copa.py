"""COPA (English, as in SuperGLUE): which of two alternatives is the cause, or the effect, of a premise?

    prompt   The lamp went out. What was the cause of this?
    choices  The bulb was old. | The room was painted.
    label    0

Its 400 training items are the second step towards XCOPA, after SocialIQA. The test split has no labels.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Choice
from isogloss.core.task import Source, Task
from isogloss.tasks._copa import read as read_copa

NAMES = {"train": "train", "dev": "val", "test": "test"}


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """XTREME's names (train-en.jsonl, train.en.jsonl) and SuperGLUE's (COPA/train.jsonl)."""
    name = NAMES[split]
    homes = (folder / "en", folder)
    found = [home / f"{name}{mark}{language}.jsonl" for home in homes for mark in "-."]
    return [(path,) for path in (*found, folder / "COPA" / f"{name}.jsonl")]


def read(folder: Path, split: str, language: str) -> Iterator[Choice]:
    """One split. Raises DataError."""
    (path,) = SOURCE.find("copa", places(folder, split, language))
    return read_copa(path, split)


SOURCE = Source(
    folder="xcopa",
    urls=("https://dl.fbaipublicfiles.com/glue/superglue/data/v2/COPA.zip",),
    licence="BSD-2-Clause",
    cite="Roemmele, Bejan & Gordon 2011, Choice of Plausible Alternatives; Wang et al. 2019, SuperGLUE",
)
TASK = Task(
    name="copa",
    type="choice",
    title="COPA: cause or effect",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("copa",),
    metrics=("accuracy",),
    chance=0.5,
    counts={("train", "en"): 400, ("dev", "en"): 100, ("test", "en"): 500},
)
