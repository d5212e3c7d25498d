"""One of several continuations: each choice is a row of its own; a linear score; softmax over the rows."""

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional

from isogloss.core.examples import Choice, Example
from isogloss.core.phase import Phase
from isogloss.core.typing import Float
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch, Feature, pair_row
from isogloss.models.heads._head import Answer, Head, normal
from isogloss.models.inference import numbers
from isogloss.models.tokenizer import Subwords

Tensor = torch.Tensor


class ChoiceHead(Head):
    """Probabilities of the choices of one example."""

    def __init__(self, labels: tuple[str, ...], encoder: Encoder, phase: Phase) -> None:
        super().__init__(labels, encoder, phase)
        self.labels = labels
        self.dropout = nn.Dropout(phase.dropout)
        self.dense = normal(encoder.width, encoder.width)
        self.out = normal(encoder.width, 1)

    def encode(self, examples: Sequence[Example], subwords: Subwords, *, labelled: bool) -> list[Feature]:
        """One row per choice: prompt, choice."""
        items = cast("Sequence[Choice]", examples)
        prompts = subwords.ids([item.prompt for item in items])
        choices = iter(subwords.ids([choice for item in items for choice in item.choices]))
        features = []
        for index, (item, prompt) in enumerate(zip(items, prompts, strict=True)):
            rows, starts = zip(
                *(pair_row(subwords.frame, prompt, next(choices), self.length) for _ in item.choices), strict=True
            )
            features.append(Feature(index, rows, starts, item.label if labelled else None))
        return features

    def forward(self, states: Float[Tensor, "r t d"], batch: Batch) -> Float[Tensor, "n choices"]:
        """Log-probabilities; examples with fewer choices than the batch's most are padded with -inf."""
        pooled = self.dropout(self.pool(states, batch))
        scores = self.out(self.dropout(torch.tanh(self.dense(pooled)))).squeeze(-1).float()
        counts = [len(feature.rows) for feature in batch.features]
        table = scores.new_full((len(counts), max(counts)), float("-inf"))
        rows = torch.arange(len(counts), device=scores.device).repeat_interleave(
            torch.tensor(counts, device=scores.device)
        )
        columns = torch.cat([torch.arange(count, device=scores.device) for count in counts])
        return cast(Tensor, table.index_put((rows, columns), scores).log_softmax(dim=-1))

    def loss(self, states: Float[Tensor, "r t d"], batch: Batch) -> tuple[Tensor, int]:
        """Cross-entropy over choices, summed over examples."""
        target = torch.tensor([feature.target for feature in batch.features], device=states.device)
        return functional.nll_loss(self(states, batch), target, reduction="sum"), len(target)

    def decode(self, states: Float[Tensor, "r t d"], batch: Batch) -> list[Any]:
        """Probabilities per choice."""
        return list(numbers(self(states, batch).exp()))

    def answer(self, example: Example, outputs: Sequence[tuple[Feature, Any]]) -> Answer:  # noqa: ARG002
        """The index of the most probable choice."""
        probabilities = outputs[0][1]
        best = int(probabilities.argmax())
        return Answer(best, float(probabilities[best]))


HEAD = ChoiceHead
