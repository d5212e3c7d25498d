"""What a test file says without its labels, counted by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

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
    """Four words of five letters; the tokenizer knows "hello" whole and nothing else: two of four are unknown."""
    made = Tokenizer(models.WordLevel({"<unk>": 0, "hello": 1}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "tokenizer.json"))
    found = of_task(TASK, tmp_path, ("de", "sw"), tmp_path / "tokenizer.json")
    assert found["de"] == pytest.approx({"characters per token": 5.0, "subwords per token": 1.0, "unknown": 0.5})
    assert set(found) == {"en", "de"}


def test_without_a_tokenizer_words_alone_are_counted(tmp_path: Path) -> None:
    """No encoder at hand."""
    assert of_task(TASK, tmp_path, ("de",), tmp_path / "nothing.json")["de"] == {"characters per token": 5.0}
