"""A claim: a statement with its source and what it predicts. A verdict: computed from cells, never typed.

A claim that would hold for any data says nothing, so each is tried on made-up tables when it is loaded, and refused
when none of them can refute it (or none can support it).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from isogloss.core.errors import SpecError
from isogloss.core.seeds import rng
from isogloss.evidence.expression import RELATIONS, Key, Prediction, Recorder

TRIALS = 100
_TASKS = tuple(f"task {number}" for number in range(6))
_NAMES = tuple(f"intermediate {number}" for number in range(6))


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement that measured cells can support or refute. Raises SpecError for one that cannot fail, or not hold."""

    name: str
    statement: str
    source: str
    place: str
    """Where in the source it stands."""
    predicts: tuple[Prediction, ...]
    """All of them must hold."""
    registered: str
    """The date it was written down, as 2026-11-22; before the data it is held against, one hopes."""
    severity: tuple[float, ...] = field(init=False, default=())
    """Share of made-up tables that refute each prediction: near 0 says little, near 1 says much."""

    def __post_init__(self) -> None:
        if not self.predicts:
            raise SpecError(f"the claim '{self.name}' predicts nothing; give at least one Prediction.")
        object.__setattr__(self, "severity", tuple(_severity(self.name, each) for each in self.predicts))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One prediction held against one table."""

    says: str
    status: str
    """supported | refuted | undecided."""
    effect: float | None = None
    """Left minus right, in [-1, 1]; None for a fact, or where cells are missing."""
    low: float | None = None
    high: float | None = None
    p: float | None = None
    """Two-sided, that left equals right; None where nothing was replicated."""
    cells: dict[Key, float] = field(default_factory=dict)
    """What it was computed from."""
    missing: tuple[str, ...] = ()
    seen: Any = None
    """For a fact: what the record says."""
    basis: str = ""
    """What the interval allows for."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A claim held against one table: supported when all its predictions are, refuted when one is, else undecided."""

    claim: Claim
    against: str
    findings: tuple[Finding, ...]

    @property
    def status(self) -> str:
        """supported | refuted | undecided."""
        found = {each.status for each in self.findings}
        return "refuted" if "refuted" in found else "undecided" if "undecided" in found else "supported"


class _MadeUp:
    """A table that has every cell and fact it is asked for, drawn at random."""

    def __init__(self, prediction: Prediction, trial: int) -> None:
        self.stream = rng(prediction.says, f"made-up table {trial}")
        self.kind = trial % 4
        self.wanted = prediction.right
        self.known: dict[Key, float] = {}

    def intermediates(self) -> Sequence[str]:
        return _NAMES

    def tasks(self) -> Sequence[str]:
        return _TASKS

    def cell(self, key: Key) -> float:
        if key not in self.known:
            # A quarter of the tables has scores at the ends of the scale alone, another hardly differs between cells.
            draw = float(self.stream.random())
            self.known[key] = (float(draw < 0.5), 0.5 + 0.02 * draw, draw, 0.4 + 0.2 * draw)[self.kind]
        return self.known[key]

    def fact(self, name: str) -> Any:  # noqa: ARG002
        known = self.wanted
        if isinstance(known, (int, float)):
            return known + int(self.stream.integers(-1, 2))
        if isinstance(known, str):
            return known if self.stream.random() < 0.5 else f"not {known}"
        return frozenset(each for each in known if self.stream.random() < 0.8)


def _severity(name: str, prediction: Prediction) -> float:
    """The share of made-up tables that refute a prediction. Raises SpecError when that is none or all."""
    if prediction.relation not in RELATIONS:
        raise SpecError(f"claim '{name}': no relation {prediction.relation!r}; known: {', '.join(RELATIONS)}.")
    what = prediction.says or f"{prediction.left} {RELATIONS[prediction.relation]} {prediction.right}"
    held = 0
    effects: list[float] = []
    for trial in range(TRIALS):
        table = Recorder(_MadeUp(prediction, trial))
        if prediction.factual:
            held += prediction.holds(table)
            continue
        effects.append(prediction.effect(table))
        held += prediction.judged(effects[-1], effects[-1]) == "supported"
        if not prediction.factual and not table.read:
            raise SpecError(
                f"claim '{name}': \"{what}\" reads no cell, so no data can refute it. Write it over Score, Gain, "
                "BestGain or Extreme."
            )
    if held == TRIALS:
        raise SpecError(
            f"claim '{name}': \"{what}\" held for all {TRIALS} made-up tables, whatever their scores: a check that "
            f"cannot fail. Say what it excludes (now: tolerance {prediction.tolerance:g}, values lie in [0, 1])."
        )
    # "=" asks for one value, which no draw need hit; it must lie between what the draws gave.
    reached = min(effects, default=0.0) - prediction.tolerance <= 0 <= max(effects, default=0.0) + prediction.tolerance
    if not held and not (prediction.relation == "=" and reached):
        raise SpecError(f"claim '{name}': \"{what}\" held for none of {TRIALS} made-up tables: it cannot be true.")
    return 1 - held / TRIALS
