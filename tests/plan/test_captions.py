"""Runs and numbers in words."""

from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Published, RunSpec
from isogloss.plan import captions

PRETRAIN = Phase(stage="pretrain", tasks=("wiki", "udhr"), languages=(), steps=1200, objective={"mask": 0.3})
OWN = RunSpec(encoder=Architecture(), phases=(PRETRAIN,))
TARGET = Phase(stage="target", tasks=("mnli",), epochs=2, lr=3e-5, seed=4)


def test_a_run_is_its_tasks_in_order() -> None:
    """A published encoder is named, our own by the text it learns from; the last seed stands behind."""
    assert captions.run(OWN.then(TARGET)) == "wiki+udhr → mnli (seed 4)"
    published = RunSpec(encoder=Published(name="/somewhere/xlm-roberta-base/", revision="0123456789abcdef"))
    assert captions.run(published) == "xlm-roberta-base@0123456789ab"


def test_a_phase_is_a_sentence() -> None:
    """Only settings that are not the default are told."""
    assert captions.phase(PRETRAIN) == (
        "pretrain: wiki + udhr in every language there is, 1,200 steps, seed 0 (objective mask 0.3)"
    )
    assert captions.phase(TARGET) == "target: mnli in en, 2 epochs, seed 4 (lr 3e-05)"


def test_differences_name_the_setting() -> None:
    """Two runs differ in the phase's rate and in the encoder's width."""
    import dataclasses

    other = RunSpec(encoder=Architecture(width=32), phases=(PRETRAIN, dataclasses.replace(TARGET, lr=1e-5)))
    assert captions.differences(OWN.then(TARGET), other) == [
        "encoder, width: the default, not 32",
        "phase 2, lr: 3e-05, not 1e-05",
    ]


def test_runs_of_the_same_tasks_are_told_apart_by_their_settings() -> None:
    """By the rate, and by the seed of an earlier phase where it is not 0; that of the last one is told anyway."""
    import dataclasses

    slow, again = dataclasses.replace(TARGET, lr=1e-5), dataclasses.replace(PRETRAIN, seed=1)
    runs = [OWN.then(TARGET), OWN.then(slow), OWN.then(dataclasses.replace(TARGET, seed=5)),
            RunSpec(encoder=Architecture(), phases=(again, dataclasses.replace(TARGET, seed=5)))]  # fmt: skip
    assert list(captions.runs(runs).values()) == [
        "wiki+udhr → mnli (lr 3e-05; seed 4)",
        "wiki+udhr → mnli (lr 1e-05; seed 4)",
        "wiki+udhr → mnli (seed 5)",
        "wiki+udhr (seed 1) → mnli (seed 5)",
    ]


def test_a_start_and_training_on_the_same_text_are_one_step_beside_a_run_that_is_the_start_alone() -> None:
    """Both have one line, with phases of different number."""
    longer = OWN.then(Phase(stage="pretrain", tasks=PRETRAIN.tasks, steps=5))
    assert list(captions.runs([OWN, longer]).values()) == ["wiki+udhr (seed 0)", "wiki+udhr (seed 0)"]
