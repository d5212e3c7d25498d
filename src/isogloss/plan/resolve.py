"""What identifies a run: the hashes of its data and of its published encoder, filled in from what is on the disk."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from isogloss.core import cut
from isogloss.core.errors import DataError, SpecError, UnknownName
from isogloss.core.languages import ENGLISH
from isogloss.core.phase import Phase
from isogloss.core.spec import WEIGHTS, Architecture, Published, RunSpec, canonical
from isogloss.core.task import Find, Task
from isogloss.models import stated
from isogloss.models.files import check_folder, fingerprint
from isogloss.models.memory import shape_of
from isogloss.models.place import encoders_of, known, place
from isogloss.plan.census import Census, Count
from isogloss.plan.dev import devs_of


class Resolver:
    """Resolves the runs of one study against one data root."""

    def __init__(self, find: Find, census: Census) -> None:
        self.tasks: dict[str, Task] = {}
        self.remarks: dict[str, None] = {}
        """What a reader of the plan should know, in sentences."""
        self.census = census
        self._find = find
        self._published: dict[Published, Published] = {}
        self._resolved: dict[str, RunSpec] = {}
        self._phases: dict[str, Phase] = {}

    def task(self, name: str) -> Task:
        """A task by name; `tasks` holds all that were asked for."""
        if name not in self.tasks:
            self.tasks[name] = self._find(name)
        return self.tasks[name]

    def run(self, spec: RunSpec) -> RunSpec:
        """The run with the hashes of its data and of its published encoder filled in: what identifies it."""
        if spec.run_id not in self._resolved:
            encoder = self.published(spec.encoder) if isinstance(spec.encoder, Published) else spec.encoder
            phases: list[Phase] = []
            for phase in spec.phases:
                self.handed_on(phases[-1] if phases else None, phase)
                frozen(encoder, phase)
                text = canonical(phase)
                if text not in self._phases:
                    self._phases[text] = self.phase(phase)
                phases.append(self.chosen(phases[-1] if phases else None, self._phases[text]))
            self._resolved[spec.run_id] = RunSpec(encoder=encoder, phases=tuple(phases))
        return self._resolved[spec.run_id]

    def handed_on(self, before: Phase | None, phase: Phase) -> None:
        """Say before training that the weights a phase starts from are not kept. Raises SpecError or UnknownName."""
        if phase.parent_weights not in WEIGHTS[:-1]:
            raise UnknownName.of("parent_weights", phase.parent_weights, WEIGHTS[:-1])
        if phase.parent_weights == "last":
            return
        if before is None or not before.checkpoints:
            raise SpecError(
                f"parent_weights='{phase.parent_weights}': the phase before {'+'.join(phase.tasks)} keeps no "
                "checkpoints; set its `checkpoints`, or start from its last weights."
            )
        if phase.parent_weights == "mean":
            self.averages(before)

    def chosen(self, before: Phase | None, phase: Phase) -> Phase:
        """The phase with the hashes of the dev sets that choose the weights it starts from."""
        if phase.parent_weights != "best" or before is None:
            return phase
        devs = devs_of(before, self.task, self.census.data)
        if not devs:
            raise SpecError(f"parent_weights='best': {'+'.join(before.tasks)} has no English dev data on this disk.")
        more = {f"{task.name}/dev/{code}": self.census.digest(task, "dev", (code,)) for task, code in devs}
        return dataclasses.replace(phase, data={**phase.data, **more})

    def averages(self, phase: Phase) -> None:
        """Whether the mean of a phase's last checkpoints can be taken. Raises SpecError."""
        if not 1 <= phase.average <= phase.checkpoints:
            raise SpecError(
                f"the mean of the last {phase.average} checkpoints of a phase that keeps {phase.checkpoints} "
                f"({'+'.join(phase.tasks)}): set `average` to 1 to {phase.checkpoints}."
            )

    def phase(self, phase: Phase) -> Phase:
        """The phase with the hash of each task's training examples."""
        for name in phase.tasks if phase.per_language else ():
            if self.task(name).type != "text":
                raise SpecError(f"per_language=True with '{name}', a {self.task(name).type} task; expected text.")
        data = {name: self.training(phase, name).digest for name in phase.tasks}
        if phase.text:
            for name in phase.text.tasks:
                if self.task(name).type != "text":
                    raise SpecError(f"mlm names '{name}', a {self.task(name).type} task; expected text.")
                data[name] = self.training(phase.text, name).digest
        for name in phase.without:  # sentences of these tests are taken out of the text, so they make the run too
            task_name, slash, split = name.partition("/")
            if not slash:
                raise SpecError(f"without={name!r}: expected task/split, such as '{name}/test'.")
            task = self.task(task_name)
            languages = self.census.available(task, split)
            if not languages:
                self.census.require(task, split, task.languages[0])
            data[name] = self.census.digest(task, split, languages)
        return dataclasses.replace(phase, data=data)

    def training(self, phase: Phase, name: str) -> Count:
        """The examples of one task that a phase trains on. Raises DataError when they are not there."""
        task = self.task(name)
        named = task.read_in(phase.languages)
        for code in named:
            if code not in task.languages:
                raise UnknownName.of("language", code, task.languages, f"languages of task '{name}'")
        if "train" not in task.splits:
            raise SpecError(f"task '{name}' has no train split (only {', '.join(task.splits)}): nothing trains on it.")
        there = self.census.available(task, "train")
        languages = named or there
        for code in languages or task.languages[:1]:
            if code not in there:
                self.census.require(task, "train", code)
        try:
            whole = self.census.training(task, languages, phase.limit)
        except FileNotFoundError as error:  # a user's task that names no places
            raise DataError(f"{name} train: {error.filename}: no such file. Nothing was written.") from error
        self.several_classes(task, languages, phase)
        if not phase.first:
            if whole.untaught:
                raise DataError(whole.untaught)
            return whole
        counts = [count for code in languages if (count := self.census.count(task, "train", code))]
        examples = sum(min(phase.first, count.examples) for count in counts)
        return whole.first(examples)

    def several_classes(self, task: Task, languages: Sequence[str], phase: Phase) -> None:
        """Raises SpecError where what a phase trains on is the head of sorted files, of one class or another mix.

        Where examples are few and learned by more than their class, it is said among the remarks.
        """
        first, limit = phase.first, phase.limit
        if (made := task.derived) is not None:
            task, languages = made.source, (ENGLISH,)
            first = min(made.first or first, first or made.first)
        if not (first or limit) or task.source.generated or task.type not in cut.CLASSED:
            return
        folder = self.census.data / task.source.folder
        head = cut.sorted_head((task.read(folder, "train", code) for code in languages), first=first, limit=limit)
        if head:
            cut_by = " and ".join(f"{name}={value}" for name, value in (("limit", limit), ("first", first)) if value)
            told = (
                f"{task.name} train, with {cut_by}: {head.says}, and what is learned from them does not hold for the "
                f"rest. Ask for all ({cut_by.split('=')[0]}=0), for many more than {head.place}, or shuffle the file."
            )
            if not (head.few and task.type != "classification"):
                raise SpecError(told)
            self.remarks[told] = None

    def published(self, encoder: Published) -> Published:
        """The encoder with the fingerprint of its files, and where they lie, if it is a folder or comes in a package.

        Raises ModelError for a folder that is not there, or of which can be seen unread that it can never be opened.
        """
        folder = Path(place(encoder)).expanduser()
        if not folder.is_dir():
            return encoder
        if encoder not in self._published:
            check_folder(folder.resolve())
            stated.check(folder.resolve())
            where = str(folder.resolve())
            identified = dataclasses.replace(encoder, fingerprint=fingerprint(folder), folder=where)
            self._published[encoder] = known(identified, encoders_of(self.census.store))
        return self._published[encoder]


def frozen(encoder: Architecture | Published, phase: Phase) -> None:
    """Raises SpecError for a phase that freezes more layers than there are, or some that share their weights.

    Of a hub's encoder that nothing is known of yet, it is said once the phase begins.
    """
    shape = shape_of(encoder) if phase.freeze else None
    if shape is None:
        return
    called = encoder.title if isinstance(encoder, Published) else "its encoder"
    phase.check_freeze(called, shape.layers)
    if phase.freeze < shape.layers and shape.groups:
        raise phase.inseparable(called, shape.layers)


def teacher(task: Task, find: Find, data: Path) -> Task | None:
    """The English task whose training examples a task's baselines learn from; None where none are on the disk."""
    if not task.teachers:
        return None
    english = task if task.teachers[-1] == task.name else find(task.teachers[-1])
    return english if ENGLISH in english.available(data, "train") else None
