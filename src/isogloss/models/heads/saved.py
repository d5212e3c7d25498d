"""Heads on disk: one safetensors file for all heads of a run, their labels in its metadata."""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from isogloss.core.errors import NOT_JSON, ModelError
from isogloss.models.heads._head import Head
from isogloss.store.remedy import near


def write(heads: Mapping[str, Head], path: Path) -> None:
    """Write the heads, task → head, to a new file."""
    tensors = {
        f"{name}/{key}": value.detach().cpu().contiguous()
        for name, head in heads.items()
        for key, value in head.state_dict().items()
    }
    save_file(tensors, path, {"labels": json.dumps({name: list(head.labels) for name, head in heads.items()})})


def labels(path: Path) -> dict[str, tuple[str, ...]]:
    """Task → labels of the heads that a run left in this file; none where there is no such file."""
    if not path.is_file():
        return {}
    try:
        with safe_open(path, framework="pt") as file:
            found = json.loads((file.metadata() or {})["labels"])
        return {name: tuple(map(str, each)) for name, each in found.items()}
    except (SafetensorError, AttributeError, KeyError, OSError, TypeError, *NOT_JSON) as error:
        raise ModelError(f"{path}: the heads cannot be read ({error}). {near(path)}") from error


def weights(path: Path, name: str) -> dict[str, torch.Tensor]:
    """The weights of one head."""
    prefix = f"{name}/"
    with safe_open(path, framework="pt") as file:
        return {key.removeprefix(prefix): file.get_tensor(key) for key in file.keys() if key.startswith(prefix)}  # noqa: SIM118
