"""Every stage once, on the worlds, in under a minute. Its scores mean nothing; tests and quick trials use it."""

from dataclasses import replace

from isogloss.core.cross import cross
from isogloss.core.parts import Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec, Study

ENCODER = Architecture(vocabulary=4000, tokenizer="words", width=32, layers=2, heads=2, hidden=64, positions=128)
TARGETS = ("world_nli", "world_qa", "world_choice", "world_ner")


def grid(seeds: int = 1) -> Study:
    """One small encoder; none or paraphrase first; one target of every type; retrieval before and after.

    Args:
        seeds: fine-tuning seeds
    """
    text = Phase(
        stage="pretrain", tasks=("world_text",), languages=(), first=800, steps=120, tokens=1024, lr=8e-3,
        optimizer=Optimizer(name="muon", warmup=0.05), objective={"mask": 0.3},
    )  # fmt: skip
    runs, evaluations = cross(
        [RunSpec(encoder=ENCODER, phases=(text,))],
        {"none": (), "paraphrase": (_tune("intermediate", "world_paraphrase"),)},
        {name: (_tune("target", name),) for name in TARGETS},
        range(seeds),
        retrieval=("world_retrieval",),
    )
    shaken = [replace(test, perturbation="typos:0.2") for test in evaluations if test.task == "world_choice"]
    return Study(
        name="smoke",
        title="Smoke: every stage once",
        runs=runs,
        evaluations=(*evaluations, *shaken),
        baselines=TARGETS,
        notes=("Trained for seconds: its scores show that the stages run, and nothing else.",),
    )


def _tune(stage: str, task: str) -> Phase:
    return Phase(stage=stage, tasks=(task,), steps=40, lr=2e-3, limit=600)
