"""Controls of an intermediate task: what a target gains from more steps, without another task.

Each takes the target's phases and returns those of the control, for `cross(…, controls={"again": partial(again, …)})`.
"""

import dataclasses

from isogloss.core.errors import SpecError
from isogloss.core.phase import Phase

NONE = "none"
"""What a run without an intermediate task has in the place of one."""
FRESH = "fresh"
"""A head that goes on with no other."""
Phases = tuple[Phase, ...]


def again(phases: Phases, *, steps: int, head: str = "") -> Phases:
    """The target's own training task as the intermediate phase, for a number of steps, then the target as usual.

    The target goes on with the head of the first phase, so it is the target trained for as many steps more;
    head="fresh" drops it, as between two different tasks.
    """
    first, *rest = phases
    own = dataclasses.replace(first, stage="intermediate", steps=steps, epochs=0.0)
    return (own, dataclasses.replace(first, head=head or first.head), *rest)


def longer(phases: Phases, *, steps: int) -> Phases:
    """The target with that many more steps, in one go, under one schedule of the rate. Raises SpecError for epochs."""
    *before, last = phases
    if not last.steps:
        raise SpecError(f"a control with {steps} steps more needs a target with steps; it has epochs={last.epochs:g}.")
    return (*before, dataclasses.replace(last, steps=last.steps + steps))
