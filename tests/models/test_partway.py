"""models/partway: layers above the deepest one that is asked for are not computed."""

from pathlib import Path

import pytest
import torch
from torch import nn

from isogloss.models.encoder import Encoder, load

IDS = torch.tensor([[0, 9, 12, 2]])


def entered(encoder: Encoder, deepest: int | None) -> list[int]:
    """The layers that a pass goes into."""
    layers: list[nn.Module] = list(encoder.model.encoder.layer)
    seen: list[int] = []
    hooks = [layer.register_forward_hook(lambda *_, at=at: seen.append(at)) for at, layer in enumerate(layers)]
    encoder.all_states(IDS, None, None, deepest)
    for hook in hooks:
        hook.remove()
    return seen


def test_layers_above_are_not_computed(xlmr: Path) -> None:
    """The states of layer 1 need one layer, those of the embeddings none, and all states need all."""
    encoder = load(xlmr)
    encoder.model.eval()
    every = list(range(encoder.layers))
    assert [entered(encoder, 0), entered(encoder, 1), entered(encoder, None)] == [[], [0], every]
    assert encoder.all_states(IDS, None, None)[1].equal(encoder.states(IDS, None, None, 1))


def test_training_goes_through_all_layers(xlmr: Path) -> None:
    """Dropout above draws random numbers that a head's dropout comes after: results stay as they were."""
    encoder = load(xlmr)
    encoder.model.train()
    assert entered(encoder, 0) == list(range(encoder.layers))


def test_a_pass_that_fails_leaves_no_hook_behind(xlmr: Path) -> None:
    """An id beyond the table raises as it does in a whole pass, and the next pass is whole."""
    encoder = load(xlmr)
    encoder.model.eval()
    with pytest.raises(IndexError):
        encoder.states(torch.tensor([[10**6]]), None, None, 1)
    assert entered(encoder, None) == list(range(encoder.layers))
