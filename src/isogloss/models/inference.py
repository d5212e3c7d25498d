"""Run an encoder over many inputs: sorted by length, batched under a token budget, without gradients."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import torch

from isogloss.core.errors import ModelError
from isogloss.core.typing import Float, np
from isogloss.models import batches as cutting
from isogloss.models import heap, onednn
from isogloss.models.device import WIDE
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch, Feature, collate

MOST, FEWEST = 8192, 512
"""Sub-words per batch of a narrow encoder, and of a wide one."""
NUMBERS, PLAIN = 1 << 20, 1 << 18
"""Of a layer, per batch: enough to keep a device busy. More only brings inputs of unlike lengths together.

A processor in float32 is as fast with fewer numbers (docs/log/2026-11.md); in bfloat16 every batch casts the weights
anew, so that larger ones pay. Narrow encoders, and those that a study built, keep their batches and so their bits."""


def batches(
    encoder: Encoder, features: Sequence[Feature], report: Callable[[int, int], None]
) -> Iterator[tuple[list[int], Batch]]:
    """Batches of features of similar length, longest first, with their indices in `features`."""
    lengths = np.array([feature.length for feature in features])
    rows = np.array([len(feature.rows) for feature in features])
    done = 0
    budget = max(FEWEST, min(MOST, (PLAIN if _plain(encoder) else NUMBERS) // encoder.width))
    for picked in cutting.in_order(lengths, rows, budget):
        indices = picked.tolist()
        yield indices, collate([features[index] for index in indices], encoder.subwords.pad, encoder.model.device)
        done += len(indices)
        report(done, len(features))


def per_feature(
    encoder: Encoder,
    features: Sequence[Feature],
    compute: Callable[[Batch], Sequence[Any]],
    report: Callable[[int, int], None],
) -> list[Any]:
    """`compute(batch)` gives one result per feature; all results in the order of `features`."""
    heap.keep()
    results: list[Any] = [None] * len(features)
    fast = onednn.products(encoder.model) if _plain(encoder) and onednn.pays() else nullcontext()
    with torch.inference_mode(), fast:
        for indices, batch in batches(encoder, features, report):
            for index, result in zip(indices, compute(batch), strict=True):
                results[index] = result
    return results


def _plain(encoder: Encoder) -> bool:
    """Whether a wide encoder that was published computes in float32 on a processor."""
    wide = encoder.width >= WIDE and not encoder.own
    return wide and encoder.model.device.type == "cpu" and not encoder.ways.half


def numbers(outputs: Float[torch.Tensor, "..."]) -> Float[np.ndarray, "..."]:
    """What a model computed, off the device. Raises ModelError for what is not a number, since it says nothing.

    The largest of such outputs would be the first one, and every example would get the first label.
    """
    values = outputs.float().cpu().numpy()
    if np.isnan(values).any():
        raise ModelError(
            "the model's outputs are not numbers: its weights are damaged, or have overflowed. Nothing is answered "
            "with them; train the run again, with a lower lr or with clip, or get the encoder again."
        )
    return np.asarray(values)
