"""What one run of an arm costs: as runs in the store took, else by the plan's own arithmetic."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from isogloss.advice.kinds import MULTI
from isogloss.advice.measured import Cell
from isogloss.advice.rank import same_encoder
from isogloss.core import encoders
from isogloss.core.controls import NONE
from isogloss.core.errors import IsoglossError
from isogloss.core.languages import ENGLISH
from isogloss.core.phase import Phase
from isogloss.core.task import Task
from isogloss.plan import estimate
from isogloss.plan.job import Job

EXAMPLE = 200
"""Characters of an example, where its data was not counted: two or three sentences."""
USUAL = 20_000
"""Examples of a task whose size is not stated."""
INTERMEDIATE, TARGET = {"epochs": 2.0, "batch": 32}, {"epochs": 3.0, "batch": 32}
"""Of a run whose recipe is not known, near the settings of Phang et al. 2020."""


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Hours of one run of each arm, its intermediate phase included; None where the encoder's size is not known."""

    hours: Mapping[str, float | None]
    basis: str
    """On what device, and by what."""


def costs(
    encoder: str, target: str, task: Task | None, arms: Iterable[str], sizes: Mapping[str, int],
    found: Sequence[Cell], tflops: float = 0.0,
) -> Costs:  # fmt: skip
    """The cost of every arm, of none and of all at once; `tflops` states a device of which the store knows nothing."""
    own = [each for each in found if each.seconds and same_encoder(each.encoder, encoder) and not tflops]
    took = {each.arm: float(each.seconds or 0) for each in own}
    took |= {each.arm: float(each.seconds or 0) for each in own if each.target == target}
    speed = estimate.REACHED * (tflops * 1e12 if tflops else estimate.peak())
    arms = list(arms)
    singles = [name for name in arms if "+" not in name and name not in (NONE, MULTI)]
    last = _seconds(encoder, {target: task.counts.get(("train", ENGLISH), 0) if task else 0}, TARGET, speed)
    hours: dict[str, float | None] = {}
    for name in dict.fromkeys((NONE, *arms, MULTI)):
        if name in took:
            hours[name] = took[name] / 3600
            continue
        tasks = [] if name == NONE else singles if name == MULTI else name.split("+")
        if took and name == MULTI and NONE in took and all(each in took for each in singles):
            hours[name] = (took[NONE] + sum(max(0.0, took[each] - took[NONE]) for each in singles)) / 3600
            continue
        middle = _seconds(encoder, {each: sizes.get(each, 0) for each in tasks}, INTERMEDIATE, speed) if tasks else 0.0
        hours[name] = None if last is None or middle is None else (last + middle) / 3600
    device = f"a device of {tflops:g} TFLOP/s" if tflops else "one core here (--device-tflops N: another device)"
    return Costs(hours=hours, basis="this machine, as the store's runs took" if took else f"{device}, by arithmetic")


def _seconds(encoder: str, sizes: Mapping[str, int], settings: Mapping[str, Any], speed: float) -> float | None:
    """Of one phase."""
    examples = sum(size or USUAL for size in sizes.values())
    steps = ceil(settings["epochs"] * examples / settings["batch"])
    try:
        start = encoders.named(encoder)
        spec = start.then(Phase(stage="target", tasks=tuple(sizes), steps=steps, batch=settings["batch"]))
        job = Job(
            kind="train", id="", title="", steps=steps, run=spec, examples=examples, characters=EXAMPLE * examples
        )
        return estimate.training_seconds(job, estimate.parameters(spec), speed)
    except IsoglossError:
        return None
