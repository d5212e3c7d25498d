"""Chunks of tag sequences by conlleval's rule, all sentences at once.

A chunk ends and starts where the prefix or the type changes as conlleval and seqeval < 1.0 say. The rule looks at
two neighbouring tags only, so it is a table over pairs of tags, looked up for every position in one array operation.
Sentences are kept apart by an "O" between them.
"""

from collections.abc import Callable, Sequence
from itertools import chain

from isogloss.core.errors import MetricError
from isogloss.core.typing import Bool, Float, Int, np

Split = Callable[[str], tuple[str, str]]
"""A tag → its prefix (one letter: B I E S O or any other) and its type."""

OUTSIDE = ("O", ".")


def statistics(
    predictions: Sequence[Sequence[str]], golds: Sequence[Sequence[str]], split: Split
) -> Float[np.ndarray, "n 3"]:
    """Rows of (correct, predicted, gold) chunks; correct means the same type, begin and end."""
    lengths = tag_counts(predictions, golds)
    if not len(lengths):
        return np.zeros((0, 3))
    known = _Codes({"O": 0})
    tags = map(known.__getitem__, chain(chain.from_iterable(golds), chain.from_iterable(predictions)))
    codes = np.fromiter(tags, dtype=np.int64, count=2 * int(lengths.sum()))
    ends, starts, kinds = _rule(list(known), split)
    sentence = np.repeat(np.arange(len(lengths)), lengths + 1)  # the "O" after a sentence still belongs to it
    inside = np.ones(len(sentence), dtype=bool)
    inside[np.cumsum(lengths + 1) - 1] = False
    half = len(codes) // 2
    gold_end, gold_begin, gold_kind = _chunks(codes[:half], inside, ends, starts, kinds)
    found_end, found_begin, found_kind = _chunks(codes[half:], inside, ends, starts, kinds)
    correct = gold_end & found_end & (gold_begin == found_begin) & (gold_kind == found_kind)
    columns = [np.bincount(sentence[hit], minlength=len(lengths)) for hit in (correct, found_end, gold_end)]
    return np.stack(columns, axis=1).astype(np.float64)


def tag_counts(predictions: Sequence[Sequence[str]], golds: Sequence[Sequence[str]]) -> Int[np.ndarray, "n"]:
    """Tags per sentence. Raises MetricError when a prediction has not one tag per gold tag."""
    lengths = np.fromiter(map(len, golds), dtype=np.int64, count=len(golds))
    predicted = np.fromiter(map(len, predictions), dtype=np.int64, count=len(predictions))
    wrong = np.flatnonzero(lengths != predicted)
    if len(wrong):
        row = int(wrong[0])
        raise MetricError(
            f"sentence {row} (from 0) has {lengths[row]} gold tags and {predicted[row]} predicted ones, and so for "
            f"{len(wrong)} sentences; predict one tag per token."
        )
    return lengths


class _Codes(dict[str, int]):
    """Numbers tags in the order they are met."""

    def __missing__(self, tag: str) -> int:
        if not tag:
            raise MetricError("a tag is the empty string; every token needs a tag.")
        self[tag] = len(self)
        return self[tag]


def _rule(
    tags: list[str], split: Split
) -> tuple[Bool[np.ndarray, "v v"], Bool[np.ndarray, "v v"], Int[np.ndarray, "v"]]:
    """For every (previous tag, tag): does a chunk end before it, does one start at it; and each tag's type.

    The last row is the start of the text, an "O" of no type.
    """
    parts = [*map(split, tags), ("O", "")]
    types = {kind: code for code, kind in enumerate(dict.fromkeys(kind for _, kind in parts))}
    ends = np.zeros((len(parts), len(parts)), dtype=bool)
    starts = np.zeros_like(ends)
    for i, (before, old) in enumerate(parts):
        for j, (prefix, new) in enumerate(parts):
            ends[i, j] = (
                before in ("E", "S")
                or (before in ("B", "I") and prefix in ("B", "S", "O"))
                or (before not in OUTSIDE and old != new)
            )
            starts[i, j] = (
                prefix in ("B", "S")
                or (before in ("E", "S", "O") and prefix in ("E", "I"))
                or (prefix not in OUTSIDE and old != new)
            )
    return ends, starts, np.array([types[kind] for _, kind in parts])


def _chunks(
    codes: Int[np.ndarray, "t"],
    inside: Bool[np.ndarray, "s"],
    ends: Bool[np.ndarray, "v v"],
    starts: Bool[np.ndarray, "v v"],
    kinds: Int[np.ndarray, "v"],
) -> tuple[Bool[np.ndarray, "s"], Int[np.ndarray, "s"], Int[np.ndarray, "s"]]:
    """Where a chunk ends (before this position), where that chunk began, and its type."""
    here = np.zeros(len(inside), dtype=np.int64)
    here[inside] = codes
    before = np.empty_like(here)
    before[0], before[1:] = len(ends) - 1, here[:-1]
    pair = before * len(ends) + here
    begins = np.where(starts.take(pair), np.arange(len(here)), 0)
    begun = np.zeros_like(here)
    begun[1:] = np.maximum.accumulate(begins)[:-1]
    return ends.take(pair), begun, kinds.take(before)
