"""Where an encoder computes, and how: the plain way is float32 on padded batches, and there are faster ones.

On a processor, encoders of our own compute in the plain way alone, so their results depend on nothing found here.
Published ones compute their matrix products in bfloat16 where the processor does so natively.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from isogloss.core.errors import ModelError

PRECISIONS = ("auto", "float32", "bfloat16")
"""What may be asked for; "auto" is what pays on the device."""
WIDE = 256
"""Width of hidden states from which bfloat16 pays on a processor: 1.3 to 2.4 times as fast. Narrower
ones lose in casts what they gain in products."""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How an encoder computes; what is off is plain float32 on padded batches."""

    half: bool = False
    """Matrix products in bfloat16 (autocast)."""
    packed: bool = False
    """Rows end to end without padding, attention within each (varlen kernels)."""
    compiled: bool = False
    """Through torch.compile."""

    @property
    def dtype(self) -> str:
        """What its matrix products are computed in, by name."""
        return "bfloat16" if self.half else "float32"

    def precision(self, where: torch.device) -> AbstractContextManager[Any]:
        """What a forward pass runs under."""
        return torch.autocast(where.type, torch.bfloat16) if self.half else nullcontext()


def device() -> torch.device:
    """A CUDA device when there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def usual(where: torch.device, precision: str = "auto", *, width: int = 0, own: bool = False) -> Ways:
    """How an encoder computes there; on a processor one of our `own` is float32, whatever is asked.

    "auto" takes bfloat16 where the device computes it natively and it pays. Raises ModelError for bfloat16 on a device
    that would emulate it, many times slower.
    """
    if precision == "float32" or (own and where.type == "cpu"):
        return Ways()
    native = computes_half(where)
    if precision == "bfloat16" and not native:
        raise ModelError(
            f"bfloat16 was asked for, and this {'processor' if where.type == 'cpu' else 'GPU'} has no instructions for "
            "it (on processors: avx512_bf16 or amx_bf16). Give --precision float32, or auto."
        )
    return Ways(half=native and (precision == "bfloat16" or where.type != "cpu" or width >= WIDE))


def computes_half(where: torch.device) -> bool:
    """Whether a device multiplies bfloat16 matrices natively."""
    if where.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return where.type == "cpu" and bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
