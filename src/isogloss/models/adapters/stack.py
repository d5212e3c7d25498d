"""Adapters stacked in an encoder (MAD-X; Pfeiffer et al. 2020): a language's below, a task's on top of it.

In each layer, with r what the feed-forward layer gives and x what goes around it, h = LayerNorm(r + x):

    LA = U(ReLU(D(h))) + r        the language's, one of several: which one is read with is said by `speak`
    TA = U(ReLU(D(LA))) + r       the task's
    out = LayerNorm(TA + x)       TA, or LA where there is no task's; without either the layer is as it was

A language may also have an invertible adapter at the embeddings (adapters/invertible).
"""

import inspect
from functools import partial
from typing import Any, cast

import torch
from torch import nn
from transformers import PreTrainedModel

from isogloss.core.errors import SpecError
from isogloss.core.typing import Float
from isogloss.models.adapters.bottleneck import DownUp
from isogloss.models.adapters.invertible import Invertible

Tensor = torch.Tensor
PARTS = ("dense", "dropout", "LayerNorm")
"""What the end of a feed-forward layer is made of in BERT's and XLM-R's families."""


class Adapter(nn.Module):
    """One adapter: a bottleneck in every layer, and an invertible one before the first, of the width of the entry."""

    def __init__(self, layers: int, width: int, size: int, *, entry: int = 0) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DownUp(width, size) for _ in range(layers))
        self.outer = Invertible(entry) if entry else None
        self.size = size


class Stack(nn.Module):
    """All adapters of an encoder."""

    def __init__(self) -> None:
        super().__init__()
        self.languages = nn.ModuleDict()
        self.tasks = nn.ModuleList()
        self.home = ""
        """The language that is read with where another has no adapter: the one that tasks were trained in."""
        self.spoken = ""

    def speak(self, language: str) -> None:
        """Read what follows with the adapter of this language, or with that of `home` where it has none."""
        self.spoken = language if language in self.languages else self.home

    @property
    def language(self) -> Adapter | None:
        """The language's adapter that is read with."""
        if self.spoken not in self.languages:
            return None
        return cast(Adapter, self.languages[self.spoken])

    def adapted(self, layer: int, states: Float[Tensor, "r t d"], residual: Float[Tensor, "r t d"]) -> Tensor | None:
        """What the adapters of one layer make of its states; None where there are none."""
        found = None
        for adapter in (self.language, *self.tasks):
            if adapter is not None:
                found = states = adapter.layers[layer](states) + residual
        return found

    def enter(self, states: Float[Tensor, "r t d"]) -> Float[Tensor, "r t d"]:
        """The embeddings as the language's adapter sees them."""
        outer = None if self.language is None else self.language.outer
        return states if outer is None else outer(states)

    def leave(self, states: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
        """States before the output table, back among the embeddings' vectors."""
        outer = None if self.language is None else self.language.outer
        return states if outer is None else outer.back(states)


def attach(model: PreTrainedModel) -> Stack:
    """An empty stack in a model, which goes on as it was. Raises SpecError for a family that has no place for it."""
    ends = [
        module
        for name, module in model.named_modules()
        if name.endswith(".output") and ".attention." not in name and all(hasattr(module, part) for part in PARTS)
    ]
    if len(ends) != model.config.num_hidden_layers or not all(map(_plain, ends)):
        raise SpecError(
            f"bottleneck adapters have no place in {type(model).__name__}: its layers do not end as those of BERT, "
            "XLM-R, RoBERTa, CamemBERT and ELECTRA do. Use one of those, or Lora."
        )
    stack = Stack()
    for layer, end in enumerate(ends):
        end.forward = partial(_end, end, stack, layer)
    embeddings: Any = model.embeddings
    embeddings.register_forward_hook(lambda _module, _given, out: stack.enter(out))
    model.add_module("adapters", stack)
    return stack


def _plain(end: nn.Module) -> bool:
    return list(inspect.signature(end.forward).parameters) == ["hidden_states", "input_tensor"]


def _end(end: Any, stack: Stack, layer: int, hidden_states: Tensor, input_tensor: Tensor) -> Tensor:
    """The end of a feed-forward layer, adapted."""
    residual = end.dropout(end.dense(hidden_states))
    states: Tensor = end.LayerNorm(residual + input_tensor)
    found = stack.adapted(layer, states, residual)
    if found is None:
        return states
    normed: Tensor = end.LayerNorm(found + input_tensor)
    return normed
