"""Every stage once, on the worlds, in under a minute. Its scores mean nothing; tests and quick trials use it."""

from isogloss.core.cross import cross
from isogloss.core.spec import Architecture, Phase, RunSpec, Study

ENCODER = Architecture(vocabulary=4000, tokenizer="words", width=32, layers=2, heads=2, hidden=64, positions=128)
PRETRAIN = Phase(
    stage="pretrain", tasks=("world_text",), languages=(), limit=4000, steps=120, tokens=1024, lr=8e-3,
    optimizer="muon", warmup=0.05, objective={"mask": 0.3},
)  # fmt: skip


def grid(seeds: int = 1) -> Study:
    """One small encoder; none or paraphrase first; one target of every type; retrieval before and after."""
    encoder = RunSpec(encoder=ENCODER, phases=(PRETRAIN,))
    tune = {"steps": 40, "lr": 2e-3, "limit": 600}
    targets = ("world_nli", "world_qa", "world_choice", "world_ner")
    runs, evaluations = cross(
        [encoder],
        {"none": (), "paraphrase": (Phase(stage="intermediate", tasks=("world_paraphrase",), **tune),)},
        {name: (Phase(stage="target", tasks=(name,), **tune),) for name in targets},
        range(seeds),
        retrieval=("world_retrieval",),
    )
    return Study(
        name="smoke",
        title="Smoke: every stage once",
        runs=runs,
        evaluations=evaluations,
        baselines=targets,
        notes=("Trained for seconds: its scores show that the stages run, and nothing else.",),
    )
