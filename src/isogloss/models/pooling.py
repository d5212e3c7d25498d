"""Token states → one sentence vector."""

import torch

from isogloss.core.errors import UnknownName
from isogloss.core.typing import Float, Int

Tensor = torch.Tensor
POOLINGS = ("mean", "first")


def pool(
    states: Float[Tensor, "r t d"],
    mask: Int[Tensor, "r t"] | None,
    pooling: str,
    weights: Float[Tensor, "r t"] | None = None,
) -> Float[Tensor, "r d"]:
    """One vector per row: "first" state, or the "mean" over unpadded ones, weighted where `weights` are given."""
    if pooling == "first":
        return states[:, 0]
    if pooling != "mean":
        raise UnknownName.of("pooling", pooling, POOLINGS)
    if weights is None:
        if mask is None:
            return states.mean(dim=1)
        weights = mask.to(states.dtype)
    elif mask is not None:
        weights = weights * mask
    total = weights.sum(dim=1, keepdim=True).clamp_min(1e-9)
    return torch.einsum("rtd,rt->rd", states, weights / total)
