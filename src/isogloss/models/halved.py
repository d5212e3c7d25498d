"""Whether a model computes in bfloat16 at all: some, such as DeBERTa's first version, mask with float32's least number.

It is found out by reading a few sub-words once, so that no list of families has to be kept.
"""

from pathlib import Path

import torch
from transformers import AutoConfig

from isogloss.core.errors import ModelError
from isogloss.models import files, sizes
from isogloss.models.device import Ways, usual
from isogloss.models.encoder import Encoder, load_subwords, quiet

_KNOWN: dict[tuple[str, str, str], str] = {}
"""A model's class, configuration and device → why it does not compute so; empty where it does."""


def ways_of(encoder: Encoder, where: torch.device, precision: str = "auto") -> Ways:
    """How this encoder computes there. Raises ModelError for a precision in which the device or the model does not."""
    return suited(encoder, usual(where, precision, width=encoder.width, own=encoder.own), precision)


def suited(encoder: Encoder, ways: Ways, precision: str = "auto") -> Ways:
    """The same ways where the encoder can compute so, else the plain ones.

    Raises ModelError where bfloat16 was asked for by name.
    """
    why = _why_not(encoder) if ways.half else ""
    if why and precision == "bfloat16":
        raise ModelError(
            f"bfloat16 was asked for, and {type(encoder.model).__name__} does not compute in it ({why}). "
            "Give --precision float32, or auto."
        )
    return Ways() if why else ways


def refuse(folder: Path) -> None:
    """Raise the same ModelError for a model's folder without reading its weights: in their place are zeros, which take
    no memory until they are written to. What cannot be built so is said when it is loaded.
    """
    try:
        with quiet():
            config = AutoConfig.from_pretrained(str(folder), trust_remote_code=False)
            config._attn_implementation = None
            sizes.held(config, files.weights(folder), str(folder))
            with torch.device("meta"):
                model = sizes.class_of(config)(config)
            for each in (*model.to_empty(device="cpu").parameters(), *model.buffers()):
                each.data = torch.zeros_like(each.data)
            encoder = Encoder(model, load_subwords(folder))
    except Exception:  # transformers raises many kinds
        return
    suited(encoder, Ways(half=True), "bfloat16")


def _why_not(encoder: Encoder) -> str:
    model = encoder.model
    attention = str(getattr(model.config, "_attn_implementation", ""))
    key = type(model).__name__, model.config.to_json_string() + attention, model.device.type
    if key not in _KNOWN:
        _KNOWN[key] = _tried(encoder)
    return _KNOWN[key]


def _tried(encoder: Encoder) -> str:
    """Read one padded row, of which nothing remains: no gradient, no random number."""
    model, before, training = encoder.model, encoder.ways, encoder.model.training
    row = torch.zeros(1, 4, dtype=torch.int64, device=model.device)
    mask = torch.tensor([[1, 1, 1, 0]], device=model.device)
    half = Ways(half=True)
    model.eval()
    encoder.compute(half)
    try:
        with torch.no_grad(), half.precision(model.device):
            encoder.states(row, mask, None)
    except (RuntimeError, NotImplementedError) as error:
        return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
    finally:
        encoder.compute(before)
        model.train(training)
    return ""
