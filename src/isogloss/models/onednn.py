"""Float32 products by oneDNN, on processors where torch's own choice of library leaves half of the speed unused.

torch multiplies float32 matrices with Intel's MKL, which takes its AVX2 code on other makers' processors. AMD's with
AVX-512 (Zen 4 and later) multiply 2.3 times as fast with oneDNN, which is in torch as well. Sums are in another order,
so states differ in their last digits. Without gradients alone: oneDNN's product has none in torch.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import torch
from torch import Tensor, nn

PROCESSOR = Path("/proc/cpuinfo")


@cache
def pays() -> bool:
    """Whether this processor is one of those."""
    if not hasattr(torch.ops.mkldnn, "_linear_pointwise") or torch.backends.cpu.get_cpu_capability() != "AVX512":
        return False
    try:
        text = PROCESSOR.read_text("utf-8")
    except OSError:
        return False  # no Linux: nothing was measured there
    return "AuthenticAMD" in text


@contextmanager
def products(model: nn.Module) -> Iterator[None]:
    """Let the model's linear layers multiply so while the block runs, without gradients."""
    layers = [module for module in model.modules() if type(module) is nn.Linear and "forward" not in vars(module)]
    for layer in layers:
        layer.forward = partial(_linear, layer)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for layer in layers:
            del layer.__dict__["forward"]


def _linear(layer: nn.Linear, states: Tensor) -> Tensor:
    product: Tensor = torch.ops.mkldnn._linear_pointwise(states, layer.weight, layer.bias, "none", [], "")
    return product
