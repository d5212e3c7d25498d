"""The state of a phase in progress, so that a kill loses at most the steps since the last one.

A step's randomness depends on (phase, step) alone, so weights, optimizer and step number are all there is to keep.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from isogloss.core.errors import StoreError
from isogloss.store import seal
from isogloss.store.disk import reaching
from isogloss.store.layout import Weights, place_of_state
from isogloss.store.remedy import near
from isogloss.store.write import replacing


def save(
    folder: Path,
    modules: Mapping[str, torch.nn.Module],
    optimizers: Sequence[torch.optim.Optimizer],
    about: Mapping[str, str],
) -> None:
    """Write weights, optimizer state and `about` (step, losses so far …) in one file, in one step."""
    tensors: dict[str, torch.Tensor] = {}
    for name, module in modules.items():
        tensors |= {f"{name}/{key}": value for key, value in module.state_dict().items()}
    for index, optimizer in enumerate(optimizers):
        for parameter, state in optimizer.state_dict()["state"].items():
            for key, value in state.items():
                tensors[f"optimizer{index}/{parameter}/{key}"] = torch.as_tensor(value)
    write(Weights(folder).state, tensors, about)


def restore(
    folder: Path, modules: Mapping[str, torch.nn.Module], optimizers: Sequence[torch.optim.Optimizer]
) -> dict[str, str] | None:
    """Put a saved state back into place; None when there is none. Raises StoreError for a damaged or an older one."""
    path = Weights(folder).state
    if not path.is_file():
        return None
    tensors, about = read(path)
    for name, module in modules.items():
        prefix = f"{name}/"
        own = {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
        try:
            module.load_state_dict(own)
        except RuntimeError as error:  # of a version in which this part had other weights
            raise StoreError(f"{path}: the state is of another {name} than is trained now. {near(path)}") from error
    for index, optimizer in enumerate(optimizers):
        state: dict[int, dict[str, Any]] = {}
        for key, value in tensors.items():
            where, _, rest = key.partition("/")
            if where == f"optimizer{index}":
                parameter, _, name = rest.partition("/")
                state.setdefault(int(parameter), {})[name] = value
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return about


def write(path: Path, tensors: Mapping[str, torch.Tensor], about: Mapping[str, str] | None = None) -> None:
    """Write part of a state, sealed, in one step."""
    told = {**(about or {}), seal.KEY: seal.EMPTY, seal.PLACE: place_of_state(path)}
    with replacing(path) as temporary:
        save_file({key: value.detach().contiguous().cpu() for key, value in tensors.items()}, temporary, told)
        seal.stamp(temporary)


def read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """What `write` wrote. Raises StoreError for a file that is not what it was."""
    try:
        with reaching(path):
            about = seal.read_safetensors(path)
        with safe_open(path, framework="pt") as file:
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        if about.pop(seal.PLACE, place_of_state(path)) != place_of_state(path):
            raise seal.Damage("it is another run's")
    except (SafetensorError, OSError, seal.Damage) as error:
        raise StoreError(f"{path}: the state is damaged ({error}). {near(path)}") from error
    return tensors, about
