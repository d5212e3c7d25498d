"""CosmosQA's validation set divided, for places without the train set: three quarters train, the rest dev.

    prompt   We had packed the tent , but the rain never stopped . Why did they probably stay at home ?
    choices  The weather was bad . | They lost the tent . | They had to work . | None of the above choices .
    label    0

A story stands before several questions in a row and is never on both sides of the cut.
"""

from dataclasses import replace
from pathlib import Path

from isogloss.core.examples import Choice
from isogloss.tasks import cosmosqa


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """valid.csv, whole."""
    return cosmosqa.places(folder, "dev", language) if split else []


def read(folder: Path, split: str, language: str) -> list[Choice]:
    """Train or dev. Raises DataError."""
    found = list(cosmosqa.read(folder, "dev", language))
    cut = len(found) * 3 // 4
    while 0 < cut < len(found) and _story(found[cut]) == _story(found[cut - 1]):
        cut += 1
    return found[:cut] if split == "train" else found[cut:]


def _story(item: Choice) -> str:
    return item.id.split("##q")[0]


TASK = replace(
    cosmosqa.TASK,
    name="cosmosqa_val",
    title="CosmosQA's validation set, divided (a stand-in)",
    read=read,
    places=places,
    source=replace(cosmosqa.SOURCE, urls=cosmosqa.SOURCE.urls[1:]),
    trained_on=("cosmosqa_val",),
    counts={},
    benchmarks=(),
)
