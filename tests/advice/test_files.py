"""What a test file says without its labels, counted by hand."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from isogloss.advice.files import of_task
from isogloss.core.examples import Classification, Example
from isogloss.core.task import Source, Task


def read(folder: Path, split: str, language: str) -> Iterator[Example]:  # noqa: ARG001
    """Two sentences of five letters a word; Swahili has no file."""
    if language == "sw":
        raise FileNotFoundError
    for number, text in enumerate(("hello there", "hello again")):
        yield Classification(id=str(number), text=text, label=None)


TASK = Task(
    name="made", type="classification", title="t", languages=("en", "de", "sw"), labels=("a",), metrics=("accuracy",),
    chance=0.5, read=read, source=Source(folder="f", licence="o", cite="o"),
)  # fmt: skip


def test_tokens_and_subwords_are_counted(tmp_path: Path) -> None:
    """Four words of five letters: "hello" is cut in two, the others are unknown: two of six sub-words."""
    asked: list[str] = []

    def cut(said: Sequence[str]) -> tuple[int, int]:
        asked.extend(said)
        return 6, 2

    found = of_task(TASK, tmp_path, ("de", "sw"), cut)
    expected = {"characters per token": 5.0, "subwords per token": 1.5, "unknown": 2 / 6}
    assert found["de"] == pytest.approx(expected)
    assert set(found) == {"en", "de"}
    assert asked == ["hello there", "hello again"] * 2  # whole texts: a word is cut as it stands in its text


def test_without_a_tokenizer_words_alone_are_counted(tmp_path: Path) -> None:
    """No encoder at hand."""
    assert of_task(TASK, tmp_path, ("de",))["de"] == {"characters per token": 5.0}
