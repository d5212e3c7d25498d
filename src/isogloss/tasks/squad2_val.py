"""SQuAD v2.0's dev set divided, for places without the train set: paragraphs by turns, 3 of 4 train, the 4th dev.

    context   The lighthouse was finished in 1837 by a crew from Leith.
    question  Who paid the crew?
    answer    none

XQuAD and LAReQA are made of paragraphs of this very dev set, so those paragraphs are left out: XQuAD's English file
must lie beside it. The articles are still the same ones; say so wherever this task trains for XQuAD.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from isogloss.core.examples import Span
from isogloss.formats.squad_json import paragraphs
from isogloss.tasks import squad2, xquad


def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
    """dev-v2.0.json, with XQuAD's English paragraphs to leave out."""
    held_out = xquad.places(folder.parent / xquad.SOURCE.folder, "test", language)
    return (
        [(*paths, *others) for paths in squad2.places(folder, "dev", language) for others in held_out] if split else []
    )


def read(folder: Path, split: str, language: str) -> Iterator[Span]:
    """Train or dev. Raises DataError."""
    path, other = squad2.SOURCE.find("squad2_val", places(folder, split, language))
    held_out = {_key(paragraph.context) for paragraph in paragraphs(other)}
    kept = [paragraph for paragraph in paragraphs(path) if _key(paragraph.context) not in held_out]
    for number, paragraph in enumerate(kept):
        if (number % 4 == 3) == (split == "dev"):
            yield from paragraph.questions


def _key(context: str) -> str:
    return " ".join(context.split())


TASK = replace(
    squad2.TASK,
    name="squad2_val",
    title="SQuAD v2.0's dev set, divided (a stand-in)",
    read=read,
    places=places,
    source=replace(squad2.SOURCE, urls=squad2.SOURCE.urls[1:]),
    trained_on=("squad2_val",),
    counts={},
    benchmarks=(),
)
