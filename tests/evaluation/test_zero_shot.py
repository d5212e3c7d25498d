"""evaluation/zero_shot: all languages in one pass give what each language alone gives."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from isogloss.core.examples import Classification
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Source, Task
from isogloss.evaluation import zero_shot
from isogloss.evaluation.zero_shot import answer
from isogloss.models import inference
from isogloss.models.encoder import load
from isogloss.models.heads import Answer, head_for


def test_answers_do_not_depend_on_what_shares_the_batch(xlmr: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sorted, padded and batched over languages, every answer is the one the example gets alone."""
    words = ["the", "ferry", "leaves", "at", "seven", "and", "my", "neighbour", "keeps", "bees"]
    examples = [Classification(id=str(n), text=" ".join(words[: 1 + n % 9]), text_pair=words[n % 7]) for n in range(40)]
    encoder = load(xlmr)
    task = Task(
        name="t", type="classification", title="", languages=("en",), read=lambda *_: [], labels=("a", "b", "c"),
        source=Source(folder="", licence="", cite="", generated="x"),
    )  # fmt: skip
    torch.manual_seed(1)
    head = head_for(task, task.labels, encoder, Phase(stage="target", tasks=("t",), steps=1))
    together = answer(encoder, head, examples, lambda *_: None)
    for bound in ("MOST", "FEWEST"):
        monkeypatch.setattr(inference, bound, 1)
    alone = answer(encoder, head, examples, lambda *_: None)
    assert [each.value for each in together] == [each.value for each in alone]
    assert [each.confidence for each in together] == pytest.approx([each.confidence for each in alone], abs=1e-5)


@pytest.mark.parametrize(("evenly", "ids"), [(False, ["0", "1", "2", "3"]), (True, ["0", "2", "5", "7"])])
def test_a_part_is_the_head_of_a_file_or_spread_over_it(
    evenly: bool, ids: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The head of a sorted file is of one class; whether a run gives one answer for everything is probed evenly."""
    examples = [Classification(id=str(n), text="x", label="a" if n < 5 else "b") for n in range(10)]
    task = Task(
        name="t", type="classification", title="", languages=("en",), read=lambda *_: iter(examples),
        source=Source(folder="", licence="", cite=""), labels=("a", "b"), metrics=("accuracy",),
    )  # fmt: skip
    encoder = SimpleNamespace(subwords=SimpleNamespace(fingerprint="f"), width=8, many_tongued=False, own=False)
    monkeypatch.setattr(zero_shot, "encoder_of", lambda *_: encoder)
    monkeypatch.setattr(zero_shot, "_head", lambda *_: None)
    monkeypatch.setattr(zero_shot, "answer", lambda _encoder, _head, asked, *_: [Answer("a", 1.0) for _ in asked])
    spec = RunSpec(encoder=Published(name="x"))
    found, _ = zero_shot.evaluate(
        spec, folder=tmp_path, task=task, split="test", languages=("en",), limit=4, data=tmp_path,
        report=lambda *_: None, evenly=evenly,
    )  # fmt: skip
    assert found.id == ids
