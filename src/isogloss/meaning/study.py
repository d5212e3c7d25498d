"""How much meaning a study's translations keep: its translated tests and its machine-translated training data.

One ranking model per language, trained on parallel text (meaning/scorers.py), scores everything in it with one of
the study's pretrained encoders. What is in the store is not scored again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from isogloss.core.encoders import SMALL
from isogloss.core.errors import DataError, IsoglossError, SpecError, StoreError, UnknownName
from isogloss.core.examples import Example
from isogloss.core.languages import ENGLISH
from isogloss.core.shown import amount
from isogloss.core.spec import Published, RunSpec
from isogloss.core.task import Find
from isogloss.core.texts import key
from isogloss.evaluation.parallel import Shared
from isogloss.formats.sentence_labels import Pair
from isogloss.meaning import scorers, scoring, synthetic
from isogloss.models.encoder import Encoder
from isogloss.models.open import kept_encoder
from isogloss.progress.drawn import drawn
from isogloss.progress.steps import Step
from isogloss.stats import detection
from isogloss.stats.detection import Calibration
from isogloss.store.store import Store
from isogloss.store.study import SavedStudy
from isogloss.translation.translated import sentences

RULES = 1
"""Goes up when the same pairs would get other scores than before."""
MOST = 500
"""Pairs of each task and language that are scored unless the user says otherwise."""
Texts = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class TranslatedSet:
    """Translations of one task in one language."""

    task: str
    split: str
    language: str
    kind: str
    """"test" or "training"."""
    pairs: Texts
    engine: str = ""
    """What translated it, where that is known."""


@dataclass(kw_only=True)
class StudyMeaning:
    """Scores the translations of one study, language by language."""

    study: SavedStudy
    store: Store
    data: Path
    find: Find
    encoder: str = ""
    """A run, folder or hub name; "" = the study's first pretrained encoder whose weights are there, "small" = the first
    that the study built."""
    languages: tuple[str, ...] = ()
    """() = all."""
    limit: int = MOST
    dev: Sequence[Pair] = ()
    """Labelled pairs that the threshold is chosen on, in `dev_language`."""
    dev_language: str = ""
    without: dict[str, str] = field(default_factory=dict)
    """Task or language → why it has no share."""
    unknown: SpecError | None = None
    """The first task whose file was not named: an error once the others are scored."""

    def __post_init__(self) -> None:
        scoring.check_limit(self.limit)
        unknown = [code for code in self.languages if code not in self.spoken]
        if unknown:
            raise UnknownName.of("language", unknown[0], self.spoken, f"languages of study '{self.study.name}'")
        if self.encoder:
            _ = self.at  # a name that stands for nothing is said before anything is read

    @cached_property
    def spoken(self) -> list[str]:
        """Every language but English that the study tests or has translated training data in."""
        codes = [code for each in self.study.evaluations for code in each.languages]
        codes += [str(each["language"]) for each in self._translated]
        return [code for code in dict.fromkeys(codes) if code != ENGLISH]

    @cached_property
    def at(self) -> tuple[str, Callable[[], Encoder]]:
        """The encoder's name, and a function that loads it. Raises StoreError where no weights are left."""
        before = [spec.pretrained for spec in self.study.specs.values()]
        specs = list({spec.run_id: spec for spec in before}.values())
        built = [spec for spec in specs if spec.phases and self.encoder == SMALL]
        if self.encoder and not built:
            called, opened = scoring.opened(self.encoder, self.store)
            if files := scoring.files_hash(self.encoder, self.store):  # a folder may be spelled in many ways
                own = (spec.run_id for spec in specs if _hash(spec) == files)
                called = next(own, f"{Path(self.encoder).expanduser().resolve().name}-{files}")
            return called, opened
        there = [spec for spec in built or specs if not spec.phases or self.store.finished(spec.run_id)]
        spec = (there or built or specs)[0]
        if spec.phases:
            self.store.folder(spec.run_id)  # which raises before anything is read
        return spec.run_id, lambda: kept_encoder(spec, self.store)

    def run(self, language: str, report: Callable[[int, int], None]) -> int:
        """Score what a language lacks; returns how many parts are new."""
        parts = self.parts(language)
        if not parts:
            return 0
        name = self.study.name
        with self.store.lock(f"drift-{name}-{self._file(language)}"):
            parallel = self._parallel(language, parts)
            kept = self.store.drifts(name)
            todo = [part for part in parts if not self._is_kept(kept.get(self._file(language, part)), part, parallel)]
            if not todo:
                return 0
            lines = [pair for texts in parallel.values() for pair in texts]
            if len(lines) < synthetic.FEWEST:
                self.without[language] = (
                    f"{amount(len(lines), 'line')} of parallel text; {synthetic.FEWEST} or more are needed"
                )
                return 0
            steps = len(todo) + 2
            report(0, steps)
            ranker = scorers.train(self._loaded, lines, language)
            by, calibrated = self._calibrated(ranker, language)
            new = 0
            for place, part in enumerate(todo):
                report(place + 2, steps)
                record = self._scored(part, ranker, by)
                if record is None:
                    self.without[f"{part.task} {part.split} in {language}"] = "no text is short enough to be read whole"
                    continue
                record |= {
                    "calibrated": calibrated,
                    "parallel": {source: len(texts) for source, texts in parallel.items() if texts},
                    "ranked_right": dict(ranker.ranked),
                    "data": self._digest(part, parallel, self._loaded.many_tongued),
                    "many_tongued": self._loaded.many_tongued,
                    **self._labels(part),
                }
                self.store.save_drift(name, self._file(language, part), record)
                new += 1
            return new

    def parts(self, language: str) -> list[TranslatedSet]:
        """What there is to score in a language: tests that are translations, then translated training data."""
        sets = []
        tests = [(each.task, each.split) for each in self.study.evaluations if language in each.languages]
        for task, split in dict.fromkeys(tests):
            with self._said(f"{task} {split}"):
                pairs = self._pairs(task, split, language)
                if pairs:
                    sets.append(TranslatedSet(task=task, split=split, language=language, kind="test", pairs=pairs))
        for record in self._translated:
            if record["language"] != language:
                continue
            title = f"{record['task']} {record['split']} in {language}"
            with self._said(title):
                kept = sentences(self.find(record["source"]), self.data, record, self.store.at.sentences)
                if kept is None:
                    self.without[title] = "its translated sentences are no longer in the store's cache"
                elif kept:
                    sets.append(
                        TranslatedSet(task=record["task"], split=record["split"], language=language, kind="training",
                             pairs=kept, engine=record["engine"])
                    )  # fmt: skip
        return sets

    def _pairs(self, task: str, split: str, language: str) -> Texts:
        """Translations of a test's English; none for a test without English or whose ids tell no translations."""
        known = self.find(task)
        if known.type == "retrieval" or not {ENGLISH, language} <= {*known.available(self.data, split)}:
            return []
        found, self._told[task, split, language] = scoring.translations(
            self._english(task, split), known.examples(self.data, split, language)
        )
        return found

    def _labels(self, part: TranslatedSet) -> dict[str, int]:
        """Of a test: how many examples have a translation, and of how many the label differs."""
        known = self._told.get((part.task, part.split, part.language)) if part.kind == "test" else None
        return {"translations": len(known.ids), "labels_differ": known.differing} if known else {}

    def _english(self, task: str, split: str) -> list[Example]:
        if (task, split) not in self._read:
            self._read[task, split] = self.find(task).examples(self.data, split, ENGLISH)
        return self._read[task, split]

    @cached_property
    def _told(self) -> dict[tuple[str, str, str], Shared]:
        """What the answers of a test said of its translations."""
        return {}

    @cached_property
    def _read(self) -> dict[tuple[str, str], list[Example]]:
        return {}

    @cached_property
    def _translated(self) -> list[dict[str, Any]]:
        found = [self.store.translation(each) for each in self.study.translations]
        return [record for record in found if record is not None]

    @cached_property
    def _loaded(self) -> Encoder:
        return self.at[1]()

    def _parallel(self, language: str, parts: Sequence[TranslatedSet]) -> dict[str, Texts]:
        """Parallel text to train on, by source, without lines that are scored; where a language has none (worlds), what
        other splits of its tests say."""
        held = {key(text) for part in parts for pair in part.pairs for text in pair}
        held |= {key(text) for pair in self.dev for text in (pair.english, pair.other)}

        def clean(pairs: Iterable[tuple[str, str]]) -> Texts:
            return [pair for pair in pairs if not {key(text) for text in pair} & held][: scoring.LINES]

        names = [name for name in scoring.PARALLEL if language in self.find(name).languages]
        texts = {name: clean(scoring.parallel_text([name], self.find, self.data, language)) for name in names}
        if sum(map(len, texts.values())) < synthetic.FEWEST:
            for task, split in dict.fromkeys((part.task, part.split) for part in parts if part.kind == "test"):
                for other in ("dev", "train"):
                    if other != split and other in self.find(task).splits:
                        texts[f"{task} {other}"] = clean(self._pairs(task, other, language))
        kept: dict[str, Texts] = {}
        room = scoring.MOST
        for name, pairs in texts.items():
            kept[name] = pairs[:room]
            room -= len(kept[name])
        return kept

    def _calibrated(self, ranker: scorers.Ranker, language: str) -> tuple[Calibration, str]:
        if self.dev and language == self.dev_language:
            known = scoring.labels(self.dev)
            if known is None:
                raise DataError("--dev: the file holds no pairs of both labels, so no threshold can be chosen on it.")
            return detection.calibrate(ranker([(pair.english, pair.other) for pair in self.dev]), known), "labelled"
        return scoring.synthetic_threshold(ranker), "synthetic"

    def _scored(self, part: TranslatedSet, ranker: scorers.Ranker, by: Calibration) -> dict[str, Any] | None:
        drawn = self._drawn(part)
        whole = [pair for pair, fits in zip(drawn, scorers.fits(ranker.encoder, drawn), strict=True) if fits]
        if not whole:
            return None
        drift = detection.drift(ranker(whole), by)
        return {
            **asdict(replace(part, pairs=[])),
            "encoder": self.at[0],
            "view": str(ranker.view),
            "pairs": len(part.pairs),
            "too_long": len(drawn) - len(whole),
            **asdict(drift),
            "calibration": asdict(by),
        }

    def _drawn(self, part: TranslatedSet) -> Texts:
        """As many pairs as are asked for, at random."""
        return scoring.drawn(part.pairs, self.limit, f"{part.task}/{part.split}/{part.kind}")

    def _file(self, language: str, part: TranslatedSet | None = None) -> str:
        told = hashlib.sha256(repr((self.at[0], part and (part.kind, part.task, part.split))).encode()).hexdigest()[:12]
        return f"{language}-{told}"

    def _digest(self, part: TranslatedSet, parallel: Mapping[str, Texts], many_tongued: bool) -> str:
        dev = [(pair.english, pair.other, pair.equivalent) for pair in self.dev if part.language == self.dev_language]
        told = [RULES, part.engine, self._drawn(part), sorted(parallel.items()), dev]
        if many_tongued:  # earlier versions read both sides as English, and their shares are not kept
            told.append(("read as", part.language))
        return hashlib.sha256(repr(tuple(told)).encode()).hexdigest()[:12]

    def _is_kept(self, record: Mapping[str, Any] | None, part: TranslatedSet, parallel: Mapping[str, Texts]) -> bool:
        """Without the encoder, which need not be here any more: the record says what has to be known of it."""
        if record is None:
            return False
        many = record.get("many_tongued")
        if many is None:  # an earlier version's
            many = self._loaded.many_tongued
        return bool(record["data"] == self._digest(part, parallel, many))

    @contextmanager
    def _said(self, title: str) -> Iterator[None]:
        """A task that is not there is named, and the others are scored."""
        try:
            yield
        except StoreError:
            raise
        except IsoglossError as error:
            self.without[title] = str(error)
            if isinstance(error, SpecError):
                self.unknown = self.unknown or error


def _hash(spec: RunSpec) -> str:
    return spec.encoder.fingerprint if isinstance(spec.encoder, Published) and not spec.phases else ""


def score_all(bench: StudyMeaning, *, quiet: bool) -> int:
    """Score every language of a study; returns how many parts are new."""
    codes = bench.languages or tuple(bench.spoken)
    new = 0
    with drawn([Step(f"translations in {code}", key=code) for code in codes], quiet=quiet) as progress:
        for code in codes:
            with progress.at(code) as report:
                new += bench.run(code, report)
        bench.store.complete(bench.store.at.drifts(bench.study.name))
    return new
