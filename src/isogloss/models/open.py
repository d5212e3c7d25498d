"""Open an encoder, whatever it is: a run's own, a folder, a published one, a packaged one, or adapters of any."""

import dataclasses
from pathlib import Path

from isogloss.core.encoders import SMALL
from isogloss.core.errors import ModelError, SpecError
from isogloss.core.spec import Published, RunSpec
from isogloss.models import encoder, files, packaged, rows
from isogloss.models.adapters import lora, madx
from isogloss.models.adapters.origin import base_of
from isogloss.models.encoder import Encoder
from isogloss.models.place import here, missing, place
from isogloss.models.tokenizer import Subwords
from isogloss.store.layout import Weights
from isogloss.store.store import Store


def placed(name: str | Path) -> str:
    """Where an encoder's files lie; a path is a folder, whatever it is called.

    Raises ModelError for a path without a folder, and for "small", which is another encoder in every study.
    """
    if isinstance(name, Path) and not name.expanduser().is_dir():
        raise ModelError(missing(name))
    if name == SMALL:
        raise ModelError(
            f"'{SMALL}' is built by each study from its own text, so it is not an encoder by itself: name a run that "
            "built one (`isogloss show` lists them), or one that `isogloss encoders` lists, such as e5-small."
        )
    return packaged.located(name)


def load(name: str | Path, revision: str = "", start: Published | None = None) -> Encoder:
    """An encoder by its folder, its package's name or its hub's. Raises ModelError.

    `start` is the published encoder that a run goes back to. Its files have to be those that the run was trained from.
    """
    located = placed(name)
    if not (Path(located) / files.BASE).is_file():
        return encoder.load(located, revision)
    base = base_of(Path(located))
    below = load(base, start=start) if isinstance(base, Path) else published(_here(start, base))
    kinds = {madx.ABOUT: madx.load, rows.ROWS: rows.load}
    put = next((put for name, put in kinds.items() if (Path(located) / name).is_file()), lora.load)
    return put(Path(located), below)


def _here(start: Published | None, noted: Published) -> Published:
    """The published encoder where it lies: where `start` says, or where a run noted it."""
    if start is None:
        return noted
    where = start.folder or start.name
    lies = bool(where and Path(where).is_dir()) or not Path(noted.name).is_dir()
    return start if lies else dataclasses.replace(start, folder=noted.name)


def load_subwords(name: str | Path, start: Published | None = None) -> Subwords:
    """The tokenizer of an encoder, without its weights; `start` as in `load`. Raises ModelError."""
    located = placed(name)
    if (Path(located) / files.BASE).is_file():
        base = base_of(Path(located))
        below = base if isinstance(base, Path) else place(_here(start, base))
        return load_subwords(below, start)
    return encoder.load_subwords(located)


def published(start: Published) -> Encoder:
    """A published encoder as it is. Raises ModelError for files that are not there, damaged, or another encoder's."""
    return load(place(start), start.revision)


def left_by(spec: RunSpec, folder: Path) -> Encoder:
    """The encoder that a run, or one that it went on from, left in a folder."""
    start = spec.encoder if isinstance(spec.encoder, Published) else None
    found = load(folder, start=start)
    found.own = start is None
    return found


def encoder_of(spec: RunSpec, folder: Path | None) -> Encoder:
    """The encoder of a finished run, whose folder this is; without one, a published encoder as it is."""
    if folder is not None:
        return left_by(spec, Weights(folder).encoder)
    if isinstance(spec.encoder, Published) and not spec.phases:
        return published(spec.encoder)
    raise SpecError(f"run {spec.run_id} is not there to be tested; run its study first.")


def kept_encoder(spec: RunSpec, store: Store) -> Encoder:
    """The encoder of a run of a store, wherever the published one that it goes back to lies now.

    Raises StoreError where its weights are gone.
    """
    return encoder_of(here(spec, store), store.folder(spec.run_id) if spec.phases else None)


def kept_subwords(spec: RunSpec, store: Store) -> Subwords:
    """Its tokenizer, without weights."""
    spec = here(spec, store)
    start = spec.encoder if isinstance(spec.encoder, Published) else None
    if start is not None and not spec.phases:
        return load_subwords(place(start))
    return load_subwords(Weights(store.folder(spec.run_id)).encoder, start)
