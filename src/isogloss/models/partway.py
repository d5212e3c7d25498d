"""Part of the way through an encoder: hidden states of its lower layers, without computing those above.

What transformers calls a layer's hidden state is what goes into the next one. There the pass is left.
"""

from typing import Any

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
