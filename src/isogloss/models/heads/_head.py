"""What every head does."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import nn

from isogloss.core.examples import Example
from isogloss.core.phase import Phase
from isogloss.core.typing import Float
from isogloss.models import family
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch, Feature
from isogloss.models.pooling import pool, weights_for
from isogloss.models.tokenizer import Subwords

Tensor = torch.Tensor


@dataclass(frozen=True, slots=True)
class Answer:
    """What a head says of one example."""

    value: Any
    """A label, a list of tags, a text, or the index of a choice: what the task's metrics take."""
    confidence: float
    """Probability the head gives it, in [0, 1]."""


class Head(nn.Module, ABC):
    """The layers on top of an encoder for one task type."""

    labels: tuple[str, ...]
    whole_vocabulary = False
    """Whether the loss runs over every sub-word, so that no row of the table can be left out."""

    def __init__(self, labels: tuple[str, ...], encoder: Encoder, phase: Phase) -> None:
        super().__init__()
        self.labels = labels
        self.length = min(phase.length, limit_of(encoder))
        self.stride = min(phase.stride, self.length // 2)
        self.pooling = phase.pooling
        self.layer = phase.layer
        self.register_buffer("weights", weights_for(encoder, phase.pooling), persistent=False)

    def pool(self, states: Float[Tensor, "r t d"], batch: Batch) -> Float[Tensor, "r d"]:
        """One vector per row, as the phase asks."""
        weights = cast("Tensor | None", self.weights)
        return pool(states, batch.mask, self.pooling, None if weights is None else weights[batch.ids])

    def take_shape(self, weights: Mapping[str, Tensor]) -> None:
        """Become a head that such weights can be loaded into, where heads of a kind come in several shapes."""

    @abstractmethod
    def encode(self, examples: Sequence[Example], subwords: Subwords, *, labelled: bool) -> list[Feature]:
        """Examples as input rows; with targets when `labelled`."""

    def units(self, feature: Feature) -> float:  # noqa: ARG002
        """What a feature adds to the loss's count, on average: 1 where an input is one decision."""
        return 1.0

    def corrupt(self, batch: Batch) -> Batch:
        """The batch as the encoder sees it in training; as it is, unless the objective hides something."""
        return batch

    @abstractmethod
    def loss(self, states: Float[Tensor, "r t d"], batch: Batch) -> tuple[Tensor, int]:
        """Summed loss of a batch and the number of units (examples, tokens, windows) it sums."""

    @abstractmethod
    def decode(self, states: Float[Tensor, "r t d"], batch: Batch) -> list[Any]:
        """Raw output per feature, to be joined per example by `answer`."""

    @abstractmethod
    def answer(self, example: Example, outputs: Sequence[tuple[Feature, Any]]) -> Answer:
        """What the outputs of all features of one example say together."""


def limit_of(encoder: Encoder) -> int:
    """Longest row the encoder takes, in sub-words; one whose positions are only relative (DeBERTa-v3) takes any."""
    return family.longest_row(encoder.model)


def normal(wide: int, out: int) -> nn.Linear:
    """A linear layer with small normal weights, as published encoders start their heads."""
    layer = nn.Linear(wide, out)
    nn.init.normal_(layer.weight, std=0.02)
    nn.init.zeros_(layer.bias)
    return layer
