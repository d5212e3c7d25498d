"""A whole study on the worlds in minutes: three encoders, none and three intermediates, three targets."""

from isogloss.core.cross import cross
from isogloss.core.parts import Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec, Study

ENCODER = Architecture(vocabulary=4000, tokenizer="words", width=64, layers=2, heads=4, hidden=128, positions=128)
INTERMEDIATES = ("world_choice", "world_pos", "world_topic")
TARGETS = {"world_odd": 60, "world_ner": 60, "world_qa": 300}
"""Target → its steps: enough to learn it in English, too few to reach its ceiling there."""


def grid(encoders: int = 3, seeds: int = 1) -> Study:
    """Direct transfer and three intermediates before three targets, every encoder and seed.

    Args:
        encoders: small encoders that are pretrained from the world's text
        seeds: fine-tuning seeds of each encoder
    """
    starts = [RunSpec(encoder=ENCODER, phases=(pretrain(number),)) for number in range(encoders)]
    runs, evaluations = cross(
        starts,
        {"none": ()} | {name: (tune("intermediate", name),) for name in INTERMEDIATES},
        {name: (tune("target", name, steps),) for name, steps in TARGETS.items()},
        range(seeds),
        retrieval=("world_retrieval",),
    )
    return Study(
        name="demo",
        title="Which intermediate task should come first? A study on synthetic languages",
        runs=runs,
        evaluations=evaluations,
        baselines=tuple(TARGETS),
        notes=(
            "The languages are synthetic, so that gold labels are known in all of them: x1 to x4 share from half to a "
            "fifth of their words with English and differ in word order.",
            "Targets are trained for 60 to 300 steps, so that none is mastered in English. A gain that is as large in "
            "English as elsewhere is mastery of the task that carried over, not better transfer.",
        ),
    )


def pretrain(seed: int, steps: int = 2700) -> Phase:
    """Masked language modelling on every language of the world."""
    return Phase(
        stage="pretrain", tasks=("world_text",), languages=(), steps=steps, tokens=1024, lr=8e-3,
        optimizer=Optimizer(name="muon", warmup=0.05), length=64, objective={"mask": 0.3}, seed=seed,
    )  # fmt: skip


def tune(stage: str, task: str, steps: int = 300) -> Phase:
    """Fine-tuning on one English task: with Muon and mean pooling the small encoders learn relations, too."""
    return Phase(
        stage=stage, tasks=(task,), steps=steps, lr=2e-3, optimizer=Optimizer(name="muon", muon_lr=0.01), dropout=0.0,
        length=64, pooling="mean",
    )  # fmt: skip
