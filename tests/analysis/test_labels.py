"""analysis/ledger: what a run of each variant is called."""

import dataclasses

from isogloss.analysis.ledger import label
from isogloss.core.controls import again
from isogloss.core.parts import MLM, Mixture
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec

BASE = RunSpec(encoder=Published(name="x"))
NLI = Phase(stage="intermediate", tasks=("mnli",), steps=9)
TARGET = Phase(stage="target", tasks=("xnli",), steps=9)
TASKS = {"xnli": {"trained_on": ("mnli",)}, "mnli": {"trained_on": ("mnli",)}, "squad": {"trained_on": ("squad",)}}


def names(**phases: tuple[Phase, ...]) -> dict[str, tuple[str, str, bool]]:
    """intermediate, target, whether it is the same-task control, of each run."""
    specs = dict.fromkeys(phases, BASE)
    for name, given in phases.items():
        for phase in given:
            specs[name] = specs[name].then(phase)
    found = label(specs, TASKS)
    return {name: (found[name].intermediate, found[name].target, found[name].same_task) for name in phases}


def test_the_order_of_two_intermediates_is_told() -> None:
    """Two orders, two names."""
    qa = dataclasses.replace(NLI, tasks=("squad",))
    found = names(one=(NLI, qa, TARGET), other=(qa, NLI, TARGET))
    assert [each[0] for each in found.values()] == ["mnli → squad", "squad → mnli"]


def test_a_mixture_that_holds_the_targets_task_is_no_control() -> None:
    """Only the target's own task, and nothing else, is "the same task": the paper's nine tasks at once are not."""
    both = dataclasses.replace(NLI, tasks=("mnli", "squad"))
    found = names(none=(TARGET,), own=(NLI, TARGET), both=(both, TARGET))
    assert found == {
        "none": ("none", "xnli", False), "own": ("mnli", "xnli", True), "both": ("mnli+squad", "xnli", False),
    }  # fmt: skip


def test_mixtures_and_text_beside_are_told_apart() -> None:
    """Three runs on the same tasks have three names, made of what differs."""
    even = dataclasses.replace(NLI, mixture=Mixture(by="uniform"))
    beside = dataclasses.replace(NLI, mlm=MLM(share=0.2, tasks=("wiki",)))
    found = names(plain=(NLI, TARGET), even=(even, TARGET), beside=(beside, TARGET))
    assert len({each[0] for each in found.values()}) == 3
    assert "mixture=uniform" in found["even"][0]
    assert "mlm=0.2" in found["beside"][0]


def test_the_head_a_target_goes_on_with_is_told_beside_the_intermediate() -> None:
    """The target stays the same target, so that both stand in one table."""
    found = names(kept=again((TARGET,), steps=5), fresh=again((TARGET,), steps=5, head="fresh"))
    assert found == {"kept": ("xnli", "xnli", True), "fresh": ("xnli (fresh head)", "xnli", True)}
