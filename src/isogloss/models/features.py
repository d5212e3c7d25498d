"""An example as the encoder reads it, and many of them as one padded batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from isogloss.core.typing import Int, np
from isogloss.models.tokenizer import Frame, Ids

Tensor = torch.Tensor


@dataclass(slots=True)
class Feature:
    """One input: one row of ids, or one row per choice."""

    example: int
    """Index of the example it was made from; a long example makes several features."""
    rows: tuple[Ids, ...]
    second: tuple[int, ...]
    """Per row, where the second text starts; 0 = there is none."""
    target: Any = None
    extra: Any = None
    """What the head needs to read its own output back."""

    @property
    def length(self) -> int:
        """Sub-words of the longest row."""
        return max(map(len, self.rows))


@dataclass(slots=True)
class Batch:
    """Features stacked into rectangles; `mask` is None where nothing is padded."""

    ids: Int[Tensor, "r t"]
    mask: Int[Tensor, "r t"] | None
    segments: Int[Tensor, "r t"] | None
    features: list[Feature]


def collate(features: Sequence[Feature], pad: int, device: torch.device) -> Batch:
    """Pad rows to the longest one of the batch."""
    rows = [row for feature in features for row in feature.rows]
    seconds = [second for feature in features for second in feature.second]
    lengths = [len(row) for row in rows]
    shape = (len(rows), max(lengths))
    ids = np.full(shape, pad, dtype=np.int64)
    segments = np.zeros(shape, dtype=np.int64)
    for index, (row, second) in enumerate(zip(rows, seconds, strict=True)):
        ids[index, : len(row)] = row
        if second:
            segments[index, second : len(row)] = 1
    mask = None
    if min(lengths) < shape[1]:
        mask = torch.from_numpy((np.arange(shape[1]) < np.asarray(lengths)[:, None]).astype(np.int64)).to(device)
    return Batch(
        ids=torch.from_numpy(ids).to(device),
        mask=mask,
        segments=torch.from_numpy(segments).to(device) if any(seconds) else None,
        features=list(features),
    )


def pair_row(frame: Frame, first: Ids, second: Ids | None, length: int) -> tuple[Ids, int]:
    """A row of at most `length` ids; of a pair, the longer text is cut first."""
    if second is None:
        return frame.wrap(first[: length - frame.cost[0]])
    room = length - frame.cost[1]
    if len(first) + len(second) > room:
        keep_second = min(len(second), max(room - len(first), room // 2))
        second = second[:keep_second]
        first = first[: room - keep_second]
    return frame.wrap(first, second)
