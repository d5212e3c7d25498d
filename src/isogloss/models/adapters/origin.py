"""Which encoder saved adapters or rows belong to: a note beside them, of a run of the same store or a published one.

base.json    {"run": "0123456789ab"} or {"name": "xlm-roberta-base", "fingerprint": …}
"""

import json
from dataclasses import dataclass
from pathlib import Path

from isogloss.core.errors import ModelError, SpecError
from isogloss.core.names import problem
from isogloss.core.spec import Published
from isogloss.models import packaged
from isogloss.models.files import BASE, read_json
from isogloss.store.remedy import near


@dataclass(frozen=True)
class Base:
    """The encoder that adapters belong to: a run, by where it lies in the store, or a published encoder."""

    run: str = ""
    name: str = ""
    revision: str = ""
    fingerprint: str = ""

    @classmethod
    def published(cls, encoder: Published) -> "Base":
        """A published encoder, where it lies now and what its files are."""
        return cls(name=encoder.folder or encoder.name, revision=encoder.revision, fingerprint=encoder.fingerprint)

    @classmethod
    def of(cls, folder: Path, start: Path | None, encoder: object) -> "Base":
        """What the run in `folder` starts from: its parent's encoder, which lies at `start`, else a published one."""
        if start is not None:
            parent = start.parent
            # Below the nearest folder that holds both: the store's runs, also for a run that is trained again apart.
            above = next((each for each in folder.parents if parent.is_relative_to(each)), parent.parent)
            return cls(run=parent.relative_to(above).as_posix())
        if not isinstance(encoder, Published):
            raise SpecError("adapters belong to a trained encoder; give them to a phase after the pretrain phase.")
        return cls.published(encoder)

    def note(self, folder: Path) -> None:
        """Write it beside the adapters."""
        told = {key: value for key, value in vars(self).items() if value}
        (folder / BASE).write_text(json.dumps(told), encoding="utf-8")


def base_of(folder: Path) -> Path | Published:
    """What saved adapters belong to: a run's encoder, by its folder, or a published one. Raises ModelError."""
    base = _noted(folder)
    below, seen = place_of(base), {folder.resolve()}
    while (below / BASE).is_file():  # which may itself be adapters of another
        if below.resolve() in seen:
            raise ModelError(f"{folder / BASE}: it leads back to itself. {near(folder / BASE)}")
        seen.add(below.resolve())
        below = place_of(_noted(below))
    return base


def whole(folder: Path) -> Path:
    """Where the whole encoder lies that what is saved in a folder goes back to; the folder itself if that is one."""
    while (folder / BASE).is_file():
        base = base_of(folder)
        folder = base if isinstance(base, Path) else Path(packaged.located(base.name)).expanduser()
    return folder


def place_of(base: Path | Published) -> Path:
    """The folder, or the name as one, by which it was noted."""
    return base if isinstance(base, Path) else Path(base.name)


def _noted(folder: Path) -> Path | Published:
    """What the note in a folder of adapters says."""
    try:
        base = Base(**read_json(folder / BASE))
    except (ModelError, TypeError) as error:
        raise ModelError(f"{folder / BASE}: it cannot be read ({error}). {near(folder / BASE)}") from error
    if not base.run:
        return Published(name=base.name, revision=base.revision, fingerprint=base.fingerprint)
    if any(problem(part) for part in base.run.split("/")):
        raise ModelError(f"{folder / BASE}: {base.run!r:.80} is not a run. {near(folder / BASE)}")
    for above in folder.resolve().parents:  # a run's neighbours lie above it; stores may be moved
        if (above / base.run / folder.name).is_dir():  # each run's encoder has the same name
            return above / base.run / folder.name
    raise ModelError(f"{folder}: it holds adapters of run {base.run}, whose weights are gone. Run its study again.")
