"""Where the files of a published encoder are. A folder is known by what is in it, so it may be moved."""

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from isogloss.core.encoders import meant
from isogloss.core.errors import ModelError, SpecError, StoreError
from isogloss.core.spec import Published, RunSpec, from_plain
from isogloss.models import hub, packaged
from isogloss.models.files import fingerprint
from isogloss.store.store import Store


def place(encoder: Published) -> str:
    """Its folder, made on first use for a packaged one; else its hub name.

    Raises ModelError for a folder that is not there, or that holds another encoder than it did.
    """
    if not (encoder.folder or encoder.name):
        raise ModelError(
            f"the folder of the encoder whose files have the hash {encoder.fingerprint} is not known here. Give the "
            "run command again, with its folder."
        )
    if encoder.folder:
        return str(_checked(Path(encoder.folder), encoder))
    where = packaged.located(encoder.name)
    folder = Path(where).expanduser()
    if folder.is_dir():
        return str(_checked(folder, encoder))
    if encoder.fingerprint:
        raise ModelError(gone(where))
    if hub.malformed(where):
        raise ModelError(missing(where))
    return where


def missing(name: str | Path) -> str:
    """What to say of a folder that is not there."""
    return (
        f"{name}: no such folder. Give a folder that holds config.json and model.safetensors, or a hub name; an "
        "encoder's folder that was moved is known by its files: name it where it lies now."
    )


def gone(folder: str | Path) -> str:
    """The same of the folder that a finished run started from, which no option names."""
    return (
        f"{folder}: no such folder, and runs of this store start from the encoder that lay there. If it was moved, "
        "give their `isogloss run` command once more with --encoder and the folder where it lies now: that trains "
        "nothing again, and whatever opens those runs then finds it. Else put it back."
    )


def at_hand(encoder: Published) -> bool:
    """Whether all of its files are on this disk, as far as that can be seen without asking a hub."""
    if encoder.fingerprint:
        return True
    return hub.cached(encoder.name, encoder.revision) is not None


def doubt(encoder: Published) -> str:
    """What to say of a hub's model that is not on this disk, and whether its name looks like a slip; else empty."""
    if at_hand(encoder):
        return ""
    if question := meant(encoder.name):
        return f"'{encoder.name}' is taken for a hub's name, and no such model is in its cache on this disk.{question}"
    asked = encoder.name.rpartition("/")[2]
    known = next((each for each in hub.KNOWN if encoder.name in (each.name, asked) and each.name.endswith(asked)), None)
    much = f" ({4 * known.millions:,} MB)" if known else ""
    return f"'{encoder.name}' is not in the hub's cache on this disk: `run` fetches it from the hub first{much}."


def reachable(encoder: Published) -> None:
    """Raise ModelError for a hub's encoder that is not on this disk where the hub cannot be asked for it."""
    if not at_hand(encoder):
        hub.here(encoder.name, encoder.revision)


def known(encoder: Published, others: Iterable[Published]) -> Published:
    """A folder's encoder, found by the plan, under the name by which the same files go in earlier studies.

    So runs from when a folder's name was part of an id stay what they are. A folder that is new has no name. A packaged
    encoder that keeps its name needs no folder: it is made where it is missing.
    """
    names = [other.name for other in others if other.fingerprint == encoder.fingerprint]
    own = encoder.name if packaged.named(encoder.name) else ""
    name = encoder.name if encoder.name in names else min(names, key=lambda each: (not each, each), default=own)
    return dataclasses.replace(encoder, name=name, folder="" if own and name == own else encoder.folder)


def moved(encoder: Published, others: Iterable[Published]) -> Published:
    """The encoder where its folder lies now, if a later study found the same files elsewhere."""
    if not encoder.fingerprint or (packaged.named(encoder.name) and not encoder.folder):
        return encoder
    for each in (each for each in chain([encoder], others) if each.folder or each.name):
        folder = Path(each.folder or each.name).expanduser()
        if each.fingerprint == encoder.fingerprint and folder.is_dir() and fingerprint(folder) == encoder.fingerprint:
            return dataclasses.replace(encoder, folder=str(folder.resolve()))
    return encoder


def here(spec: RunSpec, store: Store) -> RunSpec:
    """A run of a store with its published encoder where that lies now, if a study of the store found it moved."""
    if not isinstance(spec.encoder, Published):
        return spec
    return dataclasses.replace(spec, encoder=moved(spec.encoder, encoders_of(store)))


def encoders_of(store: Store) -> Iterator[Published]:
    """The published encoders of the studies that a store holds, as each of them found its own."""
    for name in store.studies():
        with contextlib.suppress(StoreError, SpecError):  # damaged, or of a newer version: it knows nothing of us
            encoders = {str(run.values["encoder"]): run.values["encoder"] for run in store.study(name).runs}
            found = (from_plain(each) for each in encoders.values())
            yield from (each for each in found if isinstance(each, Published))


def _checked(folder: Path, encoder: Published) -> Path:
    if not folder.is_dir():
        raise ModelError(gone(folder))
    if encoder.fingerprint and (found := fingerprint(folder)) != encoder.fingerprint:
        raise ModelError(
            f"{folder}: it holds another encoder than when the study was planned (its files' hash was "
            f"{encoder.fingerprint}, is {found}). Put the files back, or give the run command again for a new plan."
        )
    return folder
