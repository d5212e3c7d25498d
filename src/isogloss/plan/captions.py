"""Runs and phases in words a person reads at a glance."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from isogloss.core.controls import FRESH
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec, plain
from isogloss.store.run_record import Given, RunRecord

_UNTOLD = ("type", "tasks", "data")
"""Fields of a phase that tell a reader of two runs nothing: told already, or a hash."""


def run(spec: RunSpec, notes: Mapping[int, str] | None = None) -> str:
    """One line: the tasks of its phases in order, and the seed of the last.

    `notes` are said of phases by their places.
    """
    steps = [encoder(spec)] if not isinstance(spec.encoder, Architecture) else []
    notes = dict(notes or {})
    if spec.phases:
        last = len(spec.phases) - 1
        notes[last] = "; ".join(filter(None, (notes.get(last, ""), f"seed {spec.phases[-1].seed}")))
    for index, phase in enumerate(spec.phases):
        first, *others = phase.tasks
        name = f"{first}+{len(others)} more" if len(others) > 1 else "+".join(phase.tasks)
        name += " beside MLM" if phase.mlm else ""
        noted = f"{name} ({notes[index]})" if index in notes else name
        if phase.stage == "pretrain" and steps[-1:] == [name]:  # a start and training on the same text are one step
            steps.pop()
        steps.append(noted)
    return " → ".join(steps)


def runs(specs: Iterable[RunSpec]) -> dict[str, str]:
    """Run id → its line; runs that would have the same one are told apart by the settings in which they differ."""
    alike: dict[str, list[RunSpec]] = {}
    for spec in specs:
        alike.setdefault(run(spec), []).append(spec)
    return {spec.run_id: run(spec, _notes(spec, group)) for group in alike.values() for spec in group}


def _notes(spec: RunSpec, group: Sequence[RunSpec]) -> dict[int, str]:
    """Place of a phase → its settings that are not the same throughout the group."""
    notes = {}
    for index, phase in enumerate(spec.phases):
        every = [plain(other.phases[index]) for other in group if index < len(other.phases)]
        mine = plain(phase)
        differ = [name for name in mine if name not in _UNTOLD and any(each.get(name) != mine[name] for each in every)]
        if index == len(spec.phases) - 1:
            differ = [name for name in differ if name != "seed"]  # it is told anyway
        if differ:
            notes[index] = "; ".join(f"{name} {_value(mine[name])}" for name in differ)
    return notes


def encoder(spec: RunSpec) -> str:
    """The encoder a run starts from."""
    if isinstance(spec.encoder, Architecture):
        shape = spec.encoder
        return f"a {shape.layers}-layer encoder of width {shape.width}, {shape.vocabulary} sub-words at most"
    name = spec.encoder.title
    return f"{name}@{spec.encoder.revision[:12]}" if spec.encoder.revision else name


def phase(one: Phase) -> str:
    """A phase in a sentence: what is trained on what, for how long, and every setting that is not the default."""
    length = f"{one.steps:,} steps" if one.steps else f"{one.epochs:g} epochs"
    languages = ", ".join(one.languages) or "every language there is"
    aside = ("type", "stage", "tasks", "languages", "steps", "epochs", "data", "seed")
    shown = "; ".join(f"{name} {_value(value)}" for name, value in plain(one).items() if name not in aside)
    return f"{one.stage}: {' + '.join(one.tasks)} in {languages}, {length}, seed {one.seed}" + (
        f" ({shown})" if shown else ""
    )


def mixture(given: Mapping[str, Given]) -> str:
    """What each task gave to a finished phase, in a sentence."""
    batches = sum(gave.batches for gave in given.values())
    told = (
        f"{name} {gave.batches:,} batches ({gave.batches / batches:.1%}), {gave.examples:,} examples"
        for name, gave in given.items()
    )
    return f"Mixture as trained: {'; '.join(told)}."


def trained(record: RunRecord) -> list[str]:
    """What each task gave to a finished phase, where it and each head came from, where there is something to say."""
    lines = [mixture(record.mixture)] if record.mixture else []
    if record.same_as:
        lines.append(f"Its last phase learns what that of {record.same_as} does: it was trained once, for that run.")
    kept = [f"{name} goes on with that of {source}" for name, source in record.heads.items() if source != FRESH]
    if kept:
        lines.append(f"Heads: {'; '.join(kept)}.")
    if record.trained_parameters is not None and record.trained_parameters < record.parameters:
        lines.append(f"Trained: {record.trained_parameters:,} parameters, head included; the rest is frozen.")
    return lines


def differences(one: RunSpec, other: RunSpec) -> list[str]:
    """Where two runs differ: "phase 2, lr: 0.001, not 0.002"."""
    told = _differences("encoder", plain(one.encoder), plain(other.encoder))
    for index in range(max(len(one.phases), len(other.phases))):
        here = plain(one.phases[index]) if index < len(one.phases) else {}
        there = plain(other.phases[index]) if index < len(other.phases) else {}
        told += _differences(f"phase {index + 1}", here, there)
    return told


def _differences(where: str, here: dict[str, Any], there: dict[str, Any]) -> list[str]:
    told = []
    for name in sorted(set(here) | set(there)):
        if here.get(name) != there.get(name):
            mine, other = (_value(side[name]) if name in side else "the default" for side in (here, there))
            told.append(f"{where}, {name}: {mine}, not {other}")
    return told


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return "+".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
