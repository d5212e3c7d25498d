"""What phases write of a published encoder: its weights, and the sub-word vectors that changed (models/rows)."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from isogloss.core.parts import MLM, Lora, Optimizer
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Task
from isogloss.models import rows
from isogloss.models.encoder import load, save
from isogloss.models.files import BASE
from isogloss.models.open import load as opened
from isogloss.store.layout import Weights
from isogloss.training import snapshots
from isogloss.training.phase import train

from .conftest import TARGET  # type: ignore[import-not-found]

Find = Callable[[str], Task]
PHASE = dataclasses.replace(TARGET, epochs=0.0, steps=6, batch=4, lr=1e-3, optimizer=Optimizer(weight_decay=0.1))


def go(spec: RunSpec, folder: Path, parent: Path | None, find: Find) -> None:
    folder.mkdir(parents=True)
    train(spec, folder=folder, parent=parent, find=find, data=folder, report=lambda *_: None)


def test_phases_write_only_the_rows_that_their_text_asks_for(xlmr: Path, tmp_path: Path, find: Find) -> None:
    """Two phases with weight decay; checkpoints and their mean hold what whole folders would, to the bit, also where
    one of them is whole."""
    start = RunSpec(encoder=Published(name=str(xlmr)))
    first = start.then(dataclasses.replace(PHASE, stage="intermediate"))
    second = first.then(dataclasses.replace(PHASE, seed=1, checkpoints=3))
    go(first, tmp_path / "first", None, find)
    go(second, tmp_path / "second", tmp_path / "first", find)
    kept = load_file(Weights(tmp_path / "second").encoder / rows.ROWS)
    assert 4 <= len(kept["ids"]) < 150
    assert len(kept["factors"]) == 2
    sources = list(snapshots.folders(tmp_path / "second", 3, 6).values())
    states = [opened(Weights(each).encoder).model.state_dict() for each in sources]
    mean = opened(Weights(snapshots.mean(tmp_path / "second", sources)).encoder).model.state_dict()
    for name, value in mean.items():
        of_all = torch.stack([state[name].double() for state in states]).mean(0)
        assert torch.equal(value, of_all.to(value.dtype)), name
    last = Weights(sources[-1]).encoder
    whole = opened(last)
    shutil.rmtree(last)
    save(whole, last)
    shutil.rmtree(Weights(tmp_path / "second").mean(3))
    again = opened(Weights(snapshots.mean(tmp_path / "second", sources)).encoder).model.state_dict()
    assert all(torch.equal(value, mean[name]) for name, value in again.items())


def test_merged_adapters_and_text_are_saved_as_they_ask(xlmr: Path, tmp_path: Path, find: Find) -> None:
    """LoRA that is merged leaves the whole table as it is; MLM reads and changes all of it."""
    pytest.importorskip("peft")
    start = RunSpec(encoder=Published(name=str(xlmr)))
    lora = dataclasses.replace(PHASE, adapters=Lora(rank=2))
    go(start.then(lora), tmp_path / "lora", None, find)
    assert not len(load_file(Weights(tmp_path / "lora").encoder / rows.ROWS)["ids"])
    untouched = load(xlmr).word_embeddings().weight
    assert torch.equal(opened(Weights(tmp_path / "lora").encoder).word_embeddings().weight, untouched)
    text = dataclasses.replace(PHASE, mlm=MLM(share=0.5, tasks=("lines",), first=20))
    go(start.then(text), tmp_path / "text", None, find)
    assert not (Weights(tmp_path / "text").encoder / BASE).exists()
