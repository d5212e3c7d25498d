"""The language-model head that a published encoder was pretrained with, for masked language modelling beside a task."""

from collections.abc import Callable
from typing import Any

import torch
from safetensors import safe_open
from torch import nn
from torch.nn import functional
from transformers import AutoModelForMaskedLM

from isogloss.models.encoder import Encoder, check_numbers, quiet
from isogloss.models.files import WEIGHTS, file_of

PLACES = {
    "dense.weight": (
        "lm_head.dense.weight", "cls.predictions.transform.dense.weight", "vocab_transform.weight",
        "generator_predictions.dense.weight", "lm_predictions.lm_head.dense.weight", "head.dense.weight",
        "predictions.dense.weight",
    ),
    "norm.weight": (
        "lm_head.layer_norm.weight", "cls.predictions.transform.LayerNorm.weight", "vocab_layer_norm.weight",
        "generator_predictions.LayerNorm.weight", "lm_predictions.lm_head.LayerNorm.weight", "head.norm.weight",
        "predictions.LayerNorm.weight", "lm_head.norm.weight", "cls.predictions.transform.layer_norm.weight",
    ),
    "bias": (
        "lm_head.bias", "cls.predictions.bias", "vocab_projector.bias", "generator_lm_head.bias",
        "lm_predictions.lm_head.bias", "decoder.bias",
        "predictions.bias", "lm_head.decoder.bias",
    ),
}  # fmt: skip
"""Our name → the same of XLM-R's family, BERT, DistilBERT, ELECTRA, DeBERTa-v3 as published, ModernBERT, ALBERT, GTE,
Nomic and LUKE. The output layer's matrix is the table of sub-word vectors in all of them."""

OUTPUTS = (
    "lm_head.decoder.weight", "cls.predictions.decoder.weight", "vocab_projector.weight", "generator_lm_head.weight",
    "lm_predictions.lm_head.decoder.weight", "decoder.weight", "predictions.decoder.weight",
)  # fmt: skip
"""Where the output layer's matrix is written once more, or for itself where it is another one than the table."""
BLOCK = 1 << 14
"""Rows that are compared at once."""


def language_model(name: str, revision: str = "") -> dict[str, torch.Tensor] | None:
    """Its weights under the names of our text head; None where the checkpoint has none, or lies in several files.

    A family without biases in the head (ModernBERT) gets zeros there, which is what it computes with. Raises ModelError
    for weights that are no numbers.
    """
    path = file_of(name, WEIGHTS, revision)
    if path is None:
        return None
    with safe_open(path, framework="pt") as file:
        there = set(file.keys())
        picked = {ours: next((key for key in keys if key in there), None) for ours, keys in PLACES.items()}
        if None in picked.values() or not _tied(file):
            return None
        head = {ours: file.get_tensor(key) for ours, key in picked.items() if key}
        check_numbers(path, {key: head[ours] for ours, key in picked.items() if key})
        for part in ("dense", "norm"):
            bias = str(picked[f"{part}.weight"]).removesuffix("weight") + "bias"
            wide = head[f"{part}.weight"].shape[0]
            head[f"{part}.bias"] = file.get_tensor(bias) if bias in there else torch.zeros(wide)
            check_numbers(path, {bias: head[f"{part}.bias"]})
    return head


def _tied(file: Any) -> bool:
    """Whether the output layer's matrix is the table of sub-word vectors: not in the file, or like another there."""
    names = list(file.keys())
    own = next((name for name in OUTPUTS if name in names), None)
    if own is None:
        return True
    matrix = file.get_slice(own)
    shape = matrix.get_shape()
    return any(
        all(torch.equal(matrix[row : row + BLOCK], other[row : row + BLOCK]) for row in range(0, shape[0], BLOCK))
        for other in (file.get_slice(name) for name in names if name != own)
        if other.get_shape() == shape
    )


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
