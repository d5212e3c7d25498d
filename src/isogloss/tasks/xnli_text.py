"""The sentences of XNLI's dev set without their labels: parallel pretraining text in fifteen languages.

    row premise-12     The kettle was still warm.
    row hypothesis-12  Somebody had made tea.

A premise stands before three hypotheses in a row and is given once. A study that pretrains on this text may report
XNLI's test set, but must not choose anything on its dev set.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Text
from isogloss.core.task import Task
from isogloss.tasks import xnli


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """XNLI's dev files."""
    del split  # train only
    return xnli.places(folder, "dev", language)


def read(folder: Path, split: str, language: str) -> Iterator[Text]:
    """Premises and hypotheses, each its own row. Raises DataError."""
    del split  # train only
    for number, example in enumerate(xnli.read(folder, "dev", language)):
        if number % 3 == 0:
            yield Text(id=f"premise-{number}", text=example.text, row=f"premise-{number}", at=example.at)
        name = f"hypothesis-{number}"
        yield Text(id=name, text=example.text_pair or "", row=name, at=example.at)


TASK = Task(
    name="xnli_text",
    type="text",
    title="XNLI dev without labels (parallel pretraining text)",
    languages=xnli.LANGUAGES,
    read=read,
    places=places,
    source=xnli.SOURCE,
    splits=("train",),
)
