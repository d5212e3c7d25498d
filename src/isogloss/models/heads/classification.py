"""One label for a text or a pair of texts: pooled state → dense, tanh → labels."""

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional

from isogloss.core.examples import Classification, Example
from isogloss.core.phase import Phase
from isogloss.core.typing import Float
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch, Feature, pair_row
from isogloss.models.heads._head import Answer, Head, normal
from isogloss.models.inference import numbers
from isogloss.models.tokenizer import Subwords

Tensor = torch.Tensor


class ClassificationHead(Head):
    """Probabilities of the task's labels."""

    def __init__(self, labels: tuple[str, ...], encoder: Encoder, phase: Phase) -> None:
        super().__init__(labels, encoder, phase)
        self.labels = labels
        self.dropout = nn.Dropout(phase.dropout)
        self.dense = normal(encoder.width, encoder.width)
        self.out = normal(encoder.width, len(labels))

    def encode(self, examples: Sequence[Example], subwords: Subwords, *, labelled: bool) -> list[Feature]:
        """One row per example."""
        texts = cast("Sequence[Classification]", examples)
        firsts = subwords.ids([example.text for example in texts])
        pairs = [example for example in texts if example.text_pair is not None]
        seconds = iter(subwords.ids([example.text_pair or "" for example in pairs]))
        index_of = {label: index for index, label in enumerate(self.labels)}
        features = []
        for index, (example, first) in enumerate(zip(texts, firsts, strict=True)):
            row, start = pair_row(
                subwords.frame, first, next(seconds) if example.text_pair is not None else None, self.length
            )
            target = index_of[example.label] if labelled and example.label is not None else None
            features.append(Feature(index, (row,), (start,), target))
        return features

    def forward(self, states: Float[Tensor, "r t d"], batch: Batch) -> Float[Tensor, "r labels"]:
        """Logits per label."""
        pooled = self.dropout(self.pool(states, batch))
        return cast(Tensor, self.out(self.dropout(torch.tanh(self.dense(pooled)))))

    def loss(self, states: Float[Tensor, "r t d"], batch: Batch) -> tuple[Tensor, int]:
        """Cross-entropy, summed over examples."""
        target = torch.tensor([feature.target for feature in batch.features], device=states.device)
        return functional.cross_entropy(self(states, batch), target, reduction="sum"), len(target)

    def decode(self, states: Float[Tensor, "r t d"], batch: Batch) -> list[Any]:
        """Probabilities per label."""
        return list(numbers(self(states, batch).float().softmax(dim=-1)))

    def answer(self, example: Example, outputs: Sequence[tuple[Feature, Any]]) -> Answer:  # noqa: ARG002
        """The most probable label."""
        probabilities = outputs[0][1]
        best = int(probabilities.argmax())
        return Answer(self.labels[best], float(probabilities[best]))


HEAD = ClassificationHead
