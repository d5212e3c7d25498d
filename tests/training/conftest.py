"""A small run to train: text for a new encoder, and a labelled task on top."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.examples import Classification, Example, Text
from isogloss.core.parts import Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec
from isogloss.core.task import Source, Task

WORDS = [f"w{index}" for index in range(40)]


def text(_folder: Path, split: str, _language: str) -> Iterator[Example]:
    """Sentences of random words."""
    draw = random.Random(split)
    for index in range(200):
        yield Text(id=str(index), text=" ".join(draw.choices(WORDS, k=draw.randint(3, 12))))


def first_word(_folder: Path, split: str, language: str) -> Iterator[Example]:
    """Is the first word one of the lower half?"""
    draw = random.Random(split + language)
    for index in range(160):
        words = draw.choices(WORDS, k=draw.randint(3, 12))
        yield Classification(id=str(index), text=" ".join(words), label="low" if words[0] in WORDS[:20] else "high")


def lines(_folder: Path, split: str, language: str) -> Iterator[Example]:
    """The same lines in both languages; the other one has words of its own."""
    draw = random.Random(split)
    for index in range(300):
        words = draw.choices(WORDS, k=draw.randint(3, 12))
        text = " ".join(words if language == "en" else [f"x{word}" for word in words])
        yield Text(id=str(index), text=text, row=str(index))


def make(name: str, kind: str, read: Callable[..., Any], **more: Any) -> Task:
    """A generated task in two languages."""
    source = Source(folder="", licence="ours", cite="ours", generated="tests")
    return Task(name=name, type=kind, title=name, languages=("en", "xx"), read=read, source=source, **more)


TASKS = {
    "text": make("text", "text", text),
    "lines": make("lines", "text", lines),
    "first": make("first", "classification", first_word, labels=("low", "high"), metrics=("accuracy",), chance=0.5),
}
PRETRAINED = RunSpec(
    encoder=Architecture(vocabulary=60, tokenizer="words", width=16, layers=1, heads=2, hidden=32, positions=32),
    phases=(Phase(stage="pretrain", tasks=("text",), steps=20, tokens=256, lr=5e-3, optimizer=Optimizer(name="muon")),),
)
TARGET = Phase(stage="target", tasks=("first",), epochs=12, lr=5e-3)


@pytest.fixture
def find() -> Callable[[str], Task]:
    return TASKS.__getitem__


Stopped = Callable[[Callable[..., object], int], None]


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Stopped:
    """`stopped(train, step)`: a phase that is interrupted at a step, its state kept at each; `train` takes a report."""
    monkeypatch.setattr("isogloss.training.loop.SAVE_SECONDS", 0.0)

    def stop(train: Callable[..., object], wanted: int) -> None:
        def report(step: int, _total: int) -> None:
            if step == wanted:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            train(report)

    return stop


@pytest.fixture(scope="session")
def pretrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished pretrain run."""
    from isogloss.training.phase import train

    folder = tmp_path_factory.mktemp("pretrained")
    train(PRETRAINED, folder=folder, parent=None, find=TASKS.__getitem__, data=folder, report=lambda *_: None)
    return folder
