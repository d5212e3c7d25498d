"""HellaSwag's validation set divided, for places without the train set: three quarters train, the rest dev.

prompt   A man kneels beside a bicycle. he
choices  pumps up the back tyre. | sings to the crowd. | … | …
label    0
"""

from dataclasses import replace
from pathlib import Path

from isogloss.core.examples import Choice
from isogloss.tasks import hellaswag


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """hellaswag_val.jsonl, whole; the parallel files for test."""
    return hellaswag.places(folder, "test" if split == "test" else "dev", language)


def read(folder: Path, split: str, language: str) -> list[Choice]:
    """One split. Raises DataError."""
    (path,) = hellaswag.SOURCE.find("hellaswag_val", places(folder, split, language))
    found = list(hellaswag.items(path, "test" if split == "test" else "val"))
    cut = len(found) * 3 // 4
    return {"train": found[:cut], "dev": found[cut:], "test": found}[split]


TASK = replace(
    hellaswag.TASK,
    name="hellaswag_val",
    title="HellaSwag's validation set, divided (a stand-in)",
    read=read,
    places=places,
    source=replace(hellaswag.SOURCE, urls=hellaswag.SOURCE.urls[1:]),
    trained_on=("hellaswag_val",),
    counts={("test", code): 500 for code in ("en", "ru", "fa")},
    benchmarks=(),
)
