"""models/device and training: bfloat16 on a processor for published encoders: recorded, and the same bits each time."""

import dataclasses
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import equal
from transformers import DebertaConfig, DebertaModel

from isogloss.core.errors import ModelError
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Task
from isogloss.evaluation.zero_shot import evaluate
from isogloss.models import device as devices
from isogloss.models.device import WIDE, Ways, computes_half, usual
from isogloss.models.encoder import load
from isogloss.training import checkpoint, loop
from isogloss.training.phase import train

from .conftest import PRETRAINED, TARGET  # type: ignore[import-not-found]

Find = Callable[[str], Task]
HERE = torch.device("cpu")
native = pytest.mark.skipif(not computes_half(HERE), reason="the processor has no bfloat16 instructions")
PHASE = dataclasses.replace(TARGET, epochs=2, lr=1e-3)


def go(
    spec: RunSpec, folder: Path, parent: Path | None, find: Find, precision: str, report: Any = lambda *_: None
) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    return train(spec, folder=folder, parent=parent, find=find, data=folder, report=report, precision=precision)


def cut(spec: RunSpec, folder: Path, find: Find, precision: str) -> None:
    """A training that is stopped after its third step."""

    def stop(step: int, _total: int) -> None:
        if step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(spec, folder, None, find, precision, stop)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "encoder/model.safetensors") | load_file(folder / "head.safetensors")


def same(one: Path, other: Path) -> bool:
    return all(equal(value, weights(other)[name]) for name, value in weights(one).items())


@native
def test_bfloat16_is_near_float32_and_the_same_each_time(xlmr: Path, tmp_path: Path, find: Find) -> None:
    """Two trainings end with the same bits, kept in float32; the losses are those of float32 to three digits of
    bfloat16, and the record and every score's signature say which it was."""
    spec = RunSpec(encoder=Published(name=str(xlmr)), phases=(PHASE,))
    records = {
        name: go(spec, tmp_path / name, None, find, precision)
        for name, precision in (("one", "bfloat16"), ("two", "bfloat16"), ("plain", "float32"))
    }
    assert [record["precision"] for record in records.values()] == ["bfloat16", "bfloat16", "float32"]
    assert same(tmp_path / "one", tmp_path / "two")
    assert not same(tmp_path / "one", tmp_path / "plain")
    assert {value.dtype for value in weights(tmp_path / "one").values()} == {torch.float32}
    half, plain = ([loss for _, loss in records[name]["losses"]] for name in ("one", "plain"))
    assert half == pytest.approx(plain, rel=0.02)
    for precision, told in (("bfloat16", "|precision:bfloat16|"), ("float32", "")):
        _, scores = evaluate(
            spec, folder=tmp_path / "one", task=find("first"), split="test", languages=("xx",), limit=20,
            data=tmp_path, report=lambda *_: None, precision=precision,
        )  # fmt: skip
        assert all(told in score.signature for score in scores)
        assert all(("precision" in score.plain()) == bool(told) for score in scores)


@native
def test_an_encoder_of_our_own_stays_float32(pretrained: Path, tmp_path: Path, find: Find) -> None:
    """Whatever is asked, its bits are those it always had."""
    spec = PRETRAINED.then(PHASE)
    for precision in devices.PRECISIONS:
        assert go(spec, tmp_path / precision, pretrained, find, precision)["precision"] == "float32"
    assert same(tmp_path / "auto", tmp_path / "float32")
    assert same(tmp_path / "bfloat16", tmp_path / "float32")


@native
def test_a_killed_phase_goes_on_in_the_precision_that_it_began_in(
    xlmr: Path, tmp_path: Path, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun in bfloat16 and asked to go on in float32, it ends with the bits of one that nobody stopped."""
    spec = RunSpec(encoder=Published(name=str(xlmr)), phases=(PHASE,))
    go(spec, tmp_path / "whole", None, find, "bfloat16")
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
    cut(spec, tmp_path / "cut", find, "bfloat16")
    assert go(spec, tmp_path / "cut", None, find, "float32")["precision"] == "bfloat16"
    assert same(tmp_path / "whole", tmp_path / "cut")


def test_a_phase_that_was_begun_in_bfloat16_says_where_it_can_go_on(
    xlmr: Path, tmp_path: Path, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No option helps on a processor without it: go on where it was, or begin again."""
    spec = RunSpec(encoder=Published(name=str(xlmr)), phases=(PHASE,))
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
    cut(spec, tmp_path / "cut", find, "float32")
    saved = checkpoint.restore
    monkeypatch.setattr(loop.checkpoint, "restore", lambda *given: {**(saved(*given) or {}), "precision": "bfloat16"})
    monkeypatch.setattr(loop, "computes_half", lambda _: False)
    for precision in ("auto", "float32"):
        with pytest.raises(ModelError, match=r"steps of first were taken in bfloat16.*state\.safetensors to begin"):
            go(spec, tmp_path / "cut", None, find, precision)


def test_bfloat16_is_taken_where_it_is_native_and_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Narrow encoders and processors without the instructions stay float32; to ask those for bfloat16 is an error."""
    monkeypatch.setattr(devices, "computes_half", lambda _: True)
    half = Ways(half=True)
    assert [usual(HERE, width=width) for width in (WIDE - 1, WIDE)] == [Ways(), half]
    assert usual(HERE, "bfloat16", width=32) == half
    assert usual(HERE, "bfloat16", width=WIDE, own=True) == usual(HERE, "float32", width=WIDE) == Ways()
    monkeypatch.setattr(devices, "computes_half", lambda _: False)
    assert usual(HERE, width=WIDE) == Ways()
    with pytest.raises(ModelError, match="this processor has no instructions for it"):
        usual(HERE, "bfloat16", width=WIDE)


def deberta(xlmr: Path, folder: Path) -> Path:
    """A tiny one of the first version, which masks with float32's least number, whatever it computes in."""
    shutil.copytree(xlmr, folder)
    words = len(load(xlmr).subwords.tokenizer)
    config = DebertaConfig(
        vocab_size=words, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48,
        pad_token_id=1, relative_attention=True, pos_att_type=["c2p", "p2c"], type_vocab_size=0,
    )  # fmt: skip
    DebertaModel(config).save_pretrained(folder)
    return folder


def test_a_family_that_does_not_compute_in_bfloat16_stays_float32(
    xlmr: Path, tmp_path: Path, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is trained and tested in float32 where nothing else is asked, with the bits of float32; asked for by name,
    bfloat16 is refused by name."""
    monkeypatch.setattr(devices, "computes_half", lambda _: True)
    monkeypatch.setattr(devices, "WIDE", 8)
    spec = RunSpec(encoder=Published(name=str(deberta(xlmr, tmp_path / "deberta"))), phases=(PHASE,))
    assert go(spec, tmp_path / "auto", None, find, "auto")["precision"] == "float32"
    go(spec, tmp_path / "plain", None, find, "float32")
    assert same(tmp_path / "auto", tmp_path / "plain")
    test = partial(
        evaluate, spec, folder=tmp_path / "auto", task=find("first"), split="test", languages=("xx",), limit=4,
        data=tmp_path, report=lambda *_: None,
    )  # fmt: skip
    assert {score.precision for score in test()[1]} == {""}  # float32 is what goes without saying
    for act in (
        lambda: go(spec, tmp_path / "asked", None, find, "bfloat16"),
        lambda: test(precision="bfloat16"),
    ):
        with pytest.raises(ModelError, match="bfloat16 was asked for, and DebertaModel does not compute in it"):
            act()
