"""models/partway: layers above the deepest one that is asked for are not computed."""

from pathlib import Path

import pytest
import torch
from torch import nn

from isogloss.models import partway
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


def test_the_weights_below_a_layer_are_those_of_the_embeddings_and_the_layers_to_it(xlmr: Path) -> None:
    """By their names in XLM-R. Looking for them draws no random number and leaves the model as it was."""
    encoder = load(xlmr)
    encoder.model.train()
    held = encoder.word_embeddings().weight
    held.requires_grad_(False)
    torch.manual_seed(3)
    for layer in range(encoder.layers + 1):
        found = partway.below(encoder.model, layer, input_ids=IDS)
        assert found is not None
        parts = ("embeddings.", *(f"encoder.layer.{index}." for index in range(layer)))
        assert found == {weight for key, weight in encoder.model.named_parameters() if key.startswith(parts)}
    drawn = torch.rand(4)
    torch.manual_seed(3)
    assert torch.equal(drawn, torch.rand(4))
    assert all(module.training for module in encoder.model.modules())
    assert [weight for weight in encoder.model.parameters() if not weight.requires_grad] == [held]
    assert all(weight.grad is None for weight in encoder.model.parameters())
