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
    """Runs and evaluations of a full cross.

    `intermediates` maps a name to its phases; no phases, `()`, is direct transfer. `targets` maps the task that is
    tested to the phases that train it. Retrieval tasks are tested on every encoder as
    it is and straight after each intermediate phase, as the paper does, without target training. `weights` names
    which weights of a run are tested, each by itself: core.spec.WEIGHTS. `controls` maps a name to a function from a
    target's phases to those of its control: core.controls.
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
