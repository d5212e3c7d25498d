"""Tests of a run on the task of its own intermediate phase: they tell whether it was learned, and are no target."""

from collections.abc import Iterable

from isogloss.analysis.ledger import Ledger, Row
from isogloss.core.spec import RunSpec


def own_phase(spec: RunSpec, task: str) -> bool:
    """Whether the last phase of a run, an intermediate one, trained on this task."""
    return bool(spec.phases) and spec.phases[-1].stage == "intermediate" and task in spec.phases[-1].tasks


def of_own_phase(ledger: Ledger, rows: Iterable[Row]) -> bool:
    """Whether each of these scores is a run's on the task of its own intermediate phase."""
    return all(own_phase(ledger.study.specs[row.score.run], row.score.task) for row in rows)
