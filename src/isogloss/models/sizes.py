"""A model is never larger than its weights: what a configuration may ask for, before anything of it is allocated.

`config.json` is text that anybody writes. A width of 10**9 would take all memory before the weights turn out to have
another shape.
"""

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from isogloss.core.errors import ModelError

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel

WIDEST = 10_000_000
"""No size in a configuration is larger: the largest published vocabulary has some 1,000,000 entries."""
DEEPEST = 100_000
"""Nor is the product of all that it counts (layers, groups, experts), each of which is a Python object or more."""
SPARE = 10_000_000
"""Numbers that a model may have beyond twice those of its weights: 40 MB."""
_COUNTS = re.compile(r"layers?$|layers_num|groups?$|group_num|experts?$|blocks?$")
_IDENTIFIER = re.compile(r"ids?$")


def bounded(config: Path, values: dict[str, Any]) -> None:
    """Raise ModelError for sizes that no encoder has. Reads the text alone."""
    deep = 1
    for key, number in _numbers(values):
        if abs(number) > WIDEST and not _IDENTIFIER.search(key):
            raise ModelError(f"{config}: {key} is {number}; no encoder is larger than {WIDEST:,} in anything.")
        if number > 1 and _COUNTS.search(key):
            deep *= number
    if deep > DEEPEST:
        raise ModelError(f"{config}: it asks for {deep:,} layers or parts of layers; up to {DEEPEST:,} are built.")


def _numbers(values: object, key: str = "") -> Iterator[tuple[str, int]]:
    if isinstance(values, dict):
        for name, value in values.items():
            yield from _numbers(value, str(name))
    elif isinstance(values, list):
        for value in values:
            yield from _numbers(value, key)
    elif isinstance(values, float) and values.is_integer() and math.isfinite(values):
        yield key, int(values)
    elif isinstance(values, int) and not isinstance(values, bool):
        yield key, values


def held(config: "PretrainedConfig", weights: Sequence[Path], name: str) -> None:
    """Raise ModelError where a configuration describes far more numbers than its weights hold.

    The model is built without memory for its numbers. Which weights are missing is said once they are loaded; here it
    is only seen to that this takes no more memory than the files and a little.
    """
    import torch

    there = sum(math.prod(shape) for path in weights for shape in shapes(path).values())
    with torch.device("meta"):
        model = class_of(config)(config)
    described = sum(each.numel() for each in model.parameters())
    if described > 2 * there + SPARE:
        raise ModelError(
            f"{name}: its config.json describes {described:,} numbers, and its weights are {there:,}. The checkpoint "
            "is not whole or config.json is not its own; it is not used."
        )


def class_of(config: "PretrainedConfig") -> "type[PreTrainedModel]":
    """The class that transformers builds for a configuration: where it has several (Funnel), the one that is named."""
    from transformers import MODEL_MAPPING

    found = MODEL_MAPPING[type(config)]
    if not isinstance(found, tuple):
        return cast("type[PreTrainedModel]", found)
    of: dict[str, type[PreTrainedModel]] = {each.__name__: each for each in found}
    return next(
        (of[name] for name in config.architectures or () if name in of), cast("type[PreTrainedModel]", found[0])
    )


def shapes(path: Path) -> dict[str, Sequence[int]]:
    """Name → shape of the tensors in a safetensors file, from its head alone."""
    from safetensors import safe_open

    with safe_open(path, framework="np") as file:
        return {key: file.get_slice(key).get_shape() for key in file.keys()}  # noqa: SIM118 - no mapping
