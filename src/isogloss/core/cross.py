"""Every encoder × intermediate × target × seed, and what to evaluate of each run: the heart of most recipes."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, RunSpec

Phases = tuple[Phase, ...]


def cross(
    encoders: Sequence[RunSpec],
    intermediates: Mapping[str, Phases],
    targets: Mapping[str, Phases],
    seeds: Sequence[int],
    retrieval: Sequence[str] = (),
    weights: Sequence[str] = ("",),
    controls: Mapping[str, Callable[[Phases], Phases]] | None = None,
) -> tuple[tuple[RunSpec, ...], tuple[Evaluation, ...]]:
    """Runs and evaluations of a full cross: every encoder × intermediate × target × seed.

    Args:
        encoders: what every run starts from
        intermediates: a name → its phases; no phases, `()`, is direct transfer, which gains are taken over
        targets: the task that is tested → the phases that train it
        seeds: of intermediate and target phases
        retrieval: tasks tested on every encoder as it is and straight after each intermediate phase, as the paper does,
            without target training
        weights: which weights of a run are tested, each by itself: "last", "best", "mean" or "oracle"; "" = the best
            on English dev where the run keeps checkpoints, else the last
        controls: a name → a function from a target's phases to those of its control (isogloss.core.controls)

    Returns:
        the runs, and what is tested of each, for a `Study`

    Examples:
        >>> import isogloss
        >>> nli = isogloss.Phase(stage="intermediate", tasks=("mnli",), epochs=2)
        >>> topics = isogloss.Phase(stage="target", tasks=("sib200",), epochs=8)
        >>> start = isogloss.encoder("xlm-roberta-base")
        >>> runs, tests = isogloss.cross([start], {"none": (), "mnli": (nli,)}, {"sib200": (topics,)}, range(3))
        >>> len(runs), len(tests)  # the encoder, three times MultiNLI, three seeds of the target with and without it
        (10, 6)
    """
    runs: list[RunSpec] = list(encoders)
    evaluations = [Evaluation(run=encoder, task=task) for encoder in encoders for task in retrieval]
    for encoder in encoders:
        for seed in seeds:
            for intermediate in intermediates.values():
                middle = _after(encoder, intermediate, seed)
                if intermediate:
                    runs.append(middle)
                    evaluations += [Evaluation(run=middle, task=task) for task in retrieval]
                for task, phases in targets.items():
                    run = _after(middle, phases, seed)
                    runs.append(run)
                    evaluations += [Evaluation(run=run, task=task, weights=which) for which in weights]
            for control in (controls or {}).values():
                for task, phases in targets.items():
                    run = _after(encoder, control(phases), seed)
                    runs.append(run)
                    evaluations += [Evaluation(run=run, task=task, weights=which) for which in weights]
    return tuple(runs), tuple(evaluations)


def _after(run: RunSpec, phases: Sequence[Phase], seed: int) -> RunSpec:
    for phase in phases:
        run = run.then(dataclasses.replace(phase, seed=seed))
    return run
