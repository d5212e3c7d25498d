"""Where an encoder computes, and how: on a CUDA device there are faster ways than the plain one.

On a processor there is the plain way alone, so results there depend on nothing found here.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How an encoder computes; what is off is plain float32 on padded batches."""

    half: bool = False
    """Matrix products in bfloat16 (autocast)."""
    packed: bool = False
    """Rows end to end without padding, attention within each (varlen kernels)."""
    compiled: bool = False
    """Through torch.compile."""

    def precision(self, where: torch.device) -> AbstractContextManager[Any]:
        """What a forward pass runs under."""
        return torch.autocast(where.type, torch.bfloat16) if self.half else nullcontext()


def device() -> torch.device:
    """A CUDA device when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def usual(where: torch.device) -> Ways:
    """bfloat16 where the device computes it natively; elsewhere it would be many times slower."""
    return Ways(half=where.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False))
