"""A check: one question asked of a claim, whose answer names its level. It does not vote and never claims certainty."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from isogloss.core.errors import SpecError

STATUSES = ("supported", "refuted", "undecided")
NEEDS = ("text", "lock", "cells", "study", "model", "nothing")
LEVELS = {0: "rules", 1: "calibrated overlap", 2: "entailment", 3: "cells"}


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """The set a probability was calibrated on, and how well."""

    set: str
    n: int
    ece: float
    """Expected calibration error in [0, 1]; lower is better."""
    null: float
    """95% bound of the ECE that a perfectly calibrated model shows at this n."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one check says of one claim. Raises SpecError for a probability that was not calibrated."""

    check: str
    level: int
    status: str
    says: str
    """The check's own word: "quoted", "agree", "differ", "absent", "whole", "weaker" …"""
    reason: str = ""
    document: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    """Where in the document's text."""
    p: float | None = None
    calibration: Calibration | None = None
    data: Any = None
    """Details as JSON values: cells of a table, differences of a quotation."""

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise SpecError(f"check '{self.check}': status {self.status!r}; expected one of {', '.join(STATUSES)}.")
        if (self.p is None) != (self.calibration is None):
            raise SpecError(
                f"check '{self.check}': a probability comes with the set it was calibrated on, or not at all."
            )


@dataclass(frozen=True, kw_only=True)
class Check:
    """One file of evidence/checks/. `run(candidate, corpus, before)` also sees the outcomes of the checks before it."""

    name: str
    title: str
    level: int
    needs: str
    order: int
    """Checks run in this order."""
    run: Callable[[Any, Any, Any], Outcome]

    def __post_init__(self) -> None:
        if self.needs not in NEEDS or self.level not in LEVELS:
            raise SpecError(f"check '{self.name}': needs one of {', '.join(NEEDS)} and a level of {sorted(LEVELS)}.")
