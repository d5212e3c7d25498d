"""What differs between families of encoders, read off the model itself, never off its name or its config's words."""

import inspect
import sys
from collections.abc import Iterable
from typing import Any, cast

from torch import Tensor, nn
from transformers import PreTrainedModel

from isogloss.core.languages import ENGLISH

BUFFERS = ("position_ids",)
"""Numbers that older checkpoints carry along and that a model makes by itself."""


def position_table(model: PreTrainedModel) -> nn.Module | None:
    """The table of absolute positions; None for a model that rotates or biases its attention instead.

    I-BERT's is no `nn.Embedding`, and has its `weight` and `padding_idx` all the same.
    """
    for name, module in model.named_modules():
        if name.rpartition(".")[2] == "position_embeddings" and hasattr(module, "weight"):
            return cast("nn.Module", module)
    return None


def first_position(model: PreTrainedModel) -> int:
    """The row of the table that the first sub-word of a text gets.

    RoBERTa's family numbers positions from the padding's id + 1 and gives its table that `padding_idx`; others from 0.
    """
    table = position_table(model)
    padding = getattr(table, "padding_idx", None)
    return 0 if padding is None else int(padding) + 1


def longest_row(model: PreTrainedModel) -> int:
    """How many sub-words a row may have; sys.maxsize where positions are relative alone (DeBERTa-v3)."""
    table = position_table(model)
    if table is not None:
        return len(cast("Tensor", table.weight)) - first_position(model)
    if getattr(model.config, "relative_attention", False):
        return sys.maxsize
    return int(getattr(model.config, "max_position_embeddings", sys.maxsize))


def has_segments(model: PreTrainedModel) -> bool:
    """Whether the model tells two texts of a row apart by a table of segments. XLM's `token_type_ids` are words."""
    takes = "token_type_ids" in inspect.signature(model.forward).parameters
    return takes and getattr(model.config, "type_vocab_size", 0) > 1


def strange_weights(model: PreTrainedModel, names: Iterable[str]) -> list[str]:
    """Those weights of a checkpoint, unknown to its base model, that lie inside one of the base model's own modules.

    What lies outside belongs to the heads or poolers that published checkpoints carry along, whatever they are called.
    A layer more than config.json describes lies inside.
    """
    prefix = f"{model.base_model_prefix}."
    inside = {name for name, _ in model.named_children()}
    parts = {name: name.removeprefix(prefix).split(".") for name in names}
    return sorted(name for name, part in parts.items() if part[0] in inside and part[-1] not in BUFFERS)


def settle(model: PreTrainedModel) -> None:
    """Choices that a family leaves to its user: X-MOD's adapters are those of the language everything is trained in."""
    if speaks(model) and model.config.default_language is None:
        speak(model, ENGLISH)


def speaks(model: PreTrainedModel) -> bool:
    """Whether the model has parts of its own for each language: X-MOD's adapters."""
    return hasattr(model, "set_default_language")


def tongues(model: PreTrainedModel) -> dict[str, str]:
    """Our code of each language that the model has parts of its own for → its own name of it: "de" → "de_DE"."""
    names = [str(name) for name in model.config.languages] if speaks(model) else []
    return {name.partition("_")[0]: name for name in reversed(names)}


def speak(model: PreTrainedModel, language: str) -> None:
    """Read what follows as this language: X-MOD's "de_DE" is our "de"; English where the model has no such adapter."""
    if not speaks(model):
        return
    of = tongues(model)
    set_language: Any = model.set_default_language
    set_language(of.get(language) or of.get(ENGLISH) or str(model.config.languages[0]))
