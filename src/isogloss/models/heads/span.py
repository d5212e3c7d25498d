"""The answer to a question as a span of its context.

A long context is read through windows that overlap by `stride` sub-words; the best span over all windows wins.
A span is at most 30 sub-words long, as in the official scripts. The first position stands for "no answer".
"""

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import nn
from torch.nn import functional

from isogloss.core.errors import SpecError
from isogloss.core.examples import Example, Span
from isogloss.core.phase import Phase
from isogloss.core.shown import quoted
from isogloss.core.typing import Float, Int, np
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch, Feature
from isogloss.models.heads._head import Answer, Head, normal
from isogloss.models.inference import numbers
from isogloss.models.tokenizer import Subwords

Tensor = torch.Tensor
LONGEST = 30
CANDIDATES = 20


class SpanHead(Head):
    """A start and an end score for every position."""

    def __init__(self, labels: tuple[str, ...], encoder: Encoder, phase: Phase) -> None:
        super().__init__(labels, encoder, phase)
        self.labels = labels
        self.question_length = min(64, self.length // 2)
        self.may_refuse = "unanswerable" in labels
        self.dropout = nn.Dropout(phase.dropout)
        self.out = normal(encoder.width, 2)

    def encode(self, examples: Sequence[Example], subwords: Subwords, *, labelled: bool) -> list[Feature]:
        """One row per window: question, piece of context. `extra`: first context column, offsets of the piece."""
        items = cast("Sequence[Span]", examples)
        contexts = list(dict.fromkeys(item.context for item in items))
        cut = dict(zip(contexts, subwords.ids_and_offsets(contexts), strict=True))
        questions = subwords.ids([item.question.strip() for item in items])
        features = []
        for index, (item, question) in enumerate(zip(items, questions, strict=True)):
            ids, offsets = cut[item.context]
            question = question[: self.question_length]
            room = self.length - subwords.frame.cost[1] - len(question)
            if room < 1:
                raise SpecError(f"length={self.length} leaves no room for a context; give a longer one.")
            gold = _token_span(item, offsets) if labelled and item.answers else None
            for begin in _windows(len(ids), room, min(self.stride, room - 1)):
                row, start = subwords.frame.wrap(question, ids[begin : begin + room])
                piece = offsets[begin : begin + room]
                target = _target(gold, begin, len(piece), start) if labelled else None
                features.append(Feature(index, (row,), (start,), target, (start, piece)))
        return features

    def forward(self, states: Float[Tensor, "r t d"], batch: Batch) -> Float[Tensor, "r t 2"]:
        """Start and end logits; padding is -inf."""
        logits = self.out(self.dropout(states)).float()
        if batch.mask is not None:
            logits = logits.masked_fill(batch.mask[:, :, None] == 0, float("-inf"))
        return cast(Tensor, logits)

    def loss(self, states: Float[Tensor, "r t d"], batch: Batch) -> tuple[Tensor, int]:
        """Mean of the start's and the end's cross-entropy, summed over windows."""
        target = torch.tensor([feature.target for feature in batch.features], device=states.device)
        logits = self(states, batch)
        both = sum(functional.cross_entropy(logits[:, :, side], target[:, side], reduction="sum") for side in (0, 1))
        return cast(Tensor, both) / 2, len(target)

    def decode(self, states: Float[Tensor, "r t d"], batch: Batch) -> list[Any]:
        """Per window: log-probability of its best span, the span's characters, and of no answer."""
        logits = numbers(self(states, batch).log_softmax(dim=1))
        return [_best(logits[index], *feature.extra) for index, feature in enumerate(batch.features)]

    def answer(self, example: Example, outputs: Sequence[tuple[Feature, Any]]) -> Answer:
        """The text of the best span over all windows; "" when the task allows it and no window prefers a span."""
        item = cast("Span", example)
        score, (begin, end), refuse = max((output for _, output in outputs), key=lambda output: output[0] - output[2])
        if self.may_refuse and score <= refuse:
            return Answer("", float(np.exp(refuse)))
        return Answer(item.context[begin:end].strip(), float(np.exp(score)))


def _windows(total: int, room: int, stride: int) -> range | list[int]:
    return [0] if total <= room else [*range(0, total - room, room - stride), total - room]


def _token_span(item: Span, offsets: Int[np.ndarray, "t 2"]) -> tuple[int, int]:
    """First and last sub-word of the first gold answer."""
    begin, end = item.starts[0], item.starts[0] + len(item.answers[0])
    inside = np.flatnonzero((offsets[:, 1] > begin) & (offsets[:, 0] < end) & (offsets[:, 1] > offsets[:, 0]))
    if not len(inside):
        answer = f"the answer {quoted(item.answers[0])} at character {begin}"
        raise item.wrong(f"example {quoted(item.id)}: no sub-word covers {answer}.")
    return int(inside[0]), int(inside[-1])


def _target(gold: tuple[int, int] | None, begin: int, size: int, column: int) -> tuple[int, int]:
    """Columns of the answer in this window; the first column when it is not (wholly) in it."""
    if gold is None or gold[0] < begin or gold[1] >= begin + size:
        return 0, 0
    return gold[0] - begin + column, gold[1] - begin + column


def _best(
    logits: Float[np.ndarray, "t 2"], column: int, offsets: Int[np.ndarray, "w 2"]
) -> tuple[float, tuple[int, int], float]:
    """The best span among the likeliest starts and ends: score, characters, score of the first column."""
    starts, ends = logits[column : column + len(offsets)].T
    top_starts = np.argsort(-starts, kind="stable")[:CANDIDATES]
    top_ends = np.argsort(-ends, kind="stable")[:CANDIDATES]
    first, last = np.meshgrid(top_starts, top_ends, indexing="ij")
    allowed = (first <= last) & (last - first < LONGEST)
    scores = np.where(allowed, starts[first] + ends[last], -np.inf)
    if not allowed.any():  # the likeliest starts all lie behind the likeliest ends
        best = int(np.argmax(starts + ends))
        span, score = (best, best), float(starts[best] + ends[best])
    else:
        at = np.unravel_index(int(scores.argmax()), scores.shape)
        span, score = (int(first[at]), int(last[at])), float(scores[at])
    return score, (int(offsets[span[0], 0]), int(offsets[span[1], 1])), float(logits[0].sum())


HEAD = SpanHead
