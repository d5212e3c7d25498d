"""Where the files of a published encoder are. A folder is known by what is in it, so it may be moved."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from isogloss.core.encoders import meant
from isogloss.core.errors import ModelError
from isogloss.core.spec import Published
from isogloss.models import hub, packaged
from isogloss.models.files import fingerprint


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
    if encoder.fingerprint or hub.malformed(where):
        raise ModelError(missing(where))
    return where


def missing(name: str | Path) -> str:
    """What to say of a folder that is not there."""
    return (
        f"{name}: no such folder. Give a folder that holds config.json and model.safetensors, or a hub name; an "
        "encoder's folder that was moved is known by its files: name it where it lies now."
    )


def at_hand(encoder: Published) -> bool:
    """Whether all of its files are on this disk, as far as that can be seen without asking a hub."""
    if encoder.fingerprint:
        return True
    return hub.cached(encoder.name, encoder.revision) is not None


def doubt(encoder: Published) -> str:
    """What to say of a name that is taken for a hub's and looks like a slip; empty for any other encoder."""
    question = meant(encoder.name)
    if not question or at_hand(encoder):
        return ""
    return f"'{encoder.name}' is taken for a hub's name, and no such model is in its cache on this disk.{question}"


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
    for each in (each for each in (encoder, *others) if each.folder or each.name):
        folder = Path(each.folder or each.name).expanduser()
        if each.fingerprint == encoder.fingerprint and folder.is_dir() and fingerprint(folder) == encoder.fingerprint:
            return dataclasses.replace(encoder, folder=str(folder.resolve()))
    return encoder


def _checked(folder: Path, encoder: Published) -> Path:
    if not folder.is_dir():
        raise ModelError(missing(folder))
    if encoder.fingerprint and (found := fingerprint(folder)) != encoder.fingerprint:
        raise ModelError(
            f"{folder}: it holds another encoder than when the study was planned (its files' hash was "
            f"{encoder.fingerprint}, is {found}). Put the files back, or give the run command again for a new plan."
        )
    return folder
