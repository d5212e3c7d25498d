"""What differs between families of encoders, read off the model itself, never off its name or its config's words."""

import inspect
import sys
from collections.abc import Iterable
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from isogloss.core.languages import ENGLISH

BUFFERS = ("position_ids",)
"""Numbers that older checkpoints carry along and that a model makes by itself."""


def position_table(model: PreTrainedModel) -> nn.Module | None:
    """The table of absolute positions; None for a model that rotates or biases its attention instead."""
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
    """How many sub-words a row may have; sys.maxsize where positions are relative alone (DeBERTa-v3, XLNet).

    A model may number positions by a list that is shorter than its table: YOSO's begins with 2.
    """
    table = position_table(model)
    if table is not None:
        lists = [each for name, each in model.named_buffers() if name.rpartition(".")[2] in BUFFERS]
        rows = len(cast("Tensor", table.weight)) - first_position(model)
        return min([rows, *(len(each.flatten()) for each in lists)])
    most = int(getattr(model.config, "max_position_embeddings", 0) or 0)
    return sys.maxsize if most <= 0 or getattr(model.config, "relative_attention", False) else most


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


def settle(model: PreTrainedModel, pad: int) -> None:
    """Choices that a family leaves to its user.

    The language is that which everything is trained in. The padding is the tokenizer's: the row that a model takes for
    it gets no gradient, and where config.json goes by another id that would be a sub-word's.
    """
    table = cast("nn.Embedding", model.get_input_embeddings())
    if table.padding_idx not in (None, pad):
        table.padding_idx = model.config.pad_token_id = pad
    if hasattr(model, "lang_embeddings"):
        model.register_forward_pre_hook(_in_its_language, with_kwargs=True)
        speak(model, ENGLISH)
    elif speaks(model) and model.config.default_language is None:
        speak(model, ENGLISH)


def speaks(model: PreTrainedModel) -> bool:
    """Whether the model has parts of its own for each language: X-MOD's adapters, XLM's vectors."""
    return hasattr(model, "set_default_language") or hasattr(model, "lang_embeddings")


def tongues(model: PreTrainedModel) -> dict[str, str]:
    """Our code of each language that the model has parts of its own for → its own name of it: "de" → "de_DE"."""
    if not speaks(model):
        return {}
    names = _vectors(model) if hasattr(model, "lang_embeddings") else model.config.languages
    return {str(name).partition("_")[0]: str(name) for name in reversed(list(names))}


def spoken(model: PreTrainedModel) -> str:
    """The model's own name of the language that it reads as, where it has parts of its own for each."""
    if not hasattr(model, "lang_embeddings"):
        return str(model.config.default_language)
    return next(name for name, place in _vectors(model).items() if place == model.config.lang_id)


def speak(model: PreTrainedModel, language: str) -> None:
    """Read what follows as this language: X-MOD's "de_DE" is our "de"; English where the model has no such part."""
    if not speaks(model):
        return
    of = tongues(model)
    name = of.get(language) or of.get(ENGLISH) or next(reversed(of.values()))
    if hasattr(model, "lang_embeddings"):
        model.config.lang_id = _vectors(model)[name]
    else:
        cast(Any, model).set_default_language(name)


def told(model: PreTrainedModel, name: str) -> str:
    """What is called on a model of transformers' so that it reads what follows as a language of that name."""
    vectors = _vectors(model) if hasattr(model, "lang_embeddings") else {}
    return f"config.lang_id = {vectors[name]}" if vectors else f'set_default_language("{name}")'


def _vectors(model: PreTrainedModel) -> dict[str, int]:
    """XLM's languages and the rows of its table of languages; none where config.json does not name them."""
    named = getattr(model.config, "lang2id", None)
    count = model.config.n_langs
    return {
        str(name): place
        for name, place in (named.items() if isinstance(named, dict) else ())
        if isinstance(place, int) and 0 <= place < count
    }


def _in_its_language(
    model: Any, given: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What XLM is called with, and the language of each sub-word: without it the model leaves its vectors out."""
    ids = named["input_ids"] if "input_ids" in named else given[0]
    return given, {"langs": torch.full_like(ids, model.config.lang_id), **named}
