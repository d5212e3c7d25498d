"""CommonsenseQA v1.11: five answers to a question of everyday knowledge, one of them right.

    prompt   Where would you leave wet boots?
    choices  on the porch | in a drawer | under a pillow | in the oven | on a map
    label    0

The test split is published without answers; its questions are read as unlabelled.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Choice, Place
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.json_text import fetch, objects

FILES = {
    "train": "train_rand_split.jsonl",
    "dev": "dev_rand_split.jsonl",
    "test": "test_rand_split_no_answers.jsonl",
}
LETTERS = "ABCDE"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The random split's files."""
    del language  # English only
    return [(folder / FILES[split],)]


def read(folder: Path, split: str, language: str) -> Iterator[Choice]:
    """One split. Raises DataError."""
    (path,) = SOURCE.find("commonsenseqa", places(folder, split, language))
    for line, values in objects(path):
        question = fetch(values, "question", dict, path, line)
        choices = fetch(question, "choices", list, path, line, "question")
        letters = "".join(fetch(choice, "label", str, path, line, "choices") for choice in choices)
        if letters != LETTERS:
            raise DataError.at(path, line, f"the choices are labelled {quoted(letters)}, expected {LETTERS!r}.")
        key = fetch(values, "answerKey", str, path, line) if "answerKey" in values else None
        if key is not None and (len(key) != 1 or key not in LETTERS):
            raise DataError.at(path, line, f"answerKey is {quoted(key)}, expected one letter of {LETTERS}.")
        yield Choice(
            id=fetch(values, "id", str, path, line),
            prompt=fetch(question, "stem", str, path, line, "question"),
            choices=tuple(fetch(choice, "text", str, path, line, "choices") for choice in choices),
            label=None if key is None else LETTERS.index(key),
            at=Place(path, line),
        )


SOURCE = Source(
    folder="commonsenseqa",
    urls=tuple(f"https://s3.amazonaws.com/commensenseqa/{name}" for name in FILES.values()),
    licence="MIT",
    cite="Talmor et al. 2019, CommonsenseQA: A Question Answering Challenge Targeting Commonsense Knowledge",
)
TASK = Task(
    name="commonsenseqa",
    type="choice",
    title="CommonsenseQA",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("commonsenseqa",),
    metrics=("accuracy",),
    chance=0.2,
    counts={("train", "en"): 9741, ("dev", "en"): 1221},
    benchmarks=("intermediate",),
)
