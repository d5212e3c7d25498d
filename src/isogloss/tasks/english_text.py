"""Texts of English training sets without their labels: plain text for pretraining, of more genres than Wikipedia.

    The baker opens at six on market days.

From MultiNLI, counterfactual SNLI, SQuAD v1.1, SocialIQA, CosmosQA (the divided validation set) and the English
treebank, as far as their files are there. Only training splits are read.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from isogloss.core.examples import Choice, Classification, Example, Passage, Place, Span, Tagging, Text
from isogloss.core.task import Source, Task
from isogloss.tasks import cad_nli, cosmosqa_val, mnli, siqa, squad, udpos

SETS = (mnli.TASK, cad_nli.TASK, squad.TASK, siqa.TASK, cosmosqa_val.TASK, udpos.TASK)
SHORTEST = 6
_END = re.compile(r"(?<=[.!?]) (?=[A-Z\"'])")


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """The training files that are there, all together; if there are none, where the first set's would be."""
    there: list[Path] = []
    for task in SETS:
        if task.places is not None:
            found = task.places(folder / task.source.folder, split, language)
            there += next((paths for paths in found if paths and all(path.is_file() for path in paths)), ())
    return [tuple(there)] if there else mnli.places(folder / mnli.SOURCE.folder, split, language)


def read(folder: Path, split: str, language: str) -> Iterator[Text]:
    """Every text once, sentence by sentence. Raises DataError."""
    SOURCE.find("english_text", places(folder, split, language))
    seen: dict[str, Place | None] = {}
    for task in SETS:
        if language in task.available(folder, split):
            for example in task.read(folder / task.source.folder, split, language):
                for text in texts(example):
                    seen.setdefault(text, example.at)
    for number, text in enumerate(text for text in seen if len(text) >= SHORTEST):
        yield Text(id=f"en-{number}", text=text, at=seen[text])


def texts(example: Example) -> list[str]:
    """What a person would call the sentences of an example."""
    match example:
        case Classification():
            parts = [example.text, example.text_pair or ""]
        case Span():
            parts = [*_END.split(example.context), example.question]
        case Choice():
            parts = [*_END.split(example.prompt), *example.choices]
        case Tagging():
            parts = [" ".join(example.tokens)]
        case Passage() | Text():
            parts = []
        case _:
            assert_never(example)
    return [text.strip() for text in parts]


SOURCE = Source(
    folder="",
    licence="each set's own; XNLI's relatives and Quora are not among them",
    cite="the sets' own papers (see their tasks)",
    by_hand="Get any of mnli, cad_nli, squad, siqa, cosmosqa, udpos as their tasks say.",
)
TASK = Task(
    name="english_text",
    type="text",
    title="English training sets without labels (pretraining text)",
    languages=("en",),
    read=read,
    places=places,
    source=SOURCE,
    splits=("train",),
)
