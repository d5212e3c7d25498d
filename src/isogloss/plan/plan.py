"""A study → jobs in an order that can be run: parents first, minus what the store has. Trains nothing."""

import dataclasses
import hashlib
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from isogloss.core import cut, perturbation
from isogloss.core.errors import DataError, SpecError, UnknownName
from isogloss.core.examples import labelled
from isogloss.core.languages import ENGLISH
from isogloss.core.spec import WEIGHTS, Evaluation, Published, RunSpec, Study
from isogloss.core.task import Find, Task
from isogloss.models import packaged
from isogloss.models.place import at_hand, doubt
from isogloss.plan import captions, text_head
from isogloss.plan.census import Census
from isogloss.plan.dev import dev_of
from isogloss.plan.estimate import Estimator
from isogloss.plan.job import Job, Plan
from isogloss.plan.present import present
from isogloss.plan.resolve import Resolver, teacher
from isogloss.plan.twins import shared
from isogloss.store.disk import listed
from isogloss.store.run_record import NOTHING
from isogloss.store.store import Store


def plan(study: Study, store: Store, data: Path, find: Find, tflops: float = 0.0, precision: str = "auto") -> Plan:
    """Resolve a study against the data that is there and the store. Raises DataError, SpecError or UnknownName.

    For the estimate of time, `tflops` states another device, in 10^12 operations per second; 0 measures this one, in
    the `precision` that published encoders will be trained in. Raises ModelError for one that it does not compute.
    """
    census = Census(store, data)
    try:
        return _Planning(study, Resolver(find, census)).plan(store, Estimator(store, tflops, precision))
    finally:
        census.keep()


class _Planning:
    def __init__(self, study: Study, resolver: Resolver) -> None:
        self.study, self.resolver, self.census = study, resolver, resolver.census
        self.absent: dict[str, tuple[str, ...]] = {}
        self.remarks = resolver.remarks
        self.titles: dict[str, str] = {}
        if study.partial:
            self.study, left_out = present(study, resolver)
            self.remarks |= dict.fromkeys(left_out)
        self._tested: dict[tuple[str, str, tuple[str, ...], int], Job] = {}

    def plan(self, store: Store, estimator: Estimator) -> Plan:
        runs = [self.resolver.run(run) for run in self.study.runs]
        wanted = [dataclasses.replace(each, run=self.resolver.run(each.run)) for each in self.study.evaluations]
        specs: dict[str, RunSpec] = {}
        for run in [*runs, *(each.run for each in wanted)]:
            specs |= {spec.run_id: spec for spec in run.lineage if spec.run_id not in specs}
        tests: dict[str, list[Evaluation]] = {}
        for each in wanted:
            tests.setdefault(each.run.run_id, []).append(each)
        jobs: dict[str, Job] = {}
        self.titles = captions.runs(specs.values())
        starts = dict.fromkeys(spec.encoder for spec in specs.values() if isinstance(spec.encoder, Published))
        self.remarks |= dict.fromkeys([*filter(None, map(doubt, starts)), *text_head.fresh(specs.values())])
        for name, spec in specs.items():
            jobs |= {job.id: job for job in self.translations(spec)}
            jobs[name] = self.training(spec)
            jobs |= {job.id: job for job in (self.evaluation(spec, each) for each in tests.get(name, [])) if job}
        # Baselines first: a study that is looked at half-way is held against them too, and not against chance alone.
        # Before them what a hub must be asked for: if it has no such model, nothing was done in vain.
        asked = {job.id: job for job in jobs.values() if not _opens(job)}
        jobs = asked | {job.id: job for job in self.baselines(list(jobs.values()))} | jobs
        explicit = {run.run_id for run in runs}
        notes = (*(note for encoder in starts for note in packaged.told(encoder.name)), *self.study.notes)
        return Plan(
            study=dataclasses.replace(
                self.study, runs=tuple(specs.values()), evaluations=tuple(wanted), notes=tuple(dict.fromkeys(notes))
            ),
            jobs=estimator.fill(_cached(list(jobs.values()), store, explicit)),
            tasks=tuple(self.resolver.tasks.values()),
            absent=self.absent,
            remarks=tuple(self.remarks),
            basis=estimator.basis,
        )

    def training(self, spec: RunSpec) -> Job:
        steps = examples = characters = read = 0
        if spec.phases:
            last = spec.phases[-1]
            counts = [self.resolver.training(last, name) for name in last.tasks]
            examples = sum(count.examples for count in counts)
            characters, read = sum(count.characters for count in counts), sum(count.read for count in counts)
            own = math.ceil(last.epochs * examples / (last.batch * last.accumulate))
            steps = last.steps or math.ceil(own / (1 - last.text_share))
            if last.text:  # counted by its share of the steps, so that a step's mean length comes out right
                texts = [self.resolver.training(last.text, name) for name in last.text.tasks]
                beside = round(examples * last.text_share / (1 - last.text_share))
                mean = sum(count.characters for count in texts) / sum(count.examples for count in texts)
                more = round(beside * mean)
                examples, characters, read = examples + beside, characters + more, read + more
        return Job(
            kind="train",
            id=spec.run_id,
            title=self.titles[spec.run_id],
            needs=(*((spec.parent.run_id,) if spec.parent else ()), *(job.id for job in self.translations(spec))),
            steps=steps,
            run=spec,
            examples=examples,
            characters=characters,
            read=read,
        )

    def translations(self, spec: RunSpec) -> list[Job]:
        """What must be translated before the last phase of a run can train."""
        last = spec.phases[-1] if spec.phases else None
        sources = [(self.resolver.task(name), last.languages) for name in last.tasks] if last else []
        return [
            self.translation(task, "train", code)
            for task, languages in sources
            if task.derived is not None
            for code in languages or task.languages
            if code != ENGLISH
        ]

    def translation(self, task: Task, split: str, language: str) -> Job:
        """One language of a translated task."""
        count = self.census.count(task, split, language)
        if count is None:
            raise SpecError(f"task '{task.name}' has no {split} split in English to translate.")
        key = f"{task.name}-{split}-{language}-{count.digest}"
        return Job(
            kind="translate",
            id=f"translate/{key}",
            title=f"translation: {task.name} {split} in {language}",
            task=task.name,
            split=split,
            languages=(language,),
            key=key,
            data=count.digest,
            examples=count.examples,
            characters=count.characters,
        )

    def evaluation(self, spec: RunSpec, test: Evaluation) -> Job | None:
        """None if the requested weights are unavailable; a remark explains why."""
        task = self.resolver.task(test.task)
        self.check(spec, task)
        weights, mark = self.weights(spec, task, test.weights)
        if not weights:
            return None
        job = self.tested(task, test.split, test.languages, test.limit)
        if mark:
            digest = hashlib.sha256(f"{job.key}/{mark}".encode()).hexdigest()[:8]
            job = dataclasses.replace(job, weights=weights, key=f"{task.name}-{test.split}-{weights}-{digest}")
        if test.perturbation:
            job = self.perturbed(job, perturbation.parse(test.perturbation))
        return dataclasses.replace(
            job,
            kind="evaluate",
            id=f"{spec.run_id}/{job.key}",
            title=f"{self.titles[spec.run_id]}: {task.name} {test.split}{f' ({weights} weights)' if mark else ''}"
            + (f", {job.perturbation}" if job.perturbation else ""),
            needs=(spec.run_id,),
            run=spec,
        )

    def perturbed(self, job: Job, how: perturbation.Perturbation) -> Job:
        """The same test, perturbed; its key holds what the words of code-switching are taken from."""
        parts = [job.key, str(how)]
        if how.source:
            source = self.resolver.task(how.source)
            there = [code for code in (ENGLISH, *job.languages) if code in self.census.available(source, "train")]
            if ENGLISH not in there:
                self.census.require(source, "train", ENGLISH)
            parts.append(self.census.digest(source, "train", tuple(dict.fromkeys(there))))
        digest = hashlib.sha256("/".join(parts).encode()).hexdigest()[:8]
        return dataclasses.replace(job, perturbation=str(how), key=f"{job.task}-{job.split}-{how.kind}-{digest}")

    def weights(self, spec: RunSpec, task: Task, which: str) -> tuple[str, str]:
        """Which weights to test, and what tells that test from one of the last weights; none where there are none.

        "best" without English dev data is absent and said to be; it is never silently another's score.
        """
        if which and which not in WEIGHTS:
            raise UnknownName.of("weights", which, WEIGHTS)
        kept = spec.phases[-1].checkpoints if spec.phases else 0
        if which == "last" or not (which or kept) or (not which and task.type == "retrieval"):
            return "last", ""
        if not kept or task.type == "retrieval":
            why = "retrieval is tested on the last weights" if kept else "its last phase keeps no checkpoints"
            raise SpecError(f"weights='{which}' of {captions.run(spec)} on '{task.name}': {why}; leave weights empty.")
        if which == "mean":
            self.resolver.averages(spec.phases[-1])
        if which in ("mean", "oracle"):
            return which, which
        dev = dev_of(task, spec.phases[-1], self.resolver.task, self.census.data)
        if dev is None:
            shown = "left out" if which else "not had; the last weights are tested and shown as such"
            self.remarks[f"{task.name} has no English dev data on this disk: its best checkpoint is {shown}."] = None
            return ("", "") if which else ("last", "")
        return "best", f"best/{dev[0].name}/{dev[1]}/{self.census.digest(dev[0], 'dev', (dev[1],))}"

    def check(self, spec: RunSpec, task: Task) -> None:
        """Say before hours of training that a run has no head for a task."""
        if task.type == "retrieval":
            return
        trained = spec.phases[-1].tasks if spec.phases else ()
        if not {task.name, *task.trained_on} & set(trained):
            raise SpecError(
                f"task '{task.name}' cannot be tested on the run {captions.run(spec)}: its last phase trains "
                f"{' and '.join(trained) or 'nothing'}. It needs {' or '.join((task.name, *task.trained_on))}."
            )

    def tested(self, task: Task, split: str, languages: Sequence[str], limit: int) -> Job:
        """What is tested, on the languages that are there; `kind` and `id` are for the caller to set."""
        key = (task.name, split, tuple(languages), limit)
        if key not in self._tested:
            self._tested[key] = self._test(task, split, languages, limit)
        return self._tested[key]

    def _test(self, task: Task, split: str, languages: Sequence[str], limit: int) -> Job:
        for code in languages:
            if code not in task.languages:
                raise UnknownName.of("language", code, task.languages, f"languages of task '{task.name}'")
        if split not in task.splits:
            raise UnknownName.of("split", split, task.splits, f"splits of task '{task.name}'")
        wanted = tuple(languages) or task.languages
        there = self.census.present(task, split, wanted)
        if not there:
            self.census.require(task, split, wanted[0])
        gone = tuple(code for code in wanted if code not in there)
        if gone:
            self.absent[task.name] = tuple(sorted({*self.absent.get(task.name, ()), *gone}))
        self.several_classes(task, split, there, limit)
        counts = [count for code in there if (count := self.census.count(task, split, code))]
        shares = [min(1.0, limit / count.examples) if limit else 1.0 for count in counts]
        digest = self.census.digest(task, split, there)
        parts = [task.name, split, ",".join(there), str(limit), digest, "|".join(task.metrics)]
        if task.parts:
            parts.append("|".join(task.parts))
        if task.tuned_on not in ("", split):
            parts.append(self.census.digest(task, task.tuned_on, there))
        key = f"{task.name}-{split}-{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:8]}"
        return Job(
            kind="",
            id="",
            title="",
            task=task.name,
            split=split,
            languages=there,
            limit=limit,
            key=key,
            data=digest,
            examples=sum(round(count.examples * share) for count, share in zip(counts, shares, strict=True)),
            characters=sum(round(count.characters * share) for count, share in zip(counts, shares, strict=True)),
            read=sum(round(count.read * share) for count, share in zip(counts, shares, strict=True)),
        )

    def several_classes(self, task: Task, split: str, languages: Sequence[str], limit: int) -> None:
        """Raises SpecError where the first examples of a language are of one class or another mix than its file; where
        they are too few to tell that it is sorted, it is said among the remarks."""
        read = limit and task.type in cut.CLASSED and not task.source.generated and task.derived is None
        for code in languages if read else ():
            head = cut.sorted_head([task.read(self.census.data / task.source.folder, split, code)], limit=limit)
            if head:
                told = (
                    f"{task.name} {split} {code}: {head.says}; any score on them would mislead. Ask for all (limit=0), "
                    f"or for many more than {head.place}."
                )
                if not head.few:
                    raise SpecError(told)
                self.remarks[told] = None

    def baselines(self, jobs: Sequence[Job]) -> Iterator[Job]:
        """The trivial baselines of each task the study names, on the very examples its runs are tested on."""
        from isogloss.evaluation.baselines.trivial import VERSION

        tested_tasks = dict.fromkeys(job.task for job in jobs if job.kind == "evaluate")
        for name in tested_tasks:
            if name not in self.study.baselines and self.resolver.task(name).type != "retrieval":
                told = f"The study asks for no trivial baselines of {name}: it is held against chance alone."
                self.remarks[told] = None
        for name in self.study.baselines:
            tested = [job for job in jobs if job.kind == "evaluate" and job.task == name]
            task = self.resolver.task(name)
            taught = teacher(task, self.resolver.task, self.census.data)
            self.teachable(task, taught)
            learned = self.census.training(taught, (ENGLISH,)).digest if taught else "nothing"
            tested = [self.tested(task, job.split, job.languages, job.limit) for job in tested]
            for job in {job.key: job for job in tested or [self.tested(task, "test", (), 0)]}.values():
                key = f"{job.key}-{learned[:8]}-{VERSION}"
                yield dataclasses.replace(
                    job, kind="baseline", id=f"baseline/{key}", key=key, title=f"baselines: {name} {job.split}",
                    needs=(), run=None,
                )  # fmt: skip

    def teachable(self, task: Task, taught: Task | None) -> None:
        """Say before any training that trivial baselines cannot be made, rather than leave them out in silence."""
        from isogloss.evaluation.baselines.trivial import BASELINES, LEARN

        called = f"the study's baselines name '{task.name}'"
        if task.type not in BASELINES:
            listed = ", ".join(BASELINES)
            raise SpecError(
                f"{called}, of type '{task.type}'; there are some for {listed}. Take it out of `baselines`."
            )
        named = task.teachers[-1] if task.teachers else ""
        if taught is None and task.type not in LEARN:
            if named:
                told = f"{task.name}: no English training data of {named} on this disk, so it has no majority baseline."
                self.remarks[told] = None
            return
        if not named:
            raise SpecError(
                f"{called}, which has no train split to learn them from. Name the English task that trains it in its "
                "`trained_on`, or take it out of `baselines`."
            )
        learns = f"{called}, and they learn from the English training data of '{named}'"
        if taught is None:
            try:
                self.census.require(self.resolver.task(named), "train", ENGLISH)
            except DataError as error:
                raise DataError(f"{learns}, which is not there: {error}") from error
            raise DataError(f"{learns}, which has none.")
        if taught.type != task.type:
            raise SpecError(
                f"{learns}, of type '{taught.type}' instead of '{task.type}'. Name a task of its own type in the "
                "`trained_on` of the one, or take it out of `baselines`."
            )
        firsts = taught.read(self.census.data / taught.source.folder, "train", ENGLISH)
        if not any(labelled(each) for each in firsts):
            raise DataError(f"{learns}, none of which has a label.")


def _cached(jobs: Sequence[Job], store: Store, explicit: set[str]) -> tuple[Job, ...]:
    """Mark what need not be done. Weights that were freed are wanted again only by a job that is not done."""
    marked: list[Job] = []
    serves: dict[str, set[str]] = {}  # a job that is needed → what it is needed for
    earlier: set[str] = set()  # runs whose earlier weights are wanted
    before = {job.id for job in jobs if job.kind == "train"}
    kept = {job.run.phases[-1].checkpoints for job in jobs if job.run and job.run.phases}
    for job in reversed(jobs):
        for_what = set(serves.get(job.id, ()))
        if job.kind == "train":
            before.discard(job.id)
            if job.id in explicit and not store.freed(job.id):
                for_what.add(job.id)
            job = dataclasses.replace(job, snapshots=job.id in earlier, serves=tuple(sorted(for_what)))
            there = store.finished(job.id) and _opens(job) and not (job.snapshots and swept(job, store))
            cached = there or not for_what
            if there and job.steps:  # batches are cut by length too, so that the plan's own number is about right
                job = dataclasses.replace(job, steps=(store.ended(job.id) or NOTHING).steps or job.steps)
            job = job if cached else shared(job, store, kept, before)
        elif job.kind == "translate":
            cached = store.translation(job.key) is not None or not (for_what or _record_lost(job, store))
        elif job.kind == "evaluate":
            for_what = {job.id}
            cached = store.evaluated(job.id.split("/")[0], job.key)
        else:
            cached = store.scored(job.key)
        if not cached:
            for need in job.needs:
                serves.setdefault(need, set()).update(for_what)
            if job.snapshots if job.twin else (job.weights != "last" or _starts_earlier(job)):
                earlier |= set(job.needs)
        marked.append(dataclasses.replace(job, cached=cached))
    return tuple(reversed(marked))


def _opens(job: Job) -> bool:
    """Whether nothing needs to be fetched for a run that is a published encoder as it is."""
    start = job.run.encoder if job.run and not job.run.phases else None
    return not isinstance(start, Published) or at_hand(start)


def _starts_earlier(job: Job) -> bool:
    return bool(job.kind == "train" and job.run and job.run.phases and job.run.phases[-1].parent_weights != "last")


def _record_lost(job: Job, store: Store) -> bool:
    """Whether sentences of a language are in the cache: then only the record of a translation is not there."""
    return any(name.startswith(f"{code}-") for name in listed(store.at.sentences) for code in job.languages)


def swept(job: Job, store: Store) -> bool:
    """Whether gc has taken the checkpoints of a finished run."""
    several = job.run is not None and job.run.phases and job.run.phases[-1].checkpoints > 1
    return bool(several) and not store.snapshots(job.id)
