"""Advised runs as a recipe that `isogloss run` takes: the runs of a study, with one arm or seed changed.

They are tested as the study tests, beside its own runs without an intermediate task, so that the page tells their gain.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from isogloss.advice.kinds import MULTI
from isogloss.analysis import ledger
from isogloss.core.controls import NONE
from isogloss.core.errors import SpecError
from isogloss.core.parts import Mixture
from isogloss.core.phase import Phase
from isogloss.core.spec import RunSpec, plain
from isogloss.store.study import SavedEvaluation, SavedStudy

_HEAD = '''"""{title}"""

import json

from isogloss.core.spec import Evaluation, Study, from_plain

TESTS = json.loads(r"""
{tests}
""")
"""(run, how it is tested)"""


def grid() -> Study:
    """The advised runs, and those without an intermediate task that they are held against."""
    tests = [Evaluation(run=from_plain(run), **{{**how, "languages": tuple(how["languages"])}}) for run, how in TESTS]
    return Study(
        name="{name}",
        title="{title}",
        runs=tuple(test.run for test in tests),
        evaluations=tuple(tests),
        baselines={baselines},
    )
'''
_TESTED = ("task", "split", "languages", "limit", "weights")


def after(study: str) -> str:
    """The name of the study of what was advised after a study."""
    return f"{study}_next"


def text(study: SavedStudy, wanted: Sequence[tuple[str, str, str]], earlier: SavedStudy | None = None) -> str:
    """The text of a recipe for `wanted` runs: (encoder, target task, arm) as a ledger labels them.

    Runs of `earlier` advice, a study of the same name as the recipe's, stay in it: a study is what its last plan says.
    Raises SpecError for an arm that no run of the study shows how to make.
    """
    name, title = after(study.name), f"What was advised after the study {study.name}"
    if earlier is not None:
        here = {run.id for run in study.runs}
        more = tuple(run for run in earlier.runs if run.id not in here)
        study = replace(study, runs=study.runs + more, evaluations=study.evaluations + earlier.evaluations)
    specs = study.specs
    labels = ledger.label(specs, study.tasks)
    made: list[tuple[str, RunSpec]] = []
    for encoder, target, arm in wanted:
        mine = {run: specs[run] for run, label in labels.items() if label.encoder == encoder and run in specs}
        tested = {each.run for each in study.evaluations if each.task == target}
        runs = {run: spec for run, spec in mine.items() if run in tested and labels[run].target}
        made.append((target, _next(runs, labels, arm, [spec for _, spec in made])))
    before = [(each.task, specs[each.run]) for each in (earlier.evaluations if earlier else ())]
    compared = {(target, _where(spec)) for target, spec in (*made, *before)}
    beside = {
        (each.task, each.run): specs[each.run] for each in study.evaluations
        if labels[each.run].intermediate == NONE and (each.task, _where(specs[each.run])) in compared
    }  # fmt: skip
    every = [*made, *((target, spec) for (target, _), spec in beside.items())]
    tests = [(_bare(plain(spec)), how) for target, spec in every for how in _tests(study, target)]
    tests += [(_bare(plain(specs[each.run])), _how(each)) for each in (earlier.evaluations if earlier else ())]
    tested = {how["task"] for _, how in tests}
    return _HEAD.format(
        title=title,
        name=name,
        tests=json.dumps([test for n, test in enumerate(tests) if test not in tests[:n]], indent=1),
        baselines=tuple(sorted({each.task for each in study.baselines} & tested)),
    )


def _tests(study: SavedStudy, target: str) -> list[dict[str, Any]]:
    """How the study tests its first run on the target; without its perturbed tests."""
    usual = [each for each in study.evaluations if each.task == target and not each.perturbation]
    return [_how(each) for each in usual if each.run == usual[0].run]


def _how(test: SavedEvaluation) -> dict[str, Any]:
    return {name: getattr(test, name) for name in _TESTED}


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
    if theirs:
        copy, seed = theirs[0]
    else:  # on the copy of the encoder that has fewest, for copies are what is repeated
        copy = min(starts, key=lambda start: sum(each[0] == start for each in taken))
        seed = 1 + max(_where(spec)[1] for spec in (*runs.values(), *also))
    base = next(spec for spec in runs.values() if _where(spec)[0] == copy)
    before = [phase for phase in base.phases if phase.stage == "pretrain"]
    tuned = [replace(phase, seed=seed) for phase in pattern.phases if phase.stage != "pretrain"]
    return RunSpec(encoder=base.encoder, phases=(*before, *tuned))


def _where(spec: RunSpec) -> tuple[str, int]:
    """Which pretrained copy a run starts from, and its seed."""
    return spec.pretrained.run_id, spec.phases[-1].seed


def _same(one: RunSpec, other: RunSpec) -> bool:
    """Whether two runs differ at most in seed and pretrained copy."""

    def tuned(spec: RunSpec) -> list[Phase]:
        return [replace(p, seed=0, data={}) for p in spec.phases if p.stage != "pretrain"]

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
        replace(
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
