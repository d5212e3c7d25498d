"""models/packing: rows without padding between them give the states that padded rows give."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from isogloss.models import packing
from isogloss.models.device import Ways
from isogloss.models.encoder import load
from isogloss.models.features import Feature, collate

TEXTS = ["The ferry leaves at seven", "Die Fähre", "渡船七点开，面包店八点开门。", "a"]


@pytest.fixture(autouse=True)
def jagged() -> Iterator[None]:
    """torch says of its jagged tensors that they may change; pinned as it is, that is no news."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
        yield


def test_packed_states_are_the_padded_ones(xlmr: Path) -> None:
    """Every layer, every real sub-word; positions start anew in each row."""
    encoder = load(xlmr)
    encoder.model.eval()
    rows = [
        Feature(n, (encoder.subwords.frame.wrap(ids)[0],), (0,)) for n, ids in enumerate(encoder.subwords.ids(TEXTS))
    ]
    batch = collate(rows, encoder.subwords.pad, torch.device("cpu"))
    assert batch.mask is not None
    padded = encoder.all_states(batch.ids, batch.mask, None)
    encoder.ways = Ways(packed=True)
    real = batch.mask.bool()
    for one, other in zip(padded, encoder.all_states(batch.ids, batch.mask, None), strict=True):
        assert torch.allclose(one[real], other[real], atol=1e-5)
        assert not other[~real].any()


def test_gradients_are_the_padded_ones(xlmr: Path) -> None:
    """A loss over the first state moves every weight alike: in double precision, where rounding hides nothing."""
    found = []
    for packed in (False, True):
        encoder = load(xlmr)
        encoder.model.double().eval()
        encoder.ways = Ways(packed=packed)
        rows = [
            Feature(n, (encoder.subwords.frame.wrap(ids)[0],), (0,))
            for n, ids in enumerate(encoder.subwords.ids(TEXTS))
        ]
        batch = collate(rows, encoder.subwords.pad, torch.device("cpu"))
        encoder.states(batch.ids, batch.mask, None)[:, 0].square().sum().backward()
        found.append({name: each.grad for name, each in encoder.model.named_parameters()})
    for name, gradient in found[0].items():
        other = found[1][name]
        assert (gradient is None) == (other is None)
        if gradient is not None and other is not None:
            assert torch.allclose(gradient, other, rtol=1e-9, atol=1e-12), name


def test_an_attention_of_its_own_is_not_packed(xlmr: Path) -> None:
    """DeBERTa's positions are inside its attention, which knows nothing of rows."""
    model = load(xlmr).model
    assert packing.can_pack(model)
    model.config.model_type = "deberta-v2"
    assert not packing.can_pack(model)
