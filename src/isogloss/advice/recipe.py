"""Advised runs as a recipe that `isogloss run` takes: the runs of a study, with one arm or seed changed."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.advice.kinds import MULTI
from isogloss.core.controls import NONE
from isogloss.core.errors import SpecError
from isogloss.core.parts import Mixture
from isogloss.core.phase import Phase
from isogloss.core.spec import RunSpec, plain
from isogloss.store.study import SavedStudy

_HEAD = '''"""{title}"""

import json

from isogloss.core.spec import Evaluation, Study, from_plain

RUNS = json.loads(r"""
{runs}
""")
"""(task that is tested, run)"""


def grid() -> Study:
    """The advised runs, tested as the study tests."""
    runs = [(task, from_plain(run)) for task, run in RUNS]
    return Study(
        name="{name}",
        title="{title}",
        runs=tuple(run for _, run in runs),
        evaluations=tuple(Evaluation(run=run, task=task) for task, run in runs),
    )
'''


def text(study: SavedStudy, wanted: Sequence[tuple[str, str, str]], labels: Mapping[str, Any]) -> str:
    """The text of a recipe for `wanted` runs: (encoder, target task, arm) as the study's ledger labels them.

    Raises SpecError for an arm that no run of the study shows how to make.
    """
    specs = study.specs
    made: list[tuple[str, RunSpec]] = []
    for encoder, target, arm in wanted:
        mine = {run: specs[run] for run, label in labels.items() if label.encoder == encoder and run in specs}
        tested = {each.run for each in study.evaluations if each.task == target}
        runs = {run: spec for run, spec in mine.items() if run in tested and labels[run].target}
        made.append((target, _next(runs, labels, arm, [spec for _, spec in made])))
    rows = [[target, _bare(plain(spec))] for target, spec in made]
    name = f"{study.name}_next"
    title = f"What was advised after the study {study.name}"
    return _HEAD.format(title=title, name=name, runs=json.dumps(rows, ensure_ascii=True, indent=1))


def _bare(spec: Any) -> Any:
    """Without the hashes of data, which the plan fills in."""
    if isinstance(spec, dict):
        return {key: _bare(value) for key, value in spec.items() if key != "data"}
    return [_bare(each) for each in spec] if isinstance(spec, list) else spec


def _next(runs: Mapping[str, RunSpec], labels: Mapping[str, Any], arm: str, also: Sequence[RunSpec]) -> RunSpec:
    """The next run of an arm: like a run of it, or of another arm with its intermediate phase exchanged, on a seed
    that others have and it has not, else on a new one."""
    if not runs:
        raise SpecError(f"no run of the study shows how {arm} is made; run the study first, or write its recipe.")
    own = {run: spec for run, spec in runs.items() if labels[run].intermediate == arm}
    pattern = next(iter(own.values()), None) or _changed(runs, labels, arm)
    taken = {_where(spec) for spec in (*own.values(), *also) if _same(spec, pattern)}
    theirs = sorted({_where(spec) for spec in runs.values()} - taken, key=str)
    starts = sorted({_where(spec)[0] for spec in runs.values()})
    copy, seed = (
        theirs[0] if theirs else (starts[0], 1 + max(each[1] for each in (_where(s) for s in (*runs.values(), *also))))
    )
    base = next(spec for spec in runs.values() if _where(spec)[0] == copy)
    before = [phase for phase in base.phases if phase.stage == "pretrain"]
    tuned = [dataclasses.replace(phase, seed=seed) for phase in pattern.phases if phase.stage != "pretrain"]
    return RunSpec(encoder=base.encoder, phases=(*before, *tuned))


def _where(spec: RunSpec) -> tuple[str, int]:
    """Which pretrained copy a run starts from, and its seed."""
    return spec.pretrained.run_id, spec.phases[-1].seed


def _same(one: RunSpec, other: RunSpec) -> bool:
    """Whether two runs differ at most in seed and pretrained copy."""

    def tuned(spec: RunSpec) -> list[Phase]:
        return [dataclasses.replace(p, seed=0, data={}) for p in spec.phases if p.stage != "pretrain"]

    return tuned(one) == tuned(other)


def _changed(runs: Mapping[str, RunSpec], labels: Mapping[str, Any], arm: str) -> RunSpec:
    """A run of another arm, with this one's task or tasks in its intermediate phase."""
    direct = next((spec for run, spec in runs.items() if labels[run].intermediate == NONE), None)
    if arm == NONE:
        spec = direct or next(iter(runs.values()))
        return RunSpec(encoder=spec.encoder, phases=tuple(p for p in spec.phases if p.stage != "intermediate"))
    others = {run: spec for run, spec in runs.items() if any(p.stage == "intermediate" for p in spec.phases)}
    if not others:
        raise SpecError(f"no run of the study has an intermediate phase that shows how {arm} would be trained.")
    spec = next(iter(others.values()))
    singles = sorted({p.tasks[0] for each in others.values() for p in each.phases
                      if p.stage == "intermediate" and len(p.tasks) == 1})  # fmt: skip
    tasks = tuple(singles) if arm == MULTI else tuple(arm.split("+"))
    phases = tuple(
        dataclasses.replace(
            p,
            tasks=tasks,
            data={},
            steps=p.steps * len(tasks),
            mixture=(p.mixture or Mixture(by="proportional")) if len(tasks) > 1 else None,
        )
        if p.stage == "intermediate"
        else p
        for p in spec.phases
    )
    return RunSpec(encoder=spec.encoder, phases=phases)
