"""Weights at earlier steps of a phase, each a folder in the layout of a run, and the mean of several.

A snapshot lands whole, and a step's weights depend on its spec alone; so a killed phase that takes a step again finds
the snapshot it would have written.
"""

import dataclasses
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from isogloss.core.errors import StoreError
from isogloss.core.parts import Lora
from isogloss.core.phase import Phase
from isogloss.core.spec import Published
from isogloss.models.encoder import save
from isogloss.models.open import load
from isogloss.models.rows import ROWS
from isogloss.store import seal
from isogloss.store.layout import Weights
from isogloss.store.write import remove, replacing
from isogloss.training.team import team

UNLEARNED = ("checkpoints", "average", "parent_weights", "retries", "gradient_checkpointing")
"""Fields of a phase that change nothing of what it learns; whether adapters are merged is one more."""


def unkept(phase: Phase) -> Phase:
    """The phase as far as it decides what is learned: what is kept, weights or activations, names no random stream."""
    default: dict[str, Any] = {item.name: item.default for item in dataclasses.fields(Phase)}
    adapters = phase.adapters
    if isinstance(adapters, Lora):
        adapters = dataclasses.replace(adapters, merge=True)
    return dataclasses.replace(phase, adapters=adapters, **{name: default[name] for name in UNLEARNED})


def steps(count: int, total: int) -> list[int]:
    """The steps whose weights are kept, evenly spaced; the last is the end of the phase."""
    return sorted({max(1, round(total * number / count)) for number in range(1, count + 1)}) if count else [total]


def keeper(folder: Path, count: int, write: Callable[[Path, int, int], None]) -> Callable[[int, int], None]:
    """What the loop calls after every step: writes the snapshots of a phase, the last one aside.

    The last snapshot is the run itself. Snapshots that should be there and are not (a half-finished run that somebody
    cleaned), or are not what was written, make the phase start again.
    """
    if not count or not team().first:
        return lambda _step, _total: None
    before: list[int] = []

    def after(step: int, total: int) -> None:
        if not before:
            before.append(step)
            sealed = seal.seals(Weights(folder).state)
            lost = [at for at in steps(count, total) if at < step and not _whole(place(folder, at), sealed=sealed)]
            if lost:
                for path in (Weights(folder).state, *(place(folder, at) for at in lost)):
                    remove(path)
                raise StoreError(
                    f"{folder}: the weights of step {lost[0]} are gone or damaged, so the phase cannot go on. What was "
                    "left of them and its state were removed; give the same command again and the phase starts over."
                )
        if step in steps(count, total)[:-1] and not place(folder, step).is_dir():
            with replacing(place(folder, step)) as draft:
                draft.mkdir(parents=True)
                write(draft, step, total)
                seal.list_files(draft)

    return after


def _whole(snapshot: Path, *, sealed: bool) -> bool:
    """Whether it is there and what was written; one of a run that does not seal is older than lists of files."""
    if not (snapshot / seal.FILES).is_file():
        return snapshot.is_dir() and not sealed
    return not any(seal.unlike(snapshot))


def place(folder: Path, step: int) -> Path:
    """Where a snapshot lies in its run's folder."""
    return Weights(folder).snapshot(step)


def folders(folder: Path, count: int, total: int) -> dict[int, Path]:
    """Step → folder of every checkpoint of a finished run, the run's own last. Raises StoreError where one is gone."""
    by_step = {step: place(folder, step) for step in steps(count, total)[:-1]} | {total: folder}
    gone = [step for step, path in by_step.items() if not path.is_dir()]
    if gone:
        raise StoreError(
            f"{folder}: the weights of step {gone[0]} are not there. Run its study: they are trained again."
        )
    return by_step


def mean(folder: Path, sources: Sequence[Path], start: Published | None = None) -> Path:
    """The folder with the mean of the weights of several checkpoints; made once. Sums are in float64.

    `start` is the published encoder that they go back to.
    """
    averaged = Weights(folder).mean(len(sources))
    if averaged.is_dir():
        seal.check_files(averaged)
        return averaged
    last = Weights(sources[-1])
    with replacing(averaged) as draft:
        draft.mkdir(parents=True)
        paths = [last.head]
        # Other rows differ at each step, the last may have changed most of them: then the mean is written whole.
        places = [Weights(source).encoder for source in sources]
        if any((place / ROWS).is_file() for place in places):
            encoders = [load(place, start=start) for place in places]
            save(encoders[-1], Weights(draft).encoder, _mean([each.model.state_dict() for each in encoders]))
        else:
            shutil.copytree(last.encoder, Weights(draft).encoder, ignore=shutil.ignore_patterns("*.safetensors"))
            paths += last.encoder.glob("*.safetensors")
        for path in paths:
            name = path.relative_to(last.folder)
            save_file(_mean([load_file(source / name) for source in sources]), draft / name, _metadata(path))
        seal.list_files(draft)
    return averaged


def _mean(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    averaged = {}
    for name, last in states[-1].items():
        if last.is_floating_point():
            averaged[name] = torch.stack([state[name].double() for state in states]).mean(0).to(last.dtype)
        else:
            averaged[name] = last
    return averaged


def _metadata(path: Path) -> dict[str, str]:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        return dict(file.metadata() or {})
