"""core/controls: more steps without another task."""

from functools import partial

import pytest

from isogloss.core.controls import again, longer
from isogloss.core.cross import cross
from isogloss.core.errors import SpecError
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec

TARGET = (Phase(stage="target", tasks=("xnli",), steps=300),)
BASE = RunSpec(encoder=Published(name="x"))


def test_the_targets_own_task_goes_first() -> None:
    """The target's task as an intermediate phase; its head is kept, or dropped when asked."""
    first, last = again(TARGET, steps=100)
    assert (first.stage, first.tasks, first.steps, last) == ("intermediate", ("xnli",), 100, TARGET[0])
    assert again(TARGET, steps=100, head="fresh")[1].head == "fresh"


def test_the_target_alone_is_trained_for_longer() -> None:
    """So many steps more in one phase; a number of epochs has no such sum."""
    assert [phase.steps for phase in longer(TARGET, steps=100)] == [400]
    with pytest.raises(SpecError, match="needs a target with steps"):
        longer((Phase(stage="target", tasks=("xnli",), epochs=2),), steps=100)


def test_a_cross_adds_its_controls_to_every_target_and_seed() -> None:
    """Two targets, two seeds and two controls are eight runs more, each tested on its target."""
    targets = {name: (Phase(stage="target", tasks=(name,), steps=300),) for name in ("xnli", "udpos")}
    controls = {"again": partial(again, steps=100), "longer": partial(longer, steps=100)}
    plain, _ = cross([BASE], {"none": ()}, targets, range(2))
    runs, tests = cross([BASE], {"none": ()}, targets, range(2), controls=controls)
    added = [run for run in runs if run not in plain]
    assert len(added) == 8
    assert [sum(phase.steps for phase in run.phases) for run in added] == [400] * 8
    assert {each.task for each in tests if each.run in added} == {"xnli", "udpos"}
    assert len({run.run_id for run in runs}) == len(runs)


def test_the_order_of_two_intermediates_makes_two_runs() -> None:
    """Both begin and end the same and share nothing in the middle."""
    one, two = (Phase(stage="intermediate", tasks=(name,), steps=9) for name in ("mnli", "squad"))
    runs, _ = cross([BASE], {"mnli, squad": (one, two), "squad, mnli": (two, one)}, {"xnli": TARGET}, [0])
    ends = [run for run in runs if len(run.phases) == 3]
    assert [[phase.tasks[0] for phase in run.phases] for run in ends] == [
        ["mnli", "squad", "xnli"], ["squad", "mnli", "xnli"],
    ]  # fmt: skip
    assert len({run.run_id for run in ends}) == 2
