"""XCOPA: COPA's validation and test items translated into eleven languages. Trained on SocialIQA, then on COPA.

    prompt   La lampada si spense. What was the cause of this?
    choices  La lampadina era vecchia. | La stanza fu dipinta.
    label    0

The question is asked in English in every language, since XCOPA gives only the word "cause" or "effect".
"""

from collections.abc import Iterator
from pathlib import Path

from isogloss.core.examples import Choice
from isogloss.core.languages import codes
from isogloss.core.task import Source, Task
from isogloss.tasks._copa import read as read_copa
from isogloss.tasks.copa import NAMES

LANGUAGES = codes("et ht id it qu sw ta th tr vi zh")
HOME = "https://raw.githubusercontent.com/cambridgeltl/xcopa/master/data"


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The release's data/it/test.it.jsonl, XTREME's test-it.jsonl and test.it.jsonl."""
    name = NAMES[split]
    found = [folder / "data" / language / f"{name}.{language}.jsonl", folder / language / f"{name}.{language}.jsonl"]
    return [(path,) for path in (*found, folder / f"{name}-{language}.jsonl", folder / f"{name}.{language}.jsonl")]


def read(folder: Path, split: str, language: str) -> Iterator[Choice]:
    """One language. Raises DataError."""
    (path,) = SOURCE.find("xcopa", places(folder, split, language))
    return read_copa(path, split)


SOURCE = Source(
    folder="xcopa",
    urls=tuple(f"{HOME}/{code}/{split}.{code}.jsonl" for code in LANGUAGES for split in ("val", "test")),
    licence="CC BY 4.0",
    cite="Ponti et al. 2020, XCOPA: A Multilingual Dataset for Causal Commonsense Reasoning",
)
TASK = Task(
    name="xcopa",
    type="choice",
    title="XCOPA: cause or effect",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    trained_on=("siqa", "copa"),
    metrics=("accuracy",),
    chance=0.5,
    splits=("dev", "test"),
    counts={(split, code): n for split, n in (("dev", 100), ("test", 500)) for code in LANGUAGES},
    benchmarks=("xtreme_r",),
)
