"""What each intermediate phase of a study did to alignment: after it minus before, per language and layer.

It is there before any target is paid for: all it takes is the encoder before and after, and parallel text. That is the
study's own, of the target that is translated into most languages. Runs of one intermediate task that differ by their
seed alone are taken together, as far as they are finished.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from isogloss.analysis.ledger import label
from isogloss.analysis.measured import Pairing, changed, pairings_of
from isogloss.core.controls import NONE
from isogloss.core.languages import ENGLISH
from isogloss.core.measure import Measure
from isogloss.core.shown import amount
from isogloss.core.spec import RunSpec
from isogloss.core.typing import np
from isogloss.measuring.alignment import Aligned, Layers, change, halves_of
from isogloss.measuring.alignment import aligned as measured
from isogloss.measuring.corpora import Collection, aligned
from isogloss.measuring.study import StudyMeasure
from isogloss.models.embedding import View, embed
from isogloss.models.encoder import Encoder
from isogloss.models.open import kept_encoder
from isogloss.progress.drawn import drawn
from isogloss.progress.steps import Step
from isogloss.store.divergence import CHANGE, CHANGED, Divergence

_Known = dict[tuple[str, str], dict[int, Aligned]]
"""(language, measure) → layer → alignment."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """An intermediate task on one encoder: its finished runs, before any target."""

    part: Pairing
    """What holds of languages alone on this encoder."""
    intermediate: str
    runs: tuple[RunSpec, ...]
    gone: tuple[RunSpec, ...] = ()
    """Runs whose weights were freed. What was measured with them stays, unless it can be with more runs."""

    @property
    def name(self) -> str:
        """Its file."""
        return changed(self.part.encoder.run_id, self.intermediate)


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """English and a language, sentence by sentence."""

    language: str
    english: Collection
    other: Collection

    @property
    def digest(self) -> str:
        return f"{self.english.digest}/{self.other.digest}"


def ended_of(bench: StudyMeasure) -> list[Ended]:
    """Every intermediate task with a finished run, encoder by encoder."""
    alone = {part.encoder.run_id: part for part in pairings_of(bench.study) if not part.target.task}
    ended = []
    for (encoder, name), runs in _intermediate(bench).items():
        there, gone = (tuple(run for run in runs if at(run.run_id)) for at in (bench.store.finished, bench.store.freed))
        if there:
            ended.append(Ended(part=alone[encoder], intermediate=name, runs=there, gone=gone))
    return ended


def unmeasured(bench: StudyMeasure) -> list[str]:
    """Intermediate runs whose weights were freed before anybody measured what they did to alignment."""
    if not _parallel(bench):
        return []
    measured = set(bench.store.measured(bench.study.name))
    return [
        run.run_id
        for at, runs in _intermediate(bench).items()
        if changed(*at) not in measured
        for run in runs
        if bench.store.freed(run.run_id)
    ]


def _intermediate(bench: StudyMeasure) -> dict[tuple[str, str], list[RunSpec]]:
    """(encoder, intermediate task) → the runs that end with it."""
    specs = bench.study.specs
    labels = label(specs, bench.study.tasks)
    found: dict[tuple[str, str], list[RunSpec]] = {}
    for run, spec in specs.items():
        if spec.phases and spec.phases[-1].stage == "intermediate" and labels[run].intermediate != NONE:
            found.setdefault((spec.pretrained.run_id, labels[run].intermediate), []).append(spec)
    return found


def _parallel(bench: StudyMeasure) -> list[Measure]:
    return [each for each in bench.measures if each.parallel]


def measure_changes(bench: StudyMeasure, *, quiet: bool) -> int:
    """Measure what the store lacks; returns the number of new rows. Without parallel text there is none."""
    measures = _parallel(bench)
    ended = ended_of(bench) if measures else []
    steps = [Step(f"alignment after {each.intermediate}", key=each.name) for each in ended]
    known: dict[str, _Known] = {}
    new = 0
    with drawn(steps, quiet=quiet) as progress:
        for each in ended:
            before = known.setdefault(each.part.encoder.run_id, {})
            with progress.at(each.name) as report:
                new += _run(bench, each, measures, before, report)
    return new


def _run(
    bench: StudyMeasure, ended: Ended, measures: Sequence[Measure], before: _Known, report: Callable[[int, int], None]
) -> int:
    bench.enter(ended.part.encoder)
    study = bench.study.name
    with bench.store.lock(f"divergence-{study}-{ended.name}"):
        rows = bench.store.divergences(study, ended.name)
        kept = {(row.measure, row.language): row.data for row in rows if row.pooling == bench.view.pooling}
        pairs = [
            pair
            for pair in _pairs(bench, ended.part)
            if any(_lacks(kept.get((each.name, pair.language)), ended, pair) for each in measures)
        ]
        if not pairs:
            return 0
        after: list[_Known] = []
        for place, run in enumerate(ended.runs):
            encoder = kept_encoder(run, bench.store)
            say = partial(_shared, report, place, len(ended.runs))
            after.append(_aligned(encoder, bench.view.pooling, pairs, measures, say))
        lacking = [pair for pair in pairs if any((pair.language, each.name) not in before for each in measures)]
        if lacking:
            before |= _aligned(bench.encoder, bench.view.pooling, lacking, measures, lambda *_: None)
        made = [row for pair in pairs for row in _rows(bench, ended, pair, measures, before, after)]
        names = {(row.measure, row.language) for row in made}
        rows = [row for row in rows if (row.measure, row.language) not in names]
        bench.store.save_divergences(study, ended.name, [*rows, *made])
        return len(made)


def _pairs(bench: StudyMeasure, part: Pairing) -> Iterator[_Pair]:
    for language in part.target.languages:
        for own, english in bench.parallel(part, language)[:1] if language != ENGLISH else ():
            ours, theirs = (bench.corpora.corpus(each, False)[0] for each in (english, own))
            first, second = aligned(ours, theirs)
            if len(first) > 1:
                yield _Pair(language=language, english=ours.take(first), other=theirs.take(second))


def _aligned(
    encoder: Encoder,
    pooling: str,
    pairs: Sequence[_Pair],
    measures: Sequence[Measure],
    report: Callable[[int, int], None],
) -> _Known:
    """How one encoder aligns each language with English. English that several languages translate is read once."""
    known: _Known = {}
    english: dict[str, Layers] = {}
    for done, pair in enumerate(pairs):
        report(done, len(pairs))
        if pair.english.digest not in english:
            english = {pair.english.digest: _layers(encoder, pooling, pair.english)}
        ours, theirs = english[pair.english.digest], _layers(encoder, pooling, pair.other)
        halves = halves_of(len(pair.other.ids), pair.digest)
        for each in measures:
            name = f"{pair.other.name} {pair.language}"
            known[pair.language, each.name] = measured(each, ours, theirs, halves, name)
    return known


def _layers(encoder: Encoder, pooling: str, collection: Collection) -> Layers:
    views = [View(layer=layer, pooling=pooling) for layer in range(encoder.layers + 1)]
    seconds = [second for _, second in collection.texts]
    contexts = seconds if any(seconds) else []
    with encoder.speaking(collection.language):
        found = embed(encoder, [first for first, _ in collection.texts], views, lambda *_: None, contexts)
    return {view.layer: np.asarray(found[view]) for view in views}


def _rows(
    bench: StudyMeasure,
    ended: Ended,
    pair: _Pair,
    measures: Sequence[Measure],
    before: Mapping[tuple[str, str], Mapping[int, Aligned]],
    after: Sequence[Mapping[tuple[str, str], Mapping[int, Aligned]]],
) -> Iterator[Divergence]:
    runs = len(ended.runs)
    for measure in measures:
        at = (pair.language, measure.name)
        for layer, was in before[at].items():
            became = [each[at][layer] for each in after if layer in each[at]]
            if len(became) < runs:
                continue
            yield Divergence(
                encoder=ended.part.encoder.run_id,
                measure=measure.name,
                family=CHANGED,
                direction=measure.direction,
                version=CHANGE,
                intermediate=ended.intermediate,
                target="",
                split="",
                language=pair.language,
                **vars(change(was, became)),
                n=len(pair.english.ids),
                m=len(pair.other.ids),
                layer=layer,
                pooling=bench.view.pooling,
                note=f"after minus before, {amount(runs, 'run')}; parallel with English, in {pair.other.name}",
                data=_data(ended.runs, pair),
            )


def _lacks(kept: str | None, ended: Ended, pair: _Pair) -> bool:
    """Whether a row has to be made. One that was made with runs which are gone is kept against fewer runs."""
    if kept in (None, _data(ended.runs, pair)):
        return kept is None
    every = (*ended.runs, *ended.gone)
    sizes = range(len(ended.runs), len(every) + 1) if ended.gone else ()
    return all(kept != _data(runs, pair) for size in sizes for runs in itertools.combinations(every, size))


def _data(runs: Sequence[RunSpec], pair: _Pair) -> str:
    """What a row rests on: the sentences and the runs."""
    told = "/".join((pair.digest, *sorted(run.run_id for run in runs)))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _shared(report: Callable[[int, int], None], place: int, runs: int, done: int, total: int) -> None:
    report(place * total + done, runs * total)
