"""Invertible adapters (Pfeiffer et al. 2020, §3.4): a language's own view of the sub-word vectors, and the way back.

A coupling layer in the manner of NICE (Dinh et al. 2015), on both halves of a vector: o1 = F(e2) + e1, o2 = G(o1) + e2.
Its inverse, e2 = o2 − G(o1), e1 = o1 − F(e2), comes before the output table, which is the input's.
"""

import torch
from torch import nn

from isogloss.core.typing import Float
from isogloss.models.adapters.bottleneck import DownUp

Tensor = torch.Tensor


class Invertible(nn.Module):
    """F and G of one language, each with a bottleneck of a quarter of the width. They begin as no change at all."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.halves = [width // 2, width - width // 2]
        first, second = self.halves
        self.f, self.g = DownUp(second, width // 4, first), DownUp(first, width // 4, second)

    def forward(self, states: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
        """What goes into the first layer."""
        one, two = torch.split(states, self.halves, dim=-1)
        one = self.f(two) + one
        return torch.cat([one, self.g(one) + two], dim=-1)

    def back(self, states: Float[Tensor, "... d"]) -> Float[Tensor, "... d"]:
        """The vectors that `forward` makes these of."""
        one, two = torch.split(states, self.halves, dim=-1)
        two = two - self.g(one)
        return torch.cat([one - self.f(two), two], dim=-1)
