"""One tag per word, read at its first sub-word, or at that and the mean of all its sub-words.

A sentence longer than the encoder takes is split between words, and its tags are joined again.
"""

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional

from isogloss.core.errors import UnknownName
from isogloss.core.examples import Example, Tagging
from isogloss.core.phase import Phase
from isogloss.core.typing import Float, np
from isogloss.models import words
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch, Feature
from isogloss.models.heads._head import Answer, Head, normal
from isogloss.models.inference import numbers
from isogloss.models.tokenizer import Subwords

Tensor = torch.Tensor
READS = ("first", "first+mean")


class TaggingHead(Head):
    """Probabilities of the task's tags for every word."""

    def __init__(self, labels: tuple[str, ...], encoder: Encoder, phase: Phase) -> None:
        super().__init__(labels, encoder, phase)
        self.labels = labels
        self.dropout = nn.Dropout(phase.dropout)
        if phase.reads not in READS:
            raise UnknownName.of("reads", phase.reads, READS)
        self.tail = len(encoder.subwords.frame.suffix)
        self.whole = phase.reads == "first+mean"
        wide = encoder.width * (2 if self.whole else 1)
        self.hidden = normal(wide, phase.hidden) if phase.hidden else None
        self.out = normal(phase.hidden or wide, len(labels))

    def encode(self, examples: Sequence[Example], subwords: Subwords, *, labelled: bool) -> list[Feature]:
        """One row per piece of a sentence; `extra` holds the column of each word's first sub-word."""
        index_of = {label: index for index, label in enumerate(self.labels)}
        features = []
        for index, item in enumerate(cast("Sequence[Tagging]", examples)):
            done = 0
            for row, starts in words.rows(item.tokens, subwords, self.length):
                target = None
                if labelled and item.tags is not None:
                    target = np.array([index_of[tag] for tag in item.tags[done : done + len(starts)]])
                features.append(Feature(index, (row,), (0,), target, starts))
                done += len(starts)
        return features

    def units(self, feature: Feature) -> float:
        """Words of the piece."""
        return len(feature.extra)

    def forward(self, states: Float[Tensor, "r t d"], batch: Batch) -> Float[Tensor, "w labels"]:
        """Logits of every word of the batch, in order."""
        rows, starts, ends = words.places(batch.features, self.tail)
        read = states[torch.from_numpy(rows).to(states.device), torch.from_numpy(starts).to(states.device)]
        if self.whole:
            read = torch.cat([read, words.means(states, rows, starts, ends)], dim=1)
        read = self.dropout(read)
        if self.hidden is not None:
            read = self.dropout(functional.relu(self.hidden(read)))
        return cast(Tensor, self.out(read))

    def loss(self, states: Float[Tensor, "r t d"], batch: Batch) -> tuple[Tensor, int]:
        """Cross-entropy, summed over words."""
        target = torch.from_numpy(np.concatenate([feature.target for feature in batch.features])).to(states.device)
        return functional.cross_entropy(self(states, batch), target, reduction="sum"), len(target)

    def decode(self, states: Float[Tensor, "r t d"], batch: Batch) -> list[Any]:
        """Per feature: the best tag's index and probability for each word."""
        best = self(states, batch).float().softmax(dim=-1).max(dim=-1)
        ends = np.cumsum([len(feature.extra) for feature in batch.features])[:-1]
        tags, sure = best.indices.cpu().numpy(), numbers(best.values)
        return list(zip(np.split(tags, ends), np.split(sure, ends), strict=True))

    def answer(self, example: Example, outputs: Sequence[tuple[Feature, Any]]) -> Answer:  # noqa: ARG002
        """The tags of all pieces in order; the confidence is the mean over words."""
        tags = np.concatenate([output[0] for _, output in outputs])
        sure = np.concatenate([output[1] for _, output in outputs])
        return Answer([self.labels[tag] for tag in tags], float(sure.mean()))


HEAD = TaggingHead
