"""What a test file says without its labels, counted by hand."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from isogloss.advice.files import of_task, tokenizer_of
from isogloss.advice.measured import Cell
from isogloss.core.examples import Classification, Example
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec
from isogloss.core.task import Source, Task
from isogloss.store.store import Store


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


def test_a_tokenizer_is_that_of_a_run_whose_weights_are_there(tmp_path: Path) -> None:
    """A run that gc has freed has none, and that is no error."""
    store = Store(tmp_path)
    runs = [
        RunSpec(encoder=Architecture(), phases=(Phase(stage="pretrain", tasks=("text",), steps=1, seed=seed),))
        for seed in (0, 1)
    ]
    for run in runs:
        encoder = store.begin(run) / "encoder"
        encoder.mkdir()
        (encoder / "tokenizer.json").write_text("{}")
        store.finish(run, {"steps": 1})
    cell = Cell(
        study="s", encoder="own encoder", target="t", arm="none", chance=0.5, seconds=None,
        runs={run.run_id: {} for run in runs},
    )  # fmt: skip
    store.retire(runs[0].run_id)
    kept = store.at.run(runs[1].run_id) / "encoder" / "tokenizer.json"
    assert tokenizer_of(store, [cell], "small") == kept
    store.retire(runs[1].run_id)
    assert tokenizer_of(store, [cell], "small") is None
