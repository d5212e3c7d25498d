"""HellaSwag: which of four endings follows?

    prompt   A man kneels beside a bicycle. he
    choices  pumps up the back tyre. | sings to the crowd. | … | …
    label    0

`dev` is the validation set. Russian and Farsi are post-edited translations of 500 of its items, with the same 500 in
English; these parallel files are the `test` split here, since the official test has no labels. They share nothing with
a dev file from which they were taken out; the doctor says when they do.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Choice, Place
from isogloss.core.languages import ENGLISH
from isogloss.core.task import Source, Task
from isogloss.formats.json_text import fetch, objects, texts

NAMES = {"train": "hellaswag_train.jsonl", "dev": "hellaswag_val.jsonl"}
HOME = "https://raw.githubusercontent.com/rowanz/hellaswag/master/data"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """hellaswag_train.jsonl, hellaswag_val.jsonl, and hellaswag_val_500_ru_edited.jsonl."""
    if split == "test":
        return [(folder / f"hellaswag_val_500_{language}{'' if language == ENGLISH else '_edited'}.jsonl",)]
    return [(folder / NAMES[split],)] if language == ENGLISH else []


def read(folder: Path, split: str, language: str) -> Iterator[Choice]:
    """One split; the id is the item's position. Raises DataError."""
    (path,) = SOURCE.find("hellaswag", places(folder, split, language))
    return items(path, split)


def items(path: Path, split: str) -> Iterator[Choice]:
    """The items of a file. Raises DataError."""
    for number, (line, values) in enumerate(objects(path)):
        endings = texts(values, "endings", path, line)
        label = fetch(values, "label", int, path, line)
        if len(endings) != 4 or not 0 <= label < 4:
            raise DataError.at(path, line, f"{len(endings)} endings and label {label}, expected 4 and 0 to 3.")
        prompt = fetch(values, "ctx" if "ctx" in values else "context", str, path, line)
        name, at = f"{split}-{number}", Place(path, line)
        yield Choice(id=name, prompt=prompt, choices=tuple(endings), label=label, at=at)


SOURCE = Source(
    folder="hellaswag",
    urls=tuple(f"{HOME}/{name}" for name in NAMES.values()),
    licence="MIT; the translations' licence is unclear",
    cite="Zellers et al. 2019, HellaSwag: Can a Machine Really Finish Your Sentence?",
)
TASK = Task(
    name="hellaswag",
    type="choice",
    title="HellaSwag: which ending follows",
    languages=("en", "ru", "fa"),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("hellaswag",),
    metrics=("accuracy",),
    chance=0.25,
    counts={("dev", "en"): 10042} | {("test", code): 500 for code in ("en", "ru", "fa")},
    benchmarks=("intermediate",),
)
