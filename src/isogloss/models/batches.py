"""Examples of similar length → batches under a token budget, so that hardly anything is padding.

The order of an epoch depends on (key, epoch) alone, so a phase that was killed finds its place by the step number.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from isogloss.core.seeds import rng
from isogloss.core.typing import Int
from isogloss.models.features import Feature

POOL = 64
"""Batches per pool: examples are shuffled into pools and sorted by length within one, so that a batch still mixes
examples from all over the data."""


def cut(lengths: Int[np.ndarray, "n"], rows: Int[np.ndarray, "n"], budget: float) -> list[Int[np.ndarray, "_"]]:
    """Consecutive positions of a sorted list in batches whose padded size stays within `budget` sub-words.

    `rows` is the number of rows an example fills (several for multiple choice). One example may exceed the budget.
    """
    batches, begin, widest, filled = [], 0, 0, 0
    for index, (length, count) in enumerate(zip(lengths.tolist(), rows.tolist(), strict=True)):
        widest = max(widest, length)
        if index > begin and widest * (filled + count) > budget:
            batches.append(np.arange(begin, index))
            begin, widest, filled = index, length, 0
        filled += count
    if begin < len(lengths):
        batches.append(np.arange(begin, len(lengths)))
    return batches


def epoch(
    lengths: Int[np.ndarray, "n"], rows: Int[np.ndarray, "n"], budget: int, key: str, number: int
) -> list[Int[np.ndarray, "_"]]:
    """The batches of one epoch, in order: indices of features."""
    random = rng(key, f"order/{number}")
    order = random.permutation(len(lengths))
    size = max(1, round(POOL * budget / max(1.0, float((lengths * rows).mean()))))
    batches = []
    for begin in range(0, len(order), size):
        pool = order[begin : begin + size]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[positions] for positions in cut(lengths[pool], rows[pool], budget)]
    return [batches[index] for index in random.permutation(len(batches))]


def parts(features: list[Feature], most: float) -> Iterator[list[Feature]]:
    """Consecutive features of a batch in parts of at most `most` sub-words with padding; infinity: all at once."""
    lengths = np.array([feature.length for feature in features], int)
    rows = np.array([len(feature.rows) for feature in features], int)
    for positions in cut(lengths, rows, most):
        yield [features[at] for at in positions]


def in_order(lengths: Int[np.ndarray, "n"], rows: Int[np.ndarray, "n"], budget: int) -> list[Int[np.ndarray, "_"]]:
    """Batches for evaluation: sorted by length, longest first, so that memory peaks at once."""
    order = np.argsort(-lengths, kind="stable")
    return [order[positions] for positions in cut(lengths[order], rows[order], budget)]


def padding(
    batches: Sequence[Int[np.ndarray, "_"]], lengths: Int[np.ndarray, "n"], rows: Int[np.ndarray, "n"]
) -> float:
    """Share of padding in [0, 1] over batches."""
    used = sum(int((lengths[batch] * rows[batch]).sum()) for batch in batches)
    filled = sum(int(lengths[batch].max() * rows[batch].sum()) for batch in batches)
    return 1 - used / filled


def budget_for(features: Sequence[Feature], batch: int) -> int:
    """The token budget of a step that holds `batch` examples of mean size."""
    return max(1, round(batch * sum(feature.length * len(feature.rows) for feature in features) / len(features)))
