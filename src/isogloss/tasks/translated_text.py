"""Sentences of translated dev sets without their labels: parallel pretraining text in nine languages.

    row pawsx-12-a  en  The river flows from the lake into the sea.
    row pawsx-12-a  de  Der Fluss fließt aus dem See ins Meer.

PAWS-X's dev set (seven languages), SocialIQA's (Portuguese, by machine) and HellaSwag's parallel items (Russian,
Persian). A study that pretrains on this text must not be tested on those splits.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from isogloss.core.examples import Choice, Classification, Passage, Span, Tagging, Text
from isogloss.core.task import Source, Task
from isogloss.tasks import hellaswag, pawsx, siqa

SETS = ((pawsx.TASK, "dev"), (siqa.TASK, "dev"), (hellaswag.TASK, "test"))
LANGUAGES = (*pawsx.LANGUAGES, "pt", "ru", "fa")


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The files of the sets that have the language and are there; if none, where the first would be."""
    del split  # train only
    there: list[Path] = []
    every: list[tuple[Path, ...]] = []
    for task, own in SETS:
        if language in task.languages and task.places is not None:
            found = task.places(folder / task.source.folder, own, language)
            every += found
            there += next((paths for paths in found if paths and all(path.is_file() for path in paths)), ())
    return [tuple(there)] if there else every


def read(folder: Path, split: str, language: str) -> Iterator[Text]:
    """Every text of every set that is there, each its own row. Raises DataError."""
    SOURCE.find("translated_text", places(folder, split, language))
    for task, own in SETS:
        if language in task.languages and language in task.available(folder, own):
            for example in task.read(folder / task.source.folder, own, language):
                match example:
                    case Classification():
                        parts = [example.text, example.text_pair or ""]
                    case Choice():
                        parts = [example.prompt, *example.choices]
                    case Tagging() | Span() | Passage() | Text():
                        parts = []
                    case _:
                        assert_never(example)
                for letter, text in zip("abcdefgh", parts, strict=False):
                    if text.strip():
                        row = f"{task.name}-{example.id}-{letter}"
                        yield Text(id=row, text=text.strip(), row=row, at=example.at)


SOURCE = Source(
    folder="",
    licence="each set's own",
    cite="Yang et al. 2019 (PAWS-X); Sap et al. 2019 (SocialIQA); Zellers et al. 2019 (HellaSwag)",
    by_hand="Get any of pawsx, siqa, hellaswag as their tasks say.",
)
TASK = Task(
    name="translated_text",
    type="text",
    title="Translated dev sets without labels (parallel pretraining text)",
    languages=LANGUAGES,
    read=read,
    places=places,
    source=SOURCE,
    splits=("train",),
)
