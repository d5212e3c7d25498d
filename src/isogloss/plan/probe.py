"""A short measured probe: how fast this device trains one layer of an encoder's shape. Nothing is downloaded."""

import contextlib
import time
from collections.abc import Iterable
from functools import cache

from isogloss.core.spec import Published
from isogloss.models import packaged
from isogloss.models.memory import Shape, config_of

ROWS, SUBWORDS = 4, 64
"""Of the probe's batch on a processor; a GPU, which needs more to be busy, gets 32 times as many rows."""


@cache
def reached(shape: Shape, precision: str = "auto") -> tuple[float, str]:
    """Floating-point operations per second that training reaches, and the device's name. A second on a processor.

    Raises ModelError for a precision that this device does not compute.
    """
    import torch

    from isogloss.models.device import device as here
    from isogloss.models.device import usual

    device = here()
    rows = ROWS * (32 if device.type == "cuda" else 1)
    layer = torch.nn.TransformerEncoderLayer(
        shape.width, shape.heads, shape.hidden, activation="gelu", batch_first=True, device=device
    )
    states = torch.zeros(rows, SUBWORDS, shape.width, device=device, requires_grad=True)

    # A processor's own seconds: beside other work the clock on the wall would make a plan of minutes one of hours.
    clock = time.perf_counter if device.type == "cuda" else time.process_time

    def step() -> float:
        begin = clock()
        with usual(device, precision, width=shape.width).precision(device):
            layer(states).sum().backward()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return clock() - begin

    step()  # first calls allocate and choose kernels
    seconds = min(step() for _ in range(2))
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "this processor"
    return 6 * shape.layer * rows * SUBWORDS / seconds, name


def check_half(encoders: Iterable[Published]) -> None:
    """Raise ModelError for a published encoder on this disk that does not compute in bfloat16; packaged ones do."""
    from isogloss.models.halved import refuse

    for encoder in encoders:
        if packaged.named(encoder.name) is None:
            with contextlib.suppress(FileNotFoundError):
                refuse(config_of(encoder).parent)
