"""One study read from a store: its scores as tidy rows, its trivial baselines, and what each example adds to a score.

A row is named by what was done: encoder, which pretrained copy of it, intermediate task, target task, seed. Two
phases that would share a name but differ in a setting get that setting into their name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from isogloss.core.controls import FRESH, NONE
from isogloss.core.errors import MetricError, UnknownName
from isogloss.core.fields import written
from isogloss.core.languages import ENGLISH
from isogloss.core.metric import Metric, find
from isogloss.core.phase import Phase
from isogloss.core.score import Score
from isogloss.core.spec import Architecture, Published, RunSpec, plain
from isogloss.core.typing import Float, np
from isogloss.stats.intervals import error_of, influence
from isogloss.store.run_record import NOTHING, RunRecord
from isogloss.store.store import Store
from isogloss.store.study import SavedStudy

T = TypeVar("T")
_ASIDE = ("type", "stage", "tasks", "seed", "data", "languages")
"""Fields of a phase that do not make two phases of one name different."""
_FIRST = ("start", "steps")
"""Fields named before others where several tell phases apart."""
_DEFAULTS = {
    name: item.default
    for kind in (Architecture, Phase)
    for name, item in written(kind).items()
    if isinstance(item.default, str | int | float)
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What a run is called in tables."""

    encoder: str
    replicate: str
    """Which pretrained copy of the encoder: its pretraining seed. The unit of replication."""
    intermediate: str
    target: str
    """What the target phase trained on; empty for a run without one."""
    seed: int | None
    """Of the last fine-tuning phase; None when nothing was fine-tuned."""
    source: str
    """The language of the labels, English unless the target phase says otherwise."""
    same_task: bool
    """The intermediate phase trained on the target's own task and no other: a control for more steps, no transfer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One score of one run."""

    label: Label
    score: Score
    key: str

    @property
    def value(self) -> float:
        """In [0, 1]."""
        return self.score.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """One score of a trivial baseline, such as "majority"."""

    name: str
    score: Score


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """A study's rows. `missing` counts the evaluations that were asked for and are not there yet."""

    store: Store
    study: SavedStudy
    labels: Mapping[str, Label]
    rows: tuple[Row, ...]
    baselines: tuple[Baseline, ...]
    missing: int = 0
    collapsed: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(run, key of an evaluation) → why its scores are not read: the run, or its intermediate task, collapsed."""
    records: Mapping[str, RunRecord] = field(default_factory=dict)
    """Run that is done → what training wrote down, without its losses: of many runs, they would fill the memory."""
    seconds: Mapping[tuple[str, str], float | None] = field(default_factory=dict)
    """(run, key of an evaluation that is there) → how long it took, where that is known."""
    _known: dict[tuple[str, str], dict[str, dict[str, tuple[str, Any]]]] = field(default_factory=dict)
    _once: dict[tuple[str, ...], Any] = field(default_factory=dict)

    @property
    def tasks(self) -> Mapping[str, Mapping[str, Any]]:
        """Facts about the tasks, as the study recorded them."""
        return self.study.tasks

    def counts(self, task: str) -> str:
        """The metric of a task that counts in averages; empty where none is known."""
        return str(next(iter(self.tasks.get(task, {}).get("metrics", ())), ""))

    def kept(self, rows: Sequence[Row]) -> list[Row]:
        """The rows that means are over: without collapsed runs, which say nothing about their intermediate task.

        Where all runs of an intermediate task collapsed, that is what there is to show.
        """
        fell = [(row.score.run, row.key) in self.collapsed for row in rows]
        sound = {row.label.intermediate for row, collapsed in zip(rows, fell, strict=True) if not collapsed}
        return [row for row, gone in zip(rows, fell, strict=True) if not gone or row.label.intermediate not in sound]

    def error(self, terms: Iterable[tuple[float, Row]]) -> float:
        """Standard error, from the test examples, of a weighted sum of scores.

        Examples of one task with one id list (a test set seen by several runs, or translated into several languages)
        are resampled together, so paired differences are paired. A row whose predictions are not there counts as
        independent, with the variance p(1-p)/n that no mean of values in [0, 1] exceeds.
        """
        weights: dict[tuple[str, str, str, str], float] = {}
        rows: dict[tuple[str, str, str, str], Row] = {}
        for weight, row in terms:
            at = (row.score.run, row.key, row.score.variant, row.score.language)
            weights[at], rows[at] = weights.get(at, 0.0) + weight, row
        blocks: dict[str, Float[np.ndarray, "n"]] = {}
        alone = 0.0
        for at, row in rows.items():
            block, vector = self._influences(row).get(row.score.language, ("", None))
            if vector is None:
                alone += weights[at] ** 2 * row.value * (1 - row.value) / max(1, row.score.n)
            else:
                blocks[block] = blocks[block] + weights[at] * vector if block in blocks else weights[at] * vector
        seen = {row.score.language: row.score.n for row in rows.values()}
        variance = alone + sum(float(vector @ vector) for vector in blocks.values())
        return error_of(variance, max(1, sum(seen.values())))

    def once(self, *key: str, make: Callable[[], T]) -> T:
        """What is made the first time it is asked for under this key: several tables and figures show it."""
        if key not in self._once:
            self._once[key] = make()
        kept: T = self._once[key]
        return kept

    def forget(self) -> None:
        """Drop what was read from predictions, to keep memory small between tasks."""
        self._known.clear()

    def _influences(self, row: Row) -> dict[str, tuple[str, Any]]:
        score = row.score
        if self.tasks.get(score.task, {}).get("type") == "retrieval":
            return {}  # one file of predictions, many layers: which of them it belongs to is not written in it
        at = (score.run, f"{row.key} {score.way.part}")
        if at not in self._known:
            self._known[at] = self._read(row)
        return self._known[at].get(score.metric, {})

    def _read(self, row: Row) -> dict[str, dict[str, tuple[str, Any]]]:
        """metric → language → (id list, influence of each example on the score)."""
        score = row.score
        try:
            predictions = self.store.predictions(score.run, score.task, score.split, row.key)
        except UnknownName:
            return {}
        if score.way.part:
            predictions = predictions.part(score.way.part)
        languages: dict[str, list[int]] = {}
        for place, (language, gold) in enumerate(zip(predictions.language, predictions.gold, strict=True)):
            if gold is not None:
                languages.setdefault(language, []).append(place)
        # Ids number the rows of a file: the first of one task and the first of another are two examples.
        ids = {
            language: str(hash((score.task, score.split, *(predictions.id[place] for place in places))))
            for language, places in languages.items()
        }
        influences: dict[str, dict[str, tuple[str, Any]]] = {}
        for metric in self._metrics(score):
            for language, places in languages.items():
                answers = [predictions.prediction[place] for place in places]
                golds = [predictions.gold[place] for place in places]
                try:
                    rows = metric.rows(answers, golds, [language] * len(places))
                except MetricError:
                    continue
                influences.setdefault(metric.name, {})[language] = (ids[language], influence(rows, metric.score))
        return influences

    def _metrics(self, score: Score) -> list[Metric]:
        named = self.tasks.get(score.task, {}).get("metrics", (score.metric,))
        metrics = []
        for name in dict.fromkeys(part for joint in named for part in (joint, *joint.split("+"))):
            try:
                metrics.append(find(name))
            except UnknownName:  # a metric of the user's own: its error is then taken from n
                continue
        return metrics


def read(store: Store, name: str) -> Ledger:
    """The ledger of a study. Raises UnknownName for a study that is not in the store."""
    study = store.study(name)
    specs = study.specs
    labels = label(specs, study.tasks)
    rows: list[Row] = []
    collapsed: dict[tuple[str, str], str] = {}
    seconds: dict[tuple[str, str], float | None] = {}
    missing = 0
    records = {run.id: replace(record, losses=None, body={}) for run in study.runs if (record := store.ended(run.id))}
    lost = _Lost(study, records)
    for test in study.evaluations:
        result = store.tested(test.run, test.key)
        if result is None:
            missing += 1
            continue
        about, scores = result
        spent = about.get("seconds")
        seconds[test.run, test.key] = None if spent is None else float(spent)
        rows += [Row(label=labels[test.run], score=score, key=test.key) for score in scores]
        if why := lost.run(test.run) or _one_answer(about, labels[test.run].source) or lost.before(test.run):
            collapsed[test.run, test.key] = why
    baselines = [
        Baseline(name=name, score=score)
        for each in study.baselines
        for name in store.baselines(each.key) or ()
        for score in store.scores(name, each.key)
    ]
    return Ledger(
        store=store, study=study, labels=labels, rows=tuple(rows), baselines=tuple(baselines), missing=missing,
        collapsed=collapsed, records=records, seconds=seconds,
    )  # fmt: skip


class _Lost:
    """Which runs of a study learned nothing; each is asked once, for many runs start from one."""

    def __init__(self, study: SavedStudy, records: Mapping[str, RunRecord]) -> None:
        self.specs, self.records = study.specs, records
        self.parents = {run.id: run.parent for run in study.runs}
        self._before: dict[str, str] = {}

    def run(self, run: str) -> str:
        """Why a run counts as collapsed by its training; empty for one that learned, or is not done."""
        return self.records.get(run, NOTHING).collapsed

    def before(self, run: str) -> str:
        """Why it says nothing of its intermediate task: that phase collapsed, so there was nothing to carry over."""
        parent = self.parents.get(run)
        if parent is None or parent not in self.specs:
            return ""
        if parent not in self._before:
            phases = self.specs[parent].phases
            lost = self.run(parent) if phases and phases[-1].stage == "intermediate" else ""
            told = f"{'+'.join(phases[-1].tasks)} was not learned before it: {lost}" if lost else self.before(parent)
            self._before[parent] = told
        return self._before[parent]


def _one_answer(about: Mapping[str, Any], source: str) -> str:
    """Why a run counts as collapsed by a test: one answer for all of it in its own language."""
    return f"one answer for all of {about['task']} {about['split']}" if source in about.get("one_answer", ()) else ""


def label(specs: Mapping[str, RunSpec], tasks: Mapping[str, Mapping[str, Any]]) -> dict[str, Label]:
    """run → what it is called."""
    phases = {run: _staged(spec) for run, spec in specs.items()}
    settings = _Settings()
    names = {stage: _named([each[stage] for each in phases.values()], settings) for stage in ("intermediate", "target")}
    encoders = _encoders(specs, settings)
    labels = {}
    for run, spec in specs.items():
        tuned = [phase for phase in spec.phases if phase.stage != "pretrain"]
        pretrain = phases[run]["pretrain"]
        target, intermediate = phases[run]["target"], phases[run]["intermediate"]
        before = {task for phase in intermediate for task in phase.tasks}
        labels[run] = Label(
            encoder=encoders[run],
            replicate=str(pretrain[-1].seed) if pretrain else "",
            intermediate=_with_head(names["intermediate"][settings.identity(intermediate)], target) or NONE,
            target=names["target"][settings.identity(target)],
            seed=tuned[-1].seed if tuned else None,
            source=target[-1].languages[0] if target and target[-1].languages else ENGLISH,
            same_task=bool(before)
            and all(any(_one_task(a, b, tasks) for phase in target for a in phase.tasks) for b in before),
        )
    return labels


def _with_head(intermediate: str, target: Sequence[Phase]) -> str:
    """The intermediate task, and the head that the target phase chose to go on with, if it chose one."""
    chosen = target[0].head if intermediate and target else ""
    told = "fresh head" if chosen == FRESH else f"head of {chosen}"
    return f"{intermediate} ({told})" if chosen else intermediate


def _one_task(a: str, b: str, tasks: Mapping[str, Mapping[str, Any]]) -> bool:
    return bool({a, *tasks.get(a, {}).get("trained_on", ())} & {b, *tasks.get(b, {}).get("trained_on", ())})


def _staged(spec: RunSpec) -> dict[str, list[Phase]]:
    return {
        stage: [phase for phase in spec.phases if phase.stage == stage]
        for stage in ("pretrain", "intermediate", "target")
    }


class _Settings:
    """What phases are, seed and the like aside; of each phase once, so they must live as long as this."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, Any]] = {}
        self._identities: dict[tuple[int, ...], str] = {}

    def of(self, phase: Phase) -> dict[str, Any]:
        """Field → value, fields at their default left out."""
        if id(phase) not in self._known:
            aside = (*_ASIDE, "head") if phase.stage == "target" else _ASIDE  # a head does not make another target
            self._known[id(phase)] = {name: value for name, value in plain(phase).items() if name not in aside}
        return self._known[id(phase)]

    def identity(self, phases: Sequence[Phase]) -> str:
        """The same for phases that are the same."""
        key = tuple(map(id, phases))
        if key not in self._identities:
            self._identities[key] = repr([(phase.tasks, sorted(self.of(phase).items())) for phase in phases])
        return self._identities[key]


def _named(groups: Sequence[Sequence[Phase]], settings: _Settings) -> dict[str, str]:
    """identity of a list of phases → its name, with the settings that tell it from others of that name."""
    by_name: dict[str, dict[str, dict[str, Any]]] = {}
    for phases in groups:
        base = " → ".join("+".join(phase.tasks) for phase in phases)
        merged = {name: value for phase in phases for name, value in settings.of(phase).items()}
        by_name.setdefault(base, {})[settings.identity(phases)] = merged
    return {
        identity: f"{base} ({told})" if (told := _told(values, list(variants.values()))) else base
        for base, variants in by_name.items()
        for identity, values in variants.items()
    }


def _told(settings: Mapping[str, Any], variants: Sequence[Mapping[str, Any]]) -> str:
    """The settings that tell one variant from the others: as few as do, those that readers know first."""
    keys = sorted({key for each in variants for key in each}, key=lambda key: (key not in _FIRST, key))
    told: list[str] = []
    for key in keys:
        if _kinds(variants, [*told, key]) > _kinds(variants, told):
            told.append(key)
    values = [settings.get(key, _DEFAULTS.get(key, "default")) for key in told]
    shown = [f"{value:g}" if isinstance(value, float) else str(value) for value in values]
    return ", ".join(f"{key}={value}" for key, value in zip(told, shown, strict=True))


def _kinds(variants: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> int:
    return len({repr([each.get(key) for key in keys]) for each in variants})


def _encoders(specs: Mapping[str, RunSpec], settings: _Settings) -> dict[str, str]:
    """run → its encoder's name, pretraining seed aside."""
    facts: dict[str, dict[str, Any]] = {}
    for run, spec in specs.items():
        if isinstance(spec.encoder, Published):
            facts[run] = {"name": spec.encoder.title, "revision": spec.encoder.revision}
        else:
            own = {key: value for key, value in plain(spec.encoder).items() if key != "type"}
            pretrain = [phase for phase in spec.phases if phase.stage == "pretrain"]
            values = {key: value for phase in pretrain for key, value in settings.of(phase).items()}
            tasks = " → ".join("+".join(phase.tasks) for phase in pretrain)
            facts[run] = {"name": "own encoder", "text": tasks, **own, **values}
    kinds = {repr(fact): fact for fact in facts.values()}  # many runs share an encoder
    names = {}
    for kind, fact in kinds.items():
        told = _told(fact, [each for each in kinds.values() if each["name"] == fact["name"]])
        names[kind] = f"{fact['name']} ({told})" if told else fact["name"]
    return {run: names[repr(fact)] for run, fact in facts.items()}
