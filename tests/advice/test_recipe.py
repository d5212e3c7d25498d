"""Advised runs as a recipe: what a run of an arm that the study never had is made from."""

from typing import Any

import pytest

from isogloss.advice import recipe
from isogloss.core.parts import Mixture
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec, plain
from isogloss.store.study import SavedEvaluation, SavedRun, SavedStudy

TARGET = Phase(stage="target", tasks=("xnli",), steps=9)
CAPPED = Mixture(by="temperature", temperature=5.0, cap=100)


def advised(intermediate: Phase, arm: str) -> Phase:
    """The intermediate phase of an advised run of `arm`, after a study of one run with another intermediate phase."""
    spec = RunSpec(encoder=Published(name="x"), phases=(intermediate, TARGET))
    study = SavedStudy(
        name="made",
        runs=(SavedRun(id=spec.run_id, values=plain(spec)),),
        evaluations=(SavedEvaluation(key="xnli-all", run=spec.run_id, task="xnli", split="test"),),
        body={},
    )
    names: dict[str, Any] = {}
    exec(recipe.text(study, [("x", "xnli", arm)]), names)
    (run,) = names["grid"]().runs
    assert run.phases[1:] == (TARGET,)
    phase: Phase = run.phases[0]
    return phase


@pytest.mark.parametrize(
    ("tasks", "before", "arm", "after"),
    [
        (("mnli", "qqp"), CAPPED, "mnli+squad", CAPPED),
        (("mnli", "qqp"), CAPPED, "squad", None),
        (("mnli",), None, "mnli+squad", Mixture(by="proportional")),
    ],
)
def test_an_arm_is_mixed_as_the_one_it_is_modelled_on(
    tasks: tuple[str, ...], before: Mixture | None, arm: str, after: Mixture | None
) -> None:
    """Its whole mixture, cap and temperature included; one task has none; where nothing was mixed, by size."""
    phase = advised(Phase(stage="intermediate", tasks=tasks, steps=10, mixture=before), arm)
    assert phase.tasks == tuple(arm.split("+"))
    assert phase.mixture == after
