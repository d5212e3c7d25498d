"""MAD-X's adapters in an encoder: begun for a phase, saved alone in one file each, and loaded.

adapters.json                    {"size": 192, "invertible": true, "languages": ["de", "en"], "home": "en"}
language-de.safetensors          each language's
task.safetensors                 or the task's
base.json                        the encoder to which they belong (adapters/origin)
"""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from isogloss.core.errors import ModelError, SpecError
from isogloss.core.languages import ENGLISH
from isogloss.core.names import problem
from isogloss.core.parts import Bottleneck
from isogloss.models.adapters.origin import Base
from isogloss.models.adapters.stack import Adapter, Stack, attach
from isogloss.models.encoder import Encoder
from isogloss.models.files import read_json

ABOUT = "adapters.json"
TASK = "task"


def begin(encoder: Encoder, adapters: Bottleneck, languages: list[str], spoken: str) -> list[str]:
    """Put a phase's new adapters into the encoder, drawn from torch's global generator; they alone are trained.

    `languages` are those of the phase's text, `spoken` the one that it begins to read. Returns the adapters' names.
    """
    encoder.model.requires_grad_(requires_grad=False)
    stack = _stack(encoder)
    names = sorted(languages) if adapters.per_language else [TASK]
    if twice := {*names} & {*stack.languages}:
        raise SpecError(
            f"{', '.join(sorted(twice))}: an earlier phase has made adapters of these languages. Leave them out of "
            "`languages`; adapters of several phases stand side by side."
        )
    _add(encoder, names, adapters.width, invertible=adapters.invertible)
    if not stack.home:
        stack.home = ENGLISH if ENGLISH in stack.languages else next(iter(stack.languages), "")
    stack.speak(spoken)
    if not adapters.per_language:
        stack.home = stack.spoken
    return names


def save(encoder: Encoder, folder: Path, adapters: Bottleneck, names: list[str], base: Base) -> None:
    """Write the phase's own adapters, those of these names, alone, and which encoder they belong to."""
    folder.mkdir(parents=True)
    stack = _stack(encoder)
    for name in names:
        state = _named(stack, name).state_dict()
        save_file({key: value.detach().cpu().contiguous() for key, value in state.items()}, folder / _file(name))
    about = {"size": adapters.width, "invertible": adapters.invertible, "home": stack.home,
             "languages": names if adapters.per_language else []}  # fmt: skip
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    base.note(folder)


def load(folder: Path, encoder: Encoder) -> Encoder:
    """The encoder to which they belong with saved adapters put in. Raises ModelError when they are not its own."""
    about = read_json(folder / ABOUT)
    try:
        languages, size, home = list(about["languages"]), int(about["size"]), str(about["home"])
        if any(not isinstance(code, str) or problem(code) for code in languages):
            raise ValueError("a language that is not a name")
        _add(encoder, languages or [TASK], size, invertible=bool(about["invertible"]))
        stack = _stack(encoder)
        for name in languages or [TASK]:
            _named(stack, name).load_state_dict(load_file(folder / _file(name)))
    except (SafetensorError, OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{folder}: the adapters cannot be read ({first}). Run its study again.") from error
    for key, value in stack.state_dict().items():
        if not torch.isfinite(value).all():
            raise ModelError(f"{folder}: the weights of {key} are not all numbers. Run its study again.")
    stack.home = home
    stack.speak(home)
    return encoder


def _add(encoder: Encoder, names: list[str], size: int, *, invertible: bool) -> None:
    stack = _stack(encoder)
    entry = _entry(encoder) if invertible else 0
    for name in names:
        adapter = Adapter(encoder.layers, encoder.width, size, entry=entry)
        if name == TASK:
            stack.tasks.append(adapter)
        else:
            stack.languages[name] = adapter


def _entry(encoder: Encoder) -> int:
    """The width of what goes before the first layer: ELECTRA and others widen it after the embeddings.

    Raises SpecError where it is not the output table's, through which the way back leads.
    """
    embeddings: Any = encoder.model.embeddings
    (width,), table = embeddings.LayerNorm.normalized_shape, encoder.word_embeddings().embedding_dim
    if width != table:
        raise SpecError(
            f"invertible adapters have no place in {type(encoder.model).__name__}: its embeddings are {width} wide, "
            f"and its table of sub-words {table}. Leave `invertible` out."
        )
    return int(width)


def _stack(encoder: Encoder) -> Stack:
    if encoder.adapters is None:
        encoder.adapters = attach(encoder.model)
    return encoder.adapters


def _named(stack: Stack, name: str) -> Any:
    """A language's adapter, or the last task's."""
    return stack.tasks[-1] if name == TASK else stack.languages[name]


def _file(name: str) -> str:
    return f"{name}.safetensors" if name == TASK else f"language-{name}.safetensors"
