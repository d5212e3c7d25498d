"""A recipe: two phases, two targets, in some seconds. Nothing is drawn at random in a target phase."""

from isogloss.core.phase import Phase
from isogloss.core.spec import Architecture, Evaluation, RunSpec, Study


def grid() -> Study:
    """One small encoder, two targets."""
    encoder = Architecture(vocabulary=2000, tokenizer="words", width=16, layers=2, heads=2, hidden=32, positions=64)
    text = Phase(
        stage="pretrain", tasks=("world_text",), limit=600, steps=12, tokens=512, lr=8e-3, objective={"mask": 0.3}
    )
    tune = {"steps": 12, "batch": 8, "lr": 2e-3, "limit": 100, "dropout": 0.0}
    base = RunSpec(encoder=encoder, phases=(text,))
    runs = [base.then(Phase(stage="target", tasks=(task,), **tune)) for task in ("world_nli", "world_qa")]
    tests = [Evaluation(run=run, task=run.phases[-1].tasks[0], languages=("en", "x3"), limit=20) for run in runs]
    return Study(name="tiny", title="Tiny", runs=(base, *runs), evaluations=tuple(tests))
