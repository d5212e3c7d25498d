"""Tests of a run on the task of its own intermediate phase: they tell whether it was learned, and are no target."""

from collections.abc import Iterable

from isogloss.analysis.ledger import Ledger, Row


def of_own_phase(ledger: Ledger, rows: Iterable[Row]) -> bool:
    """Whether each of these scores is a run's on the task that its last phase, an intermediate one, trained on."""
    return all(_own(ledger, row) for row in rows)


def _own(ledger: Ledger, row: Row) -> bool:
    phases = ledger.study.specs[row.score.run].phases
    return bool(phases) and phases[-1].stage == "intermediate" and row.score.task in phases[-1].tasks
