"""models/onednn: published encoders multiply with oneDNN where it pays; their states are the same but for rounding."""

import shutil
from pathlib import Path

import pytest
import torch
from torch import nn

from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Published, RunSpec
from isogloss.models import inference, onednn
from isogloss.models.embedding import View, embed
from isogloss.models.encoder import Encoder, load
from isogloss.models.open import encoder_of
from isogloss.store.layout import Weights

TEXTS = ["a b c", "a much longer text than the first one", "z"]
LAST = View(layer=2, pooling="mean")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every encoder counts as wide, and every processor as one where it pays; holds a number for each product."""
    seen: list[int] = []
    linear = onednn._linear

    def count(layer: nn.Linear, states: torch.Tensor) -> torch.Tensor:
        seen.append(layer.in_features)
        return linear(layer, states)

    monkeypatch.setattr(onednn, "_linear", count)
    monkeypatch.setattr(onednn, "pays", lambda: True)
    monkeypatch.setattr(inference, "WIDE", 1)
    return seen


def vectors(encoder: Encoder) -> torch.Tensor:
    return torch.from_numpy(embed(encoder, TEXTS, [LAST], lambda *_: None)[LAST])


def test_a_published_encoder_has_the_same_vectors_but_for_rounding(xlmr: Path, counted: list[int]) -> None:
    encoder = load(xlmr)
    found = vectors(encoder)
    assert counted
    encoder.own = True
    products = len(counted)
    torch.testing.assert_close(found, vectors(encoder), atol=1e-5, rtol=1e-5)
    assert len(counted) == products


def test_an_encoder_that_a_study_built_keeps_its_bits(xlmr: Path, counted: list[int]) -> None:
    """It is told by its run."""
    folder = xlmr.parent / "run"
    shutil.copytree(xlmr, Weights(folder).encoder)
    vectors(
        encoder_of(RunSpec(encoder=Architecture(), phases=(Phase(stage="pretrain", tasks=("wiki",), steps=1),)), folder)
    )
    assert not counted
    vectors(encoder_of(RunSpec(encoder=Published(name=str(xlmr))), folder))
    assert counted


def test_layers_multiply_as_before_when_the_block_ends(xlmr: Path) -> None:
    """Also when it ends in an error."""
    encoder = load(xlmr)
    with pytest.raises(ValueError, match="stop"), onednn.products(encoder.model):
        raise ValueError("stop")
    assert not any("forward" in vars(module) for module in encoder.model.modules())


@pytest.mark.parametrize(
    ("processor", "capability", "paying"),
    [("AuthenticAMD", "AVX512", True), ("AuthenticAMD", "AVX2", False), ("GenuineIntel", "AVX512", False)],
)
def test_it_pays_on_amd_with_avx512_alone(
    processor: str, capability: str, paying: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MKL uses AVX-512 on Intel's own; AMD's without it have nothing more to give."""
    (tmp_path / "cpuinfo").write_text(f"vendor_id\t: {processor}\n", "utf-8")
    monkeypatch.setattr(onednn, "PROCESSOR", tmp_path / "cpuinfo")
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    assert onednn.pays.__wrapped__() is paying
    monkeypatch.setattr(onednn, "PROCESSOR", tmp_path / "none")
    assert not onednn.pays.__wrapped__()
