"""The language-model head that a published encoder was pretrained with, for masked language modelling beside a task."""

import torch
from safetensors import safe_open

from isogloss.models.files import WEIGHTS, found

PLACES = {
    "dense.weight": ("lm_head.dense.weight", "cls.predictions.transform.dense.weight"),
    "dense.bias": ("lm_head.dense.bias", "cls.predictions.transform.dense.bias"),
    "norm.weight": ("lm_head.layer_norm.weight", "cls.predictions.transform.LayerNorm.weight"),
    "norm.bias": ("lm_head.layer_norm.bias", "cls.predictions.transform.LayerNorm.bias"),
    "bias": ("lm_head.bias", "cls.predictions.bias"),
}
"""Our name → XLM-R's and BERT's. The output layer's matrix is the table of sub-word vectors in all three."""


def language_model(name: str, revision: str = "") -> dict[str, torch.Tensor] | None:
    """Its weights under the names of our text head; None where the checkpoint has none, or lies in several files."""
    path = found(name, WEIGHTS, revision)
    if path is None:
        return None
    with safe_open(path, framework="pt") as file:
        there = set(file.keys())
        picked = {ours: next((key for key in keys if key in there), None) for ours, keys in PLACES.items()}
        if None in picked.values():
            return None
        return {ours: file.get_tensor(key) for ours, key in picked.items() if key}
