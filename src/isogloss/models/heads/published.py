"""The language-model head that a published encoder was pretrained with, for masked language modelling beside a task."""

import torch
from safetensors import safe_open

from isogloss.models.files import WEIGHTS, file_of

PLACES = {
    "dense.weight": (
        "lm_head.dense.weight", "cls.predictions.transform.dense.weight", "vocab_transform.weight",
        "generator_predictions.dense.weight", "lm_predictions.lm_head.dense.weight", "head.dense.weight",
    ),
    "norm.weight": (
        "lm_head.layer_norm.weight", "cls.predictions.transform.LayerNorm.weight", "vocab_layer_norm.weight",
        "generator_predictions.LayerNorm.weight", "lm_predictions.lm_head.LayerNorm.weight", "head.norm.weight",
    ),
    "bias": (
        "lm_head.bias", "cls.predictions.bias", "vocab_projector.bias", "generator_lm_head.bias",
        "lm_predictions.lm_head.bias", "decoder.bias",
    ),
}  # fmt: skip
"""Our name → the same of XLM-R's family, BERT, DistilBERT, ELECTRA, DeBERTa-v3 as published, and ModernBERT. The output
layer's matrix is the table of sub-word vectors in all of them."""


def language_model(name: str, revision: str = "") -> dict[str, torch.Tensor] | None:
    """Its weights under the names of our text head; None where the checkpoint has none, or lies in several files.

    A family without biases in the head (ModernBERT) gets zeros there, which is what it computes with.
    """
    path = file_of(name, WEIGHTS, revision)
    if path is None:
        return None
    with safe_open(path, framework="pt") as file:
        there = set(file.keys())
        picked = {ours: next((key for key in keys if key in there), None) for ours, keys in PLACES.items()}
        if None in picked.values():
            return None
        head = {ours: file.get_tensor(key) for ours, key in picked.items() if key}
        for part in ("dense", "norm"):
            bias = str(picked[f"{part}.weight"]).removesuffix("weight") + "bias"
            wide = head[f"{part}.weight"].shape[0]
            head[f"{part}.bias"] = file.get_tensor(bias) if bias in there else torch.zeros(wide)
    return head
