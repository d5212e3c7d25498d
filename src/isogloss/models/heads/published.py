"""The language-model head that a published encoder was pretrained with, for masked language modelling beside a task."""

from collections.abc import Callable

import torch
from safetensors import safe_open
from torch import nn
from torch.nn import functional
from transformers import AutoModelForMaskedLM

from isogloss.models.encoder import Encoder, check_numbers, quiet
from isogloss.models.masked import found


def language_model(name: str, revision: str = "") -> dict[str, torch.Tensor] | None:
    """Its weights under the names of our text head; None where the checkpoint has none that can be taken over.

    A family without biases in the head (ModernBERT) gets zeros there, which is what it computes with; one with nothing
    but the output layer (XLM) has its bias alone. Raises ModelError for weights that are no numbers.
    """
    head: dict[str, torch.Tensor] = {}
    for ours, (key, path) in found(name, revision).tensors.items():
        with safe_open(path, framework="pt") as file:
            head[ours] = file.get_tensor(key)
        check_numbers(path, {key: head[ours]})
    for part in ("dense", "norm"):
        if f"{part}.weight" in head:
            head.setdefault(f"{part}.bias", torch.zeros(head[f"{part}.weight"].shape[0]))
    return head or None


def activation(encoder: Encoder) -> Callable[[torch.Tensor], torch.Tensor]:
    """What the head of an encoder's family computes between its dense layer and its norm.

    It is read off the authors' class, built without memory: some heads go by the configuration, XLM-R's and ELECTRA's
    have GELU whatever the encoder has.
    """
    if encoder.own:
        return functional.gelu
    config = encoder.model.config
    try:
        with quiet(), torch.device("meta"):
            model = AutoModelForMaskedLM.from_config(type(config).from_dict(config.to_dict()))
    except ValueError:  # the family has no such class
        return functional.gelu
    shape = (encoder.word_embeddings().embedding_dim, encoder.width)
    inner = set(model.base_model.modules())
    for module in model.modules():
        parts = list(module.children())
        if module not in inner and any(isinstance(each, nn.Linear) and each.weight.shape == shape for each in parts):
            return next((each for each in parts if _is_function(each)), functional.gelu)
    return functional.gelu


def _is_function(module: nn.Module) -> bool:
    """Whether a module is an activation: it has no weights, and is no dropout either."""
    return not isinstance(module, nn.Dropout) and not [*module.parameters(), *module.children()]
