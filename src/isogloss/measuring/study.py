"""Measure a study: how far each English intermediate task lies from each target in each language.

Always on the encoder before the intermediate phase, each pretrained copy its own, so that it could have been known
before the run was paid for. What is in the store is not computed again.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any

from isogloss.analysis.measured import Pairing, Target, pairings_of
from isogloss.core import folder
from isogloss.core.errors import MetricError, SpecError
from isogloss.core.languages import ENGLISH
from isogloss.core.measure import Corpus, Measure
from isogloss.core.names import listed
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Find
from isogloss.core.typing import np
from isogloss.core.vectors import centred
from isogloss.evaluation.parallel import shared
from isogloss.measuring.comparison import Comparison
from isogloss.measuring.corpora import Collection, Corpora, aligned, taught, tested
from isogloss.models import pretraining as published
from isogloss.models.embedding import View, reference
from isogloss.models.encoder import Encoder
from isogloss.models.open import kept_encoder
from isogloss.plan.census import Census
from isogloss.progress.drawn import drawn
from isogloss.progress.steps import Step
from isogloss.store.divergence import Divergence
from isogloss.store.store import Store
from isogloss.store.study import SavedStudy

SAVE_EVERY = 20.0
"""Seconds after which what is done of a part is kept."""
VERSIONS = ("raw", "centred")


@dataclass
class StudyMeasure:
    """Measures the parts of one study. Corpora and noise floors are shared among the parts of one encoder."""

    study: SavedStudy
    store: Store
    data: Path
    find: Find
    measures: Sequence[Measure]
    layer: int | None = None
    pooling: str = ""
    limit: int = 500
    characters: Callable[[RunSpec], Mapping[str, int]] = field(default=lambda _: {})
    """Characters of pretraining text of an encoder, by language."""
    undefined: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """measure → (which row it has none of, why)."""
    _at: str = field(default="", init=False)

    def run(self, part: Pairing, report: Callable[[int, int], None]) -> int:
        """Measure what a part lacks; returns the number of new rows. Raises StoreError without the encoder."""
        self.enter(part.encoder)
        name = self.study.name
        with self.store.lock(f"divergence-{name}-{part.name}"):
            kept = self.store.divergences(name, part.name)
            rows = {row.identity: row for row in kept if self._possible(row)}
            new, saved = 0, time.monotonic()
            for done, language in enumerate(part.target.languages):
                report(done, len(part.target.languages))
                for row in self._rows(part, language, rows):
                    rows[row.identity] = row
                    new += 1
                if new and time.monotonic() - saved > SAVE_EVERY:
                    self.store.save_divergences(name, part.name, list(rows.values()))
                    saved = time.monotonic()
            if new or len(rows) < len(kept):
                self.store.save_divergences(name, part.name, list(rows.values()))
            return new

    def _possible(self, row: Divergence) -> bool:
        """Whether a row of the store lies inside its measure's bounds: an older version may have kept what does not."""
        bounds = {measure.name: measure.bounds for measure in self.measures}.get(row.measure)
        numbers = [each for each in (row.value, row.null) if each is not None]
        return bounds is None or all(isfinite(each) and bounds[0] <= each <= bounds[1] for each in numbers)

    def enter(self, spec: RunSpec) -> None:
        """Read with this encoder, as it was before any fine-tuning. Raises StoreError or SpecError."""
        if self._at == spec.run_id:
            return
        self._at = spec.run_id
        encoder = kept_encoder(spec, self.store)
        standard = reference(encoder)
        view = View(
            layer=standard.layer if self.layer is None else self.layer, pooling=self.pooling or standard.pooling
        )
        if not 0 <= view.layer <= encoder.layers:
            raise SpecError(f"--layer {view.layer}: this encoder has hidden layers 0 to {encoder.layers}.")
        self.encoder: Encoder = encoder
        self.view = view
        self.corpora = Corpora(spec.run_id, encoder, self.store, view)
        self.comparison = Comparison()
        self.sizes = self.characters(spec)
        self._sources: dict[str, Collection] = {}
        self._tests: dict[tuple[Target, str], dict[str, Collection]] = {}
        self._values: dict[tuple[str, ...], float | None] = {}
        self._gradients: dict[tuple[str, str, str], np.ndarray] = {}

    def _rows(self, part: Pairing, language: str, done: Mapping[Any, Divergence]) -> Iterator[Divergence]:
        scope = "both" if part.intermediate else "target" if part.target.task else "language"
        target, english = self._target(part.target, language) if part.target.task else self._lent(part, language)
        source = self._source(part)
        for measure in self.measures:
            if measure.scope != scope and not (measure.parallel and scope == "language"):
                continue
            if measure.parallel and (english is None or language == ENGLISH):
                continue
            texts = (None, None, None) if measure.scope == "language" else (source, target, english)
            for version in VERSIONS if "vectors" in measure.needs else ("",):
                row = Divergence(
                    encoder=part.encoder.run_id,
                    measure=measure.name,
                    family=measure.family,
                    direction=measure.direction,
                    version=version,
                    intermediate=part.intermediate,
                    target=part.target.task,
                    split=part.target.split,
                    language=language,
                    value=0.0,
                    layer=self.view.layer if {"vectors", "fisher"} & set(measure.needs) else None,
                    pooling=self.view.pooling if {"vectors", "fisher"} & set(measure.needs) else "",
                    data=_digest(*texts),
                )
                known = done.get(row.identity)
                if known is not None and known.data == row.data:
                    continue
                try:
                    yield self._measured(row, measure, *texts)
                except MetricError as error:
                    self.undefined.setdefault(measure.name, []).append((_place(row), str(error)))

    def _measured(
        self,
        row: Divergence,
        measure: Measure,
        source: Collection | None,
        target: Collection | None,
        english: Collection | None,
    ) -> Divergence:
        version = row.version
        if target is None:
            home, away = (
                Corpus(name=code, language=code, characters=self.sizes.get(code)) for code in (ENGLISH, row.language)
            )
            facts = measure.rests_on(home, away) if measure.rests_on else 0
            return replace(row, value=measure(home, away), n=facts, m=facts, method=measure.method(home, away))
        b = self._corpus(target, target, measure, version)
        if measure.parallel:
            if english is None:
                raise MetricError(f"{measure.name}: there is no English beside {row.target}.")
            a, b = self._aligned(english, target, measure, version)
            estimate = self.comparison.estimate(measure, a, b)
            method = measure.method(a, b)
            return replace(
                row, **vars(estimate), n=len(a), m=len(b), method=method, note=_parallel(row, english, target)
            )
        if source is None:
            estimate = self.comparison.estimate(measure, b, b)
            return replace(row, **vars(estimate), m=len(b), method=measure.method(b, b), note=_uses(measure, target))
        if "labels" in measure.needs and (source.labels or source.tags) and bool(source.tags) != bool(target.tags):
            raise MetricError(f"{measure.name}: one of the two tasks labels words, the other whole texts.")
        a = self._corpus(source, english if version == "centred" else source, measure, version)
        estimate = self.comparison.estimate(measure, a, b)
        row = replace(row, **vars(estimate), n=len(a), m=len(b), method=measure.method(a, b))
        if measure.direction == "distance" and english is not None:
            task = self._shift(measure, version, source, english, english)
            tongue = self._shift(measure, version, english, target, english)
            if task is not None and tongue is not None:
                left = estimate.value - task - tongue
                row = replace(row, task_shift=task, language_shift=tongue, interaction=left)
        notes = [_uses(measure, target)] if {"labels", "fisher"} & set(measure.needs) else []
        if measure.saturates is not None and estimate.value >= measure.saturates:
            notes.append("saturated: the corpora can be told apart, which says nothing about how far they lie")
        return replace(row, note="; ".join(notes))

    def _shift(self, measure: Measure, version: str, a: Collection, b: Collection, english: Collection) -> float | None:
        at = (measure.name, version, a.name, a.digest, b.name, b.digest)
        if at not in self._values:
            first = self._corpus(a, english, measure, version)
            second = self._corpus(b, b, measure, version)
            try:
                self._values[at] = measure(first, second)
            except MetricError:
                self._values[at] = None
        return self._values[at]

    def _corpus(self, collection: Collection, centre: Collection | None, measure: Measure, version: str) -> Corpus:
        """A corpus, its vectors less the mean of `centre` under "centred"."""
        kept, corpus = self._read(collection, measure)
        if "fisher" in measure.needs:
            return Corpus(name=corpus.name, language=corpus.language, fisher=self._fisher(kept, corpus))
        if version != "centred" or corpus.vectors is None:
            return corpus
        if centre is None:
            raise MetricError(f"{measure.name}: no English text to centre on.")
        middle = self._read(centre, measure)[1].vectors
        if middle is None:
            raise MetricError(f"{measure.name}: no vectors to centre on.")
        return replace(corpus, vectors=centred(corpus.vectors, middle.mean(axis=0)))

    def _read(self, collection: Collection, measure: Measure) -> tuple[Collection, Corpus]:
        if "labels" in measure.needs and collection.tags:  # it is words that have labels
            return self.corpora.words(collection)
        return self.corpora.corpus(collection, self._has_classes(collection))

    def _fisher(self, collection: Collection, corpus: Corpus) -> np.ndarray | None:
        if corpus.labels is None or corpus.vectors is None:
            return None
        at = (collection.name, collection.digest, collection.language)
        if at not in self._gradients:
            from isogloss.measuring.fisher import fisher

            texts = list(collection.texts)
            with self.encoder.speaking(collection.language):
                self._gradients[at] = fisher(self.encoder, texts, corpus.labels, corpus.vectors, self.view)
        return self._gradients[at]

    def _aligned(
        self, english: Collection, target: Collection, measure: Measure, version: str
    ) -> tuple[Corpus, Corpus]:
        ours = self.corpora.corpus(english, self._has_classes(english))[0]
        theirs = self.corpora.corpus(target, self._has_classes(target))[0]
        first, second = aligned(ours, theirs)
        if len(first) < 2:
            raise MetricError(f"{measure.name}: {target.name} has no sentences that are parallel with English.")
        a = self._corpus(english, english, measure, version)
        b = self._corpus(target, target, measure, version)
        return a.take(np.array(first)), b.take(np.array(second))

    def _has_classes(self, collection: Collection) -> bool:
        """Labels mean something beyond one example: the task classifies."""
        facts = self.study.tasks.get(collection.name)
        return facts is None or facts["type"] == "classification"

    def _lent(self, part: Pairing, language: str) -> tuple[Collection | None, Collection | None]:
        """Parallel text for the targets that have none in this language: that of the target in most languages.

        How well a language is aligned with English is its own, so other text of the study tells it too. Nothing where
        every target has its own, or none has.
        """
        if language == ENGLISH:
            return None, None
        parallel = self.parallel(part, language)
        held = sum(language in each.languages for each in part.beside)
        return parallel[0] if 0 < len(parallel) < held else (None, None)

    def parallel(self, part: Pairing, language: str) -> list[tuple[Collection, Collection]]:
        """The targets' texts in a language that translate their own English, that beside it; the widest target first.

        `part` is the one that holds of languages alone.
        """
        held = [self._target(each, language) for each in part.beside if language in each.languages]
        return [(own, english) for own, english in held if english and len(aligned(english, own)[0]) > 1]

    def _source(self, part: Pairing) -> Collection | None:
        if not part.intermediate:
            return None
        at = part.intermediate
        if at not in self._sources:
            phases = part.phases
            tasks = [self.find(name) for phase in phases for name in phase.tasks]
            self._sources[at] = taught(tasks, self.data, phases[0].languages, phases[0].limit, self.limit)
        return self._sources[at]

    def _target(self, target: Target, language: str) -> tuple[Collection, Collection | None]:
        """The target's test text in a language, and in English where there is any."""
        own = self._tested(target, language)
        if ENGLISH in own:
            return own.get(language, own[ENGLISH]), own[ENGLISH]
        if ENGLISH in target.languages:
            return own[language], self._tested(target, ENGLISH)[ENGLISH]
        return own[language], None

    def _tested(self, target: Target, language: str) -> dict[str, Collection]:
        at = (target, language)
        if at not in self._tests:
            task = self.find(target.task)
            self._tests[at] = tested(task, self.data, target.split, language, target.limit, self.limit)
        return self._tests[at]


def _parallel(row: Divergence, english: Collection, target: Collection) -> str:
    told = ["parallel with English" + (f", in {target.name}" if not row.target else "")]
    return "; ".join([*told, *filter(None, [shared(english.answers, target.answers).told])])


def _uses(measure: Measure, target: Collection) -> str:
    return "uses test labels" + (" of words" if "labels" in measure.needs and target.tags else "")


def _place(row: Divergence) -> str:
    """Which row it is, in words."""
    tasks = " → ".join(filter(None, (row.intermediate, row.target)))
    return " ".join(filter(None, (tasks, row.language, row.version)))


def _digest(*collections: Collection | None) -> str:
    told = "/".join(each.digest if each else "" for each in collections)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def pretraining(find: Find, data: Path, census: Census) -> Callable[[RunSpec], dict[str, int]]:
    """A function from an encoder to the characters of its pretraining text by language: of a published one where they
    are published (models/pretraining.py)."""

    def characters(spec: RunSpec) -> dict[str, int]:
        sizes: dict[str, int] = {}
        if isinstance(spec.encoder, Published):
            told = {code: text.characters(code) for code, text in published.of(spec.encoder.title).items()}
            sizes |= {code: size for code, size in told.items() if size}
        for name, languages in dict.fromkeys((name, phase.languages) for phase in spec.phases for name in phase.tasks):
            task = find(name)
            for language in task.taught_in(data, languages):
                count = census.count(task, "train", language)
                if count is not None:
                    sizes[language] = sizes.get(language, 0) + count.characters
        return sizes

    return characters


def chosen(names: str) -> list[Measure]:
    """Measures by name, separated by commas; all of them for none. Raises UnknownName."""
    return [folder.given("measures", name) for name in listed(names, "--measures") or folder.names("measures")]


def measure_all(bench: StudyMeasure, *, quiet: bool) -> int:
    """Measure every part of a study; returns the number of new rows. Raises StoreError without an encoder's weights."""
    if bench.limit < 0:
        raise SpecError(f"--limit {bench.limit}: expected a number of examples, or 0 for all.")
    parts = [part for part in pairings_of(bench.study) if part.target.languages]
    steps = [Step(part.title, key=f"{number}") for number, part in enumerate(parts)]
    new = 0
    with drawn(steps, quiet=quiet) as progress:
        for step, part in zip(steps, parts, strict=True):
            with progress.at(step.id) as report:
                new += bench.run(part, report)
        bench.store.complete(bench.store.at.divergences(bench.study.name))
    return new
