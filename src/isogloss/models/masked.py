"""Which weights of a published checkpoint are the language-model head that it was pretrained with.

They are found by the heads of its files, so that a plan can say it, too.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import NOT_JSON, ModelError
from isogloss.models.files import AGAIN, BASE, weights

PLACES = {
    "dense.weight": (
        "lm_head.dense.weight", "cls.predictions.transform.dense.weight", "vocab_transform.weight",
        "generator_predictions.dense.weight", "lm_predictions.lm_head.dense.weight", "head.dense.weight",
        "predictions.dense.weight", "cls.predictions.dense.weight",
    ),
    "norm.weight": (
        "lm_head.layer_norm.weight", "cls.predictions.transform.LayerNorm.weight", "vocab_layer_norm.weight",
        "generator_predictions.LayerNorm.weight", "lm_predictions.lm_head.LayerNorm.weight", "head.norm.weight",
        "predictions.LayerNorm.weight", "lm_head.norm.weight", "cls.predictions.transform.layer_norm.weight",
        "cls.predictions.LayerNorm.weight",
    ),
    "bias": (
        "lm_head.bias", "cls.predictions.bias", "vocab_projector.bias", "generator_lm_head.bias",
        "lm_predictions.lm_head.bias", "decoder.bias",
        "predictions.bias", "lm_head.decoder.bias", "cls.predictions.decoder.bias", "pred_layer.proj.bias",
    ),
}  # fmt: skip
"""Our name → the same of XLM-R's family, BERT, DistilBERT, ELECTRA, DeBERTa-v3 as published, ModernBERT, ALBERT, GTE,
Nomic, LUKE, RemBERT and XLM. XLM, FlauBERT and Funnel have the bias alone."""

OUTPUTS = (
    "lm_head.decoder.weight", "cls.predictions.decoder.weight", "vocab_projector.weight", "generator_lm_head.weight",
    "lm_predictions.lm_head.decoder.weight", "decoder.weight", "predictions.decoder.weight", "pred_layer.proj.weight",
    "lm_head.weight",
)  # fmt: skip
"""Where the output layer's matrix is written once more, or for itself where it is another one than the table."""
BLOCK = 1 << 24
"""Bytes that are compared at once."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies."""

    path: Path
    shape: Sequence[int]
    begin: int
    end: int
    """Its bytes within the file."""


@dataclass(frozen=True, slots=True)
class Found:
    """A language-model head, or why none can be taken over."""

    tensors: Mapping[str, tuple[str, Path]]
    """Our name → the checkpoint's, and the file that has it."""
    why: str = ""


def found(name: str, revision: str = "") -> Found:
    """The language-model head of a folder or hub name. Raises ModelError."""
    if (Path(name).expanduser() / BASE).is_file():
        return Found({}, "it is kept as changes to another encoder, without a head")
    there = tensors(weights(name, revision))
    picked = {ours: next((key for key in keys if key in there), "") for ours, keys in PLACES.items()}
    own = next((key for key in OUTPUTS if key in there), "")
    if own and not _repeated(own, there):
        much = f"{' × '.join(f'{size:,}' for size in there[own].shape)} numbers"
        return Found({}, f"its output layer has a matrix of its own ({much}), not the table of sub-word vectors")
    if not picked["dense.weight"] and _bare(picked["bias"], there):
        return Found({"bias": (picked["bias"], there[picked["bias"]].path)})
    if not all(picked.values()):
        return Found({}, "its weights have none that is known")
    for part in ("dense", "norm"):
        picked[f"{part}.bias"] = picked[f"{part}.weight"].removesuffix("weight") + "bias"
    return Found({ours: (key, there[key].path) for ours, key in picked.items() if key in there})


def tensors(paths: Iterable[Path]) -> dict[str, Tensor]:
    """Name → place of all tensors in safetensors files. Raises ModelError."""
    there: dict[str, Tensor] = {}
    for path in paths:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            try:
                head = json.loads(file.read(size))
            except NOT_JSON as error:
                raise ModelError(f"{path}: it is cut short, or is no safetensors file. {AGAIN}") from error
        for key, about in head.items():
            if key != "__metadata__":
                begin, end = about["data_offsets"]
                there[key] = Tensor(path, about["shape"], 8 + size + begin, 8 + size + end)
    return there


def _bare(bias: str, there: Mapping[str, Tensor]) -> bool:
    """Whether beside the encoder there is nothing but the output layer with this bias."""
    layer = bias.removesuffix("bias")
    parts = {key.partition(".")[0] for key in there if key not in (bias, f"{layer}weight")}
    return bool(bias) and len(parts) == 1 and bias.partition(".")[0] not in parts


def _repeated(own: str, there: Mapping[str, Tensor]) -> bool:
    """Whether a matrix is that of another name once more: the table of sub-word vectors."""
    matrix = there[own]
    size = matrix.end - matrix.begin
    others = [each for key, each in there.items() if key != own and each.shape == matrix.shape]
    return any(each.end - each.begin == size and _same(matrix, each, size) for each in others)


def _same(one: Tensor, other: Tensor, size: int) -> bool:
    with one.path.open("rb") as first, other.path.open("rb") as second:
        first.seek(one.begin)
        second.seek(other.begin)
        left = size
        while left:
            block = min(BLOCK, left)
            if first.read(block) != second.read(block):
                return False
            left -= block
    return True
