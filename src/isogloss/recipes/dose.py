"""Dose-response in the worlds: languages that differ in one dial alone, and what that does to transfer."""

from dataclasses import replace

from isogloss.core.cross import Phases, cross
from isogloss.core.parts import Optimizer
from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, RunSpec, Study
from isogloss.tasks._world import tasks_of
from isogloss.worlds.dials import dial_world

ENCODER = Architecture(vocabulary=8000, tokenizer="words", width=64, layers=2, heads=4, hidden=128, positions=128)
TARGETS = ("world_choice", "world_hypernym", "world_nli")
"""The first two need the meaning of words in both languages; the third can be solved by matching words."""


def grid(
    encoders: int = 5,
    seeds: int = 2,
    draws: int = 2,
    targets: tuple[str, ...] = TARGETS,
    intermediate: str = "",
    steps: int = 5000,
) -> Study:
    """Direct transfer from each pretrained encoder to all languages of a dial world; one intermediate when named.

    Args:
        encoders: small encoders that are pretrained from the world's text
        seeds: fine-tuning seeds of each encoder
        draws: how often the base language is drawn, with a series of languages for every dial each time
        targets: tasks to test
        intermediate: an intermediate task before the targets, beside none
        steps: of pretraining
    """
    world = dial_world(draws=draws)
    own = tasks_of(world)
    middle: dict[str, Phases] = {"none": ()}
    if intermediate:
        middle[intermediate] = (_tune("intermediate", f"{intermediate}@{world.name}", steps=300, lr=1.5e-3),)
    tuned = {f"{name}@{world.name}": (_tune("target", f"{name}@{world.name}", steps=300, lr=2e-3),) for name in targets}
    text = Phase(
        stage="pretrain", tasks=(f"world_text@{world.name}",), languages=(), steps=steps, tokens=1024, lr=8e-3,
        optimizer=Optimizer(name="muon", warmup=0.05), length=64, objective={"mask": 0.3},
    )  # fmt: skip
    runs, evaluations = cross(
        [RunSpec(encoder=ENCODER, phases=(replace(text, seed=number),)) for number in range(encoders)],
        middle,
        tuned,
        range(seeds),
        retrieval=(f"world_retrieval@{world.name}",),
    )
    return Study(
        name="dose",
        title="Which divergence between languages moves what? Dose-response on synthetic languages",
        runs=runs,
        evaluations=evaluations,
        baselines=tuple(tuned),
        tasks=own,
        notes=(
            f"Every language has English word order and differs in one dial alone from the base language of its draw "
            f"({draws} of them), which shares a third of its words with English.",
            "World and draws are the same for all encoders: what is found holds for encoders of these languages.",
            "Under the dial relations, gold labels are those of the language itself. Fewer hypernym pairs are entailed "
            "the higher it is; consequence choice stays balanced.",
        ),
    )


def _tune(stage: str, task: str, steps: int, lr: float) -> Phase:
    return Phase(stage=stage, tasks=(task,), steps=steps, lr=lr, dropout=0.0, length=64)
