"""What the training of a run wrote down, as it is read: the one reader of a run's marker.

A run writes what it knows; what it did not write down is empty here, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SAME_AS = "same_as"
"""In a record, and in what is known of a test: the run whose training it was."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A training that collapsed and was repeated under another seed."""

    seed: int
    collapsed: str
    """Why it counts as collapsed."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """What one task gave to a phase of several."""

    batches: int
    examples: int
    """Each counted as often as it was seen."""


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """The record of a finished run."""

    steps: int = 0
    tokens: int = 0
    seconds: float | None = None
    """Of all steps of this run on its machine, as far as it was not killed."""
    seconds_per_step: float | None = None
    losses: tuple[tuple[int, float], ...] | None = None
    """(step, training loss)."""
    collapsed: str = ""
    """Why it learned nothing; empty for a run that learned."""
    seed: int | None = None
    """Of the attempt that stands, where a phase may be repeated."""
    attempts: tuple[Attempt, ...] = ()
    """Those that collapsed before it."""
    same_as: str = ""
    """The twin whose training this run's was (core.spec.RunSpec.twins): its random streams bear that run's name, and
    steps, losses and rate are that run's. Empty for a run that was trained by itself."""
    heads: Mapping[str, str] = field(default_factory=dict)
    """Task → where its head came from: core.controls.FRESH, or the task that it goes on with."""
    texts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Task → how many texts its training examples have: 1, 2 (pairs) or both. Only of classification, and nothing for
    runs from before it was written down."""
    mixture: Mapping[str, Given] = field(default_factory=dict)
    """Task → what it gave, for a phase of several."""
    parameters: int = 0
    trained_parameters: int | None = None
    tokenizer: str = ""
    """Its fingerprint."""
    precision: str = ""
    """Empty for runs from before it was written down: float32, or a GPU's usual."""
    device: str = ""
    device_name: str = ""
    threads: int = 1
    versions: Mapping[str, str] = field(default_factory=dict)
    """Package → version."""
    code: Mapping[str, Any] = field(default_factory=dict)
    """`version`, `source`, and `commit` and `changed` in a checkout."""
    energy: Mapping[str, Any] = field(default_factory=dict)
    """`kwh`, and `how` it was estimated."""
    files: Mapping[str, int] | None = None
    """Name → bytes of its weights, in a store at a URL."""
    body: Mapping[str, Any] = field(repr=False)
    """As it lies on the disk, without hashes."""

    def plain(self) -> dict[str, Any]:
        """The JSON object that `read` was given."""
        return dict(self.body)


def read(body: Mapping[str, Any]) -> RunRecord:
    """The record in a JSON object. Raises AttributeError, KeyError, TypeError or ValueError for anything else."""
    trained, losses, files = body.get("trained_parameters"), body.get("losses"), body.get("files")
    return RunRecord(
        steps=int(body.get("steps") or 0),
        tokens=int(body.get("tokens") or 0),
        seconds=_float(body.get("seconds")),
        seconds_per_step=_float(body.get("seconds_per_step")),
        losses=None if losses is None else tuple([(int(step), float(loss)) for step, loss in losses]),
        collapsed=str(body.get("collapsed") or ""),
        seed=body.get("seed"),
        attempts=tuple(Attempt(seed=each["seed"], collapsed=each["collapsed"]) for each in body.get("attempts", ())),
        same_as=str(body.get(SAME_AS) or ""),
        heads=dict(body.get("heads", {})),
        texts={task: tuple(map(int, each)) for task, each in body.get("texts", {}).items()},
        mixture={
            task: Given(batches=each["batches"], examples=each["examples"])
            for task, each in body.get("mixture", {}).items()
        },
        parameters=int(body.get("parameters") or 0),
        trained_parameters=None if trained is None else int(trained),
        tokenizer=str(body.get("tokenizer") or ""),
        precision=str(body.get("precision", "")),
        device=str(body.get("device", "")),
        device_name=str(body.get("device_name", "")),
        threads=int(body.get("threads", 1)),
        versions=dict(body.get("versions", {})),
        code=dict(body.get("code", {})),
        energy=dict(body.get("energy", {})),
        files=None if files is None else dict(files),
        body=body,
    )


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


NOTHING = read({})
"""Of a run that is not finished."""
