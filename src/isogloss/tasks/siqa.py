"""SocialIQA v1.4: what people feel, want or do next. Three answers, one right.

    prompt   Robin carried the neighbour's parcels upstairs. How would the neighbour feel as a result?
    choices  grateful | bored | out of breath
    label    0

Portuguese is a machine translation of the dev set.
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.errors import DataError
from isogloss.core.examples import Choice, Place
from isogloss.core.languages import ENGLISH
from isogloss.core.shown import quoted
from isogloss.core.task import Source, Task
from isogloss.formats.json_text import fetch, objects

NAMES = {"train": "trn", "dev": "dev", "test": "tst"}


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """socialIQa_v1.4_trn.jsonl, as XTREME-R downloads it."""
    translated = "" if language == ENGLISH else f"_{language}"
    name = f"socialIQa_v1.4_{NAMES[split]}{translated}.jsonl"
    return [(home / name,) for home in (folder, folder / "socialIQa_v1.4")]


def read(folder: Path, split: str, language: str) -> Iterator[Choice]:
    """One split. Raises DataError."""
    (path,) = SOURCE.find("siqa", places(folder, split, language))
    for number, (line, values) in enumerate(objects(path)):
        correct = fetch(values, "correct", str, path, line)
        if len(correct) != 1 or correct not in "ABC":
            raise DataError.at(path, line, f"correct is {quoted(correct)}, expected A, B or C.")
        yield Choice(
            id=f"{split}-{number}",
            prompt=f"{fetch(values, 'context', str, path, line)} {fetch(values, 'question', str, path, line)}",
            choices=tuple(fetch(values, f"answer{letter}", str, path, line) for letter in "ABC"),
            label="ABC".index(correct),
            at=Place(path, line),
        )


SOURCE = Source(
    folder="siqa",
    urls=("https://maartensap.github.io/social-iqa/data/socialIQa_v1.4.tgz",),
    licence="CC BY 4.0",
    cite="Sap et al. 2019, Social IQa: Commonsense Reasoning about Social Interactions",
)
TASK = Task(
    name="siqa",
    type="choice",
    title="SocialIQA",
    languages=("en", "pt"),
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("siqa",),
    metrics=("accuracy",),
    chance=1 / 3,
    counts={("dev", "en"): 1954, ("dev", "pt"): 1954},
    benchmarks=("intermediate",),
)
