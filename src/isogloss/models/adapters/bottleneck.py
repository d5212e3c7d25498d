"""The bottleneck of an adapter: down to a few numbers, through ReLU, and up again."""

import torch
from torch import nn

from isogloss.core.typing import Float

Tensor = torch.Tensor
SPREAD = 0.02
"""Standard deviation of fresh weights, as BERT's."""


class DownUp(nn.Module):
    """U(ReLU(D(h))). The way up begins at zero, so that an encoder begins as it was."""

    def __init__(self, width: int, size: int, out: int | None = None) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(width, size), nn.Linear(size, width if out is None else out)
        nn.init.normal_(self.down.weight, std=SPREAD)
        for zero in (self.down.bias, self.up.weight, self.up.bias):
            nn.init.zeros_(zero)

    def forward(self, states: Float[Tensor, "... d"]) -> Float[Tensor, "... o"]:
        """What is added to the states."""
        up: Tensor = self.up(torch.relu(self.down(states)))
        return up
