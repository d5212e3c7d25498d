"""A trained encoder without those sub-word vectors that are still the published encoder's: most of the table.

The text of a phase asks for some thousands of XLM-R's 250,002 rows. The others change at most by weight decay, all of
them by the same factors; so what is written is

    model.safetensors   all weights but the table
    rows.safetensors    "ids" and "rows" that differ, and "factors" that the others were multiplied by, in order
    base.json           the published encoder (adapters/origin)

The hash of the whole table is written too: put together again, it is what was saved, to the bit, or it is refused.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from isogloss.core.errors import ModelError
from isogloss.core.spec import Published
from isogloss.core.typing import Float, Int
from isogloss.models import encoder as whole
from isogloss.models import files, mapped
from isogloss.models.adapters.origin import Base
from isogloss.models.encoder import Encoder
from isogloss.models.place import place
from isogloss.store.remedy import near

Tensor = torch.Tensor
ROWS = "rows.safetensors"
HASH = "table"
"""The metadata that holds the SHA-256 of the table."""
BLOCK = 1 << 14
"""Rows that are compared at once."""


def save(encoder: Encoder, folder: Path, state: Mapping[str, Tensor] | None = None, *, start: Published) -> None:
    """Write an encoder that goes back to `start` to a new folder, whole where most of its rows have changed.

    `state` is written in place of its own weights.
    """
    told = encoder.model.state_dict() if state is None else state
    table = encoder.model.get_input_embeddings()
    names = [key for key, value in told.items() if value.data_ptr() == table.weight.data_ptr()]
    ids = None
    if len(names) == 1 and type(table) is nn.Embedding:
        ids = _changed(table.weight.detach().cpu(), start, names[0], encoder.decayed)
    if ids is None or 2 * len(ids) > table.num_embeddings or encoder.frequency_weights is not None:
        whole.save(encoder, folder, state)
        return
    folder.mkdir(parents=True)
    rest = {key: value.detach().cpu().contiguous() for key, value in told.items() if key not in names}
    save_file(rest, folder / files.WEIGHTS, {"format": "pt"})
    rows = table.weight.detach().cpu()
    kept = {"ids": ids, "rows": rows[ids], "factors": torch.tensor(encoder.decayed, dtype=torch.float64)}
    save_file(kept, folder / ROWS, {HASH: _hash(rows)})
    Base.published(start).note(folder)


def load(folder: Path, encoder: Encoder) -> Encoder:
    """The published encoder with a run's weights in place of its own. Raises ModelError where it is another one."""
    table = encoder.word_embeddings().weight
    try:
        with safe_open(folder / ROWS, framework="pt") as file:
            expected = (file.metadata() or {})[HASH]
        kept, rest = load_file(folder / ROWS), load_file(folder / files.WEIGHTS)
        encoder.decayed = tuple(kept["factors"].tolist())
        with torch.no_grad():
            _decay(table, encoder.decayed)[kept["ids"]] = kept["rows"]
        missing, strange = encoder.model.load_state_dict(rest, strict=False)
    except (SafetensorError, OSError, KeyError, IndexError, RuntimeError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{folder}: its weights cannot be put together ({first}). {near(folder / ROWS)}") from error
    if len(missing) > 1 or strange or _hash(table.detach()) != expected:
        raise ModelError(
            f"{folder}: it holds what a run changed of a published encoder, and the encoder at hand is another one "
            "than the run was trained from. Put that one's files back, or run the study again."
        )
    whole.check_numbers(folder, {**rest, **kept})
    return encoder


def _changed(table: Float[Tensor, "v d"], start: Published, name: str, factors: tuple[float, ...]) -> Tensor | None:
    """Ids of the rows that are not the published ones times `factors`; None where those are not found in its files."""
    for path in files.weights(place(start), start.revision):
        with safe_open(path, framework="pt") as file:
            for key in file.keys():  # noqa: SIM118 - it is no mapping
                theirs = file.get_slice(key)
                if f".{key}".endswith(f".{name}") and theirs.get_shape() == list(table.shape):
                    blocks = range(0, len(table), BLOCK)
                    return torch.cat([_unlike(theirs, table, first, factors) for first in blocks])
    return None


def _unlike(theirs: Tensor, table: Float[Tensor, "v d"], first: int, factors: tuple[float, ...]) -> Int[Tensor, "k"]:
    """The same for the rows from `first` on."""
    block = slice(first, first + BLOCK)
    unlike = first + (_decay(theirs[block].float(), factors) != table[block]).any(1).nonzero()[:, 0]
    mapped.release()
    return unlike


def _decay(rows: Float[Tensor, "n d"], factors: tuple[float, ...]) -> Float[Tensor, "n d"]:
    """Rows after the weight decay of several phases, in place: one product each, rounded each time."""
    for factor in factors:
        rows.mul_(factor)
    return rows


def _hash(table: Float[Tensor, "v d"]) -> str:
    found = hashlib.sha256()
    for block in torch.split(table, BLOCK):
        found.update(block.contiguous().cpu().numpy().data)
        mapped.release()
    return found.hexdigest()
