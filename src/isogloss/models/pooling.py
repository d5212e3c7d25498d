"""Token states → one sentence vector.

"idf" is the mean weighted by inverse document frequency, which the encoder must bring along: without it frequent
sub-words, which say little, drown the rest (Arora, Liang & Ma 2017).
"""

import torch

from isogloss.core.errors import ModelError, UnknownName
from isogloss.core.typing import Float, Int
from isogloss.models.encoder import Encoder

Tensor = torch.Tensor
POOLINGS = ("mean", "first", "idf")


def poolings(encoder: Encoder) -> tuple[str, ...]:
    """Those that an encoder allows."""
    return tuple(name for name in POOLINGS if name != "idf" or encoder.frequency_weights is not None)


def weights_for(encoder: Encoder, pooling: str) -> Float[Tensor, "vocabulary"] | None:
    """The weight of each sub-word under a pooling; None where all count the same. ModelError for "idf" without."""
    if pooling != "idf":
        return None
    if encoder.frequency_weights is None:
        raise ModelError(
            'pooling="idf" needs word frequencies, which only an encoder with start="aligned" brings along; use "mean".'
        )
    return encoder.frequency_weights.to(encoder.model.device)


def pool(
    states: Float[Tensor, "r t d"],
    mask: Int[Tensor, "r t"] | None,
    pooling: str,
    weights: Float[Tensor, "r t"] | None = None,
) -> Float[Tensor, "r d"]:
    """One vector per row: "first" state, or the "mean" ("idf": weighted by `weights`) over unpadded ones."""
    if pooling == "first":
        return states[:, 0]
    if pooling not in POOLINGS:
        raise UnknownName.of("pooling", pooling, POOLINGS)
    if weights is None:
        if mask is None:
            return states.mean(dim=1)
        weights = mask.to(states.dtype)
    elif mask is not None:
        weights = weights * mask
    total = weights.sum(dim=1, keepdim=True).clamp_min(1e-9)
    return torch.einsum("rtd,rt->rd", states, weights / total)
