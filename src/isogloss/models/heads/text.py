"""Masked language modelling on plain text, with the table of sub-word vectors as its output layer (tied).

`Phase.objective`: "mask" share of sub-words to predict (.15), of which "random" are replaced by any sub-word (.1) and
"keep" stay as they are (.1). New masks are drawn at every step from torch's global generator.
Only masked positions meet the vocabulary, which is what makes a step cheap.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional

from isogloss.core.errors import SpecError
from isogloss.core.examples import Example, Text
from isogloss.core.phase import Phase
from isogloss.core.typing import Bool, Float, Int
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch, Feature, pair_row
from isogloss.models.heads import published
from isogloss.models.heads._head import Answer, Head, normal
from isogloss.models.tokenizer import Subwords

Tensor = torch.Tensor
SETTINGS = {"mask": 0.15, "random": 0.1, "keep": 0.1}


class TextHead(Head):
    """XLM-R's language-model head: dense, activation, norm, tied vocabulary."""

    whole_vocabulary = True

    def __init__(self, labels: tuple[str, ...], encoder: Encoder, phase: Phase) -> None:
        super().__init__(labels, encoder, phase)
        strange = set(phase.objective) - set(SETTINGS)
        if strange:
            raise SpecError(f"objective has no setting {', '.join(sorted(strange))}; known: {', '.join(SETTINGS)}.")
        self.settings = {**SETTINGS, **phase.objective}
        subwords = encoder.subwords
        if subwords.mask is None:
            raise SpecError("the tokenizer has no mask token, so text cannot be masked.")
        self.mask_id = int(subwords.mask)
        self.table = [encoder.word_embeddings()]  # in a list: it is the encoder's to save and to train
        rows, narrow = self.table[0].weight.shape  # a table may have spare rows, and be narrower than the states
        special = torch.zeros(rows, dtype=torch.bool)
        special[list(subwords.tokenizer.all_special_ids)] = True
        self.register_buffer("special", special, persistent=False)
        self.adapters = [] if encoder.adapters is None else [encoder.adapters]
        self.known = subwords.rows
        self.square = encoder.width == narrow
        self.dense: nn.Module = normal(encoder.width, narrow)
        self.activation: list[Callable[[Tensor], Tensor]] = [published.activation(encoder)]  # without weights to save
        self.norm: nn.Module = nn.LayerNorm(narrow)
        # Logits of long sub-word vectors (an aligned start's) would be far too sure at first.
        longest = float(self.table[0].weight.detach().norm(dim=1).mean())
        nn.init.constant_(cast(Tensor, self.norm.weight), 1 / max(1.0, longest))
        self.bias = nn.Parameter(torch.zeros(rows))
        self.picked: Bool[Tensor, "r t"] | None = None

    def take_shape(self, weights: Mapping[str, Tensor]) -> None:
        """XLM, FlauBERT and Funnel have a bias alone: states meet the table of sub-word vectors as they are."""
        if {*weights} == {"bias"} and weights["bias"].shape == self.bias.shape and self.square:
            self.dense, self.norm, self.activation = nn.Identity(), nn.Identity(), [nn.Identity()]

    def encode(self, examples: Sequence[Example], subwords: Subwords, *, labelled: bool) -> list[Feature]:  # noqa: ARG002
        """One row per text or pair; a single text that is too long becomes several rows."""
        texts = cast("Sequence[Text]", examples)
        firsts = subwords.ids([item.text for item in texts])
        seconds = iter(subwords.ids([item.text_pair for item in texts if item.text_pair is not None]))
        features = []
        for index, (item, first) in enumerate(zip(texts, firsts, strict=True)):
            if item.text_pair is not None:
                row, start = pair_row(subwords.frame, first, next(seconds), self.length)
                features.append(Feature(index, (row,), (start,)))
                continue
            room = self.length - subwords.frame.cost[0]
            for begin in range(0, len(first), room):
                row, _ = subwords.frame.wrap(first[begin : begin + room])
                features.append(Feature(index, (row,), (0,)))
        return features

    def units(self, feature: Feature) -> float:
        """Sub-words of the row that will be masked."""
        return self.settings["mask"] * feature.length

    def corrupt(self, batch: Batch) -> Batch:
        """The batch with some sub-words masked, replaced or kept; which ones is remembered for the loss."""
        special = cast(Tensor, self.special)
        chance = torch.rand(batch.ids.shape, device=batch.ids.device)
        self.picked = (chance < self.settings["mask"]) & ~special[batch.ids]
        if batch.mask is not None:
            self.picked &= batch.mask.bool()
        kind = torch.rand(batch.ids.shape, device=batch.ids.device)
        any_word = torch.randint(self.known, batch.ids.shape, device=batch.ids.device)
        replaced = torch.where(kind < self.settings["random"], any_word, torch.full_like(batch.ids, self.mask_id))
        kept = kind > 1 - self.settings["keep"]
        return Batch(torch.where(self.picked & ~kept, replaced, batch.ids), batch.mask, batch.segments, batch.features)

    def forward(self, states: Float[Tensor, "m d"]) -> Float[Tensor, "m vocabulary"]:
        """Logits over sub-words."""
        hidden = self.norm(self.activation[0](self.dense(states)))
        for adapters in self.adapters:
            hidden = adapters.leave(hidden)
        return functional.linear(hidden, self.table[0].weight, self.bias)

    def loss(self, states: Float[Tensor, "r t d"], batch: Batch) -> tuple[Tensor, int]:
        """Cross-entropy, summed over masked sub-words. `batch` holds the uncorrupted ids."""
        if self.picked is None or not self.picked.any():
            return states.sum() * 0, 0
        target: Int[Tensor, "m"] = batch.ids[self.picked]
        return functional.cross_entropy(self(states[self.picked]), target, reduction="sum"), len(target)

    def decode(self, states: Float[Tensor, "r t d"], batch: Batch) -> list[Any]:
        """Text is not decoded."""
        raise NotImplementedError(f"{type(self).__name__} has nothing to decode: {states.shape}, {len(batch.features)}")

    def answer(self, example: Example, outputs: Sequence[tuple[Feature, Any]]) -> Answer:
        """Text is not answered."""
        raise NotImplementedError(f"{type(self).__name__} answers nothing: {example.id}, {len(outputs)}")


HEAD = TextHead
