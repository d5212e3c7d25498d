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
