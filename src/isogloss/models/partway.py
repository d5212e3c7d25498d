"""Part of the way through an encoder: hidden states of its lower layers, and the weights that lead to them.

What transformers calls a layer's hidden state is what goes into the next one. There a pass is left, so that the layers
above are not computed.
"""

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.modeling_layers import GradientCheckpointingLayer


class _FarEnough(Exception):
    """Not an error: the layer that was asked for is there."""


def states(model: PreTrainedModel, deepest: int, **given: Any) -> list[Tensor] | None:
    """Hidden states 0 (embeddings) to `deepest`, bit for bit those of a whole pass.

    None where nothing is gained: the deepest is the last one, or the layers are shared, or are no modules of their own.
    """
    layers = [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]
    if deepest >= len(layers) or len(layers) != model.config.num_hidden_layers:
        return None
    found: list[Tensor] = []

    def enter(_: nn.Module, inputs: tuple[Any, ...]) -> None:
        found.append(inputs[0])
        if len(found) > deepest:
            raise _FarEnough

    hooks = [layer.register_forward_pre_hook(enter) for layer in layers[: deepest + 1]]
    try:
        model(**given)
    except _FarEnough:
        return found
    finally:
        for hook in hooks:
            hook.remove()
    return None


def below(model: PreTrainedModel, layer: int, **given: Any) -> set[nn.Parameter] | None:
    """The weights that hidden state `layer` is computed from: the lowest layers' and those of all that is before them.

    They are found by following the state back through a pass, whatever a family calls its parts. A part that the pass
    leaves out (X-MOD's adapters of other languages) belongs to the module it is in. None where a layer above has no
    weights of its own (ALBERT's share theirs): the layers cannot be told apart.
    """
    held = [weight for weight in model.parameters() if not weight.requires_grad]
    training = model.training
    model.eval()  # a pass that draws no random numbers
    model.requires_grad_()
    try:
        with torch.enable_grad():
            found = [_leading_to(state) for state in model(output_hidden_states=True, **given).hidden_states]
    finally:
        model.train(training)
        for weight in held:
            weight.requires_grad_(False)
    if len(found) != model.config.num_hidden_layers + 1:
        return None
    if not all(lower < upper for lower, upper in pairwise(found[layer:])):
        return None
    weights, above = found[layer], found[-1] - found[layer]
    for module in model.modules():
        inside = set(module.parameters())
        if inside & weights and not inside & above:
            weights |= inside
    return weights


def _leading_to(state: Tensor) -> set[nn.Parameter]:
    """The weights in a state's graph of operations."""
    steps: list[Any] = [state.grad_fn]
    seen: set[Any] = {None}
    weights: set[nn.Parameter] = set()
    while steps:
        step = steps.pop()
        if step not in seen:
            seen.add(step)
            if hasattr(step, "variable"):
                weights.add(step.variable)
            steps += [before for before, _ in step.next_functions]
    return weights
