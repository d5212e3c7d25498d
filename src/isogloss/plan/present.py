"""What can be done of a study with the data that is on this disk; what cannot is left out by name, never in silence."""

import dataclasses
from collections.abc import Sequence

from isogloss.core.errors import DataError
from isogloss.core.examples import labelled
from isogloss.core.phase import Phase
from isogloss.core.spec import Evaluation, RunSpec, Study
from isogloss.core.task import Task
from isogloss.plan.resolve import Resolver


def present(study: Study, resolver: Resolver) -> tuple[Study, list[str]]:
    """The study without what needs data that is not here, and what was left out, in sentences.

    Runs go whose task has no training data, or nothing to be tested on; a mixture goes on with the tasks it has, if
    they are two or more; dev data with labels stands in for a test that has none. Raises DataError if nothing is left.
    """
    search = _Search(resolver)
    tested_runs = {test.run.run_id for test in study.evaluations}
    evaluations = [here for test in study.evaluations if (here := search.evaluation(test))]
    tested = {test.run.run_id for test in evaluations}
    kept: dict[str, RunSpec] = {}
    for run in study.runs:
        whole = search.run(run)
        if whole and (run.run_id not in tested_runs or whole.run_id in tested):
            kept[whole.run_id] = whole
    if not kept and not evaluations:  # retrieval is tested on the encoder as it is
        raise DataError(f"{study.name}: none of its tasks has data on this disk. {' '.join(search.remarks())}")
    baselines = tuple(name for name in study.baselines if any(test.task == name for test in evaluations))
    reduced = dataclasses.replace(
        study, runs=tuple(kept.values()), evaluations=_distinct(evaluations), baselines=baselines
    )
    return reduced, search.remarks()


class _Search:
    def __init__(self, resolver: Resolver) -> None:
        self.resolver, self.census = resolver, resolver.census
        self.untrained: dict[str, None] = {}
        self.untested: dict[str, None] = {}
        self.stand_ins: dict[str, None] = {}
        self._runs: dict[str, RunSpec | None] = {}
        self._labelled: dict[tuple[str, str], bool] = {}

    def run(self, spec: RunSpec) -> RunSpec | None:
        """The run with what its phases can train on; None where one of them has nothing."""
        if spec.run_id not in self._runs:
            phases = [self.phase(phase) for phase in spec.phases]
            whole = [phase for phase in phases if phase]
            reduced = dataclasses.replace(spec, phases=tuple(whole)) if len(whole) == len(phases) else None
            self._runs[spec.run_id] = reduced
        return self._runs[spec.run_id]

    def phase(self, phase: Phase) -> Phase | None:
        tasks = tuple(name for name in phase.tasks if self.trains(name, phase.languages))
        lone = len(tasks) == 1 < len(phase.tasks) and phase.stage != "pretrain"  # one task is not a mixture
        beside = phase.mlm
        if beside:
            text = tuple(name for name in beside.tasks if self.trains(name, beside.languages))
            beside = dataclasses.replace(beside, tasks=text) if text else None
        if not tasks or lone or (phase.mlm and not beside):
            return None
        without = tuple(test for test in phase.without if self.there(test))
        return dataclasses.replace(phase, tasks=tasks, mlm=beside, without=without)

    def evaluation(self, test: Evaluation) -> Evaluation | None:
        run, task = self.run(test.run), self.resolver.task(test.task)
        if run is None:
            return None
        if self.labelled(task, test.split, test.languages):
            return dataclasses.replace(test, run=run)
        if test.split == "test" and self.labelled(task, "dev", test.languages):
            self.stand_ins[task.name] = None
            return dataclasses.replace(test, run=run, split="dev")
        self.untested[task.name] = None
        return None

    def trains(self, name: str, languages: Sequence[str]) -> bool:
        there = self.census.available(self.resolver.task(name), "train")
        if there and set(languages) <= set(there):
            return True
        derived = self.resolver.task(name).derived
        self.untrained[derived.source.name if derived else name] = None
        return False

    def there(self, test: str) -> bool:
        name, _, split = test.partition("/")
        return bool(self.census.available(self.resolver.task(name), split))

    def labelled(self, task: Task, split: str, languages: Sequence[str]) -> bool:
        """Whether some language has answers; XTREME's test files often have none. One example of each is looked at."""
        there = self.census.available(task, split)
        wanted = [code for code in languages or there if code in there]
        if task.type == "retrieval" or task.derived is not None:
            return bool(wanted)
        key = (f"{task.name}/{','.join(wanted)}", split)
        if key not in self._labelled:
            firsts = (
                next(iter(task.read(self.census.data / task.source.folder, split, code)), None) for code in wanted
            )
            self._labelled[key] = any(first is not None and labelled(first) for first in firsts)
        return self._labelled[key]

    def remarks(self) -> list[str]:
        sentences = []
        if self.untrained:
            sentences.append(
                f"No training data on this disk for {', '.join(self.untrained)}: runs that need it are left out, and "
                "mixtures go without it. `isogloss tasks NAME` says how to get each."
            )
        if self.untested:
            sentences.append(f"No test data with answers on this disk for {', '.join(self.untested)}: left out.")
        if self.stand_ins:
            sentences.append(f"Dev data stands in for tests that have no answers here: {', '.join(self.stand_ins)}.")
        return sentences


def _distinct(evaluations: Sequence[Evaluation]) -> tuple[Evaluation, ...]:
    """Two tests of one run that became the same (dev for test, beside dev) are one."""
    seen = {
        (test.run.run_id, test.task, test.split, test.languages, test.limit, test.weights, test.perturbation): test
        for test in evaluations
    }
    return tuple(seen.values())
