"""models/inference: many inputs in batches of like lengths; results come in the order of the inputs."""

from pathlib import Path

import pytest
import torch

from isogloss.models import inference
from isogloss.models.device import Ways
from isogloss.models.encoder import Encoder, load
from isogloss.models.features import Batch, Feature


def features_of(encoder: Encoder) -> list[Feature]:
    texts = ["The ferry leaves at seven", "Die Fähre", "渡船七点开，面包店八点开门。", "a"] * 4
    return [
        Feature(n, (encoder.subwords.frame.wrap(ids)[0],), (0,)) for n, ids in enumerate(encoder.subwords.ids(texts))
    ]


@pytest.mark.parametrize("room", [1, 40, 10**6])
def test_results_come_in_the_order_of_the_inputs_however_they_are_cut(room: int, xlmr: Path) -> None:
    """One input a batch, some, or all at once: the first states are those of each input by itself."""
    encoder = load(xlmr)
    encoder.model.eval()
    features = features_of(encoder)

    def compute(batch: Batch) -> list[torch.Tensor]:
        return list(encoder.states(batch.ids, batch.mask, batch.segments)[:, 0])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inference, "FEWEST", 1)
        patch.setattr(inference, "WIDE", encoder.width)
        patch.setattr(inference, "PLAIN", room * encoder.width)
        found = inference.per_feature(encoder, features, compute, lambda *_: None)
    for feature, state in zip(features, found, strict=True):
        alone = encoder.states(torch.from_numpy(feature.rows[0])[None].long(), None, None)[0, 0]
        torch.testing.assert_close(state, alone.detach(), rtol=1e-5, atol=1e-6)


def test_bfloat16_takes_larger_batches_on_a_processor(xlmr: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There every batch casts the weights anew; in float32 small ones are as fast and hold less padding."""
    encoder = load(xlmr)
    monkeypatch.setattr(inference, "PLAIN", 40 * encoder.width)
    monkeypatch.setattr(inference, "FEWEST", 1)
    monkeypatch.setattr(inference, "WIDE", encoder.width)
    counts = []
    for half in (False, True):
        encoder.ways = Ways(half=half)
        counts.append(len(list(inference.batches(encoder, features_of(encoder), lambda *_: None))))
    assert counts[0] > counts[1] == 1


def test_narrow_encoders_keep_their_batches(xlmr: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what the worlds' encoders compute is the same to the bit as before there were smaller ones."""
    encoder = load(xlmr)
    monkeypatch.setattr(inference, "PLAIN", 40 * encoder.width)
    monkeypatch.setattr(inference, "FEWEST", 1)
    assert len(list(inference.batches(encoder, features_of(encoder), lambda *_: None))) == 1
