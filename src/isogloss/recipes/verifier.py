"""A verifier of claims: English inference as the intermediate task, SciFact as the target.

The intermediate task is this project's own method at work: SciFact is trained after nothing and after inference. Each
seed keeps another third of SciFact's training claims, which it is tested on and calibrated with; SciFact's own dev set
is never looked at. `isogloss verify SEARCH --verifier verifier` reads claims with the runs that came after inference.
"""

from typing import Any

from isogloss.core.encoders import published
from isogloss.core.errors import SpecError
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, RunSpec, Study
from isogloss.tasks import scifact

OTHERS = {"citint": "dev", "healthver": "dev", "climate_fever": "test"}
"""Further tests of the first seed."""
MOST = 300
"""Examples of each of them, from the start."""


def grid(
    encoder: str = "minilm", seeds: int = 3, inference: str = "mnli+cad_nli", limit: int = 0, epochs: float = 3
) -> Study:
    """Nothing, and inference, before SciFact.

    Args:
        encoder: "minilm", "e5-small" or another published one: a hub name or a folder
        seeds: seeds of the last phase, 3 at most; each keeps another third of the claims
        inference: tasks of natural language inference, joined by "+"; add snli and anli where they are there
        limit: how many examples of each of them, from the start; 0 = all
        epochs: of SciFact
    """
    if not 0 < seeds <= scifact.FOLDS:
        raise SpecError(f"seeds={seeds}: expected 1 to {scifact.FOLDS}.")
    start = published(encoder)
    common: dict[str, Any] = {"pooling": "mean", "lr": 1e-4}
    tasks = tuple(inference.split("+"))
    read = start.then(
        Phase(stage="intermediate", tasks=tasks, epochs=1, batch=32, length=128, limit=limit, **common)
    )  # fmt: skip
    runs: list[RunSpec] = [read]
    tests: list[Evaluation] = []
    for base, head in ((start, ""), (read, tasks[0])):
        for seed in range(seeds):
            task = scifact.fold(seed).name
            run = base.then(
                Phase(
                    stage="target", tasks=(task,), head=head, epochs=epochs, batch=16, length=256, seed=seed, **common
                )
            )
            runs.append(run)
            tests.append(Evaluation(run=run, task=task, split="dev"))
            if head and not seed:
                tests += [Evaluation(run=run, task=name, split=split, limit=MOST) for name, split in OTHERS.items()]
    return Study(
        name="verifier",
        title="English inference before SciFact",
        runs=tuple(runs),
        evaluations=tuple(tests),
        tasks=tuple(scifact.fold(number) for number in range(1, scifact.FOLDS)),
        notes=(
            "Seeds share the intermediate run, and each is tested on another third of SciFact's training claims: the "
            "spread is that of the last phase and of the claims together.",
        ),
        partial=True,
    )
