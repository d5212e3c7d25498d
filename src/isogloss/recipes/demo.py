"""A whole study on the worlds in a few minutes: two encoders, none and three intermediates, three targets, three seeds."""

from collections.abc import Mapping
from typing import Any

from isogloss.core.cross import cross
from isogloss.core.spec import Architecture, Phase, RunSpec, Study

ENCODER = Architecture(vocabulary=4000, tokenizer="words", width=64, layers=2, heads=4, hidden=128, positions=128)
PRETRAIN: Mapping[str, Any] = {
    "stage": "pretrain", "tasks": ("world_text",), "languages": (), "tokens": 1024, "steps": 2800, "lr": 8e-3,
    "optimizer": "muon", "warmup": 0.05, "objective": {"mask": 0.3},
}  # fmt: skip


def grid(seeds: int = 3, encoders: int = 2) -> Study:
    """Direct transfer and three intermediates before three targets, per encoder and seed; retrieval before and after."""
    pretrained = [RunSpec(encoder=ENCODER, phases=(Phase(**PRETRAIN, seed=seed),)) for seed in range(encoders)]
    first = {"stage": "intermediate", "steps": 300, "lr": 1.5e-3}
    last = {"stage": "target", "steps": 200, "lr": 2e-3, "limit": 2000}
    targets = ("world_nli", "world_qa", "world_ner")
    runs, evaluations = cross(
        pretrained,
        {"none": ()} | {name: (Phase(tasks=(name,), **first),) for name in ("world_paraphrase", "world_nli", "world_pos")},
        {name: (Phase(tasks=(name,), **last),) for name in targets},
        range(seeds),
        retrieval=("world_retrieval",),
    )
    return Study(
        name="demo",
        title="Which intermediate task should come first? A study on synthetic languages",
        runs=runs,
        evaluations=evaluations,
        baselines=targets,
    )
