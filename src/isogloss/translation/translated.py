"""A task in other languages by machine translation: a task like any other, made from the English one.

What identifies its data is the source's hash, the engine's version, and the settings: not the translations, so that a
plan costs nothing. The translations follow from these, or an engine is not deterministic and no hash would help.
"""

import dataclasses
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.core import folder
from isogloss.core.errors import DataError, SpecError, UnknownName
from isogloss.core.examples import Example
from isogloss.core.languages import ENGLISH
from isogloss.core.task import Source, Task, data_hash
from isogloss.translation import examples
from isogloss.translation.cache import Cache
from isogloss.translation.engine import Engine, Pieces, written
from isogloss.translation.fields import Dropped

RULES = 1
"""Goes up when examples are cut, carried or dropped by other rules than before."""
BATCH = 2000
"""Sentences between two segments of the cache: what a kill loses at most."""
SOURCE = ENGLISH


@dataclass(frozen=True, kw_only=True)
class Translated:
    """How the data of a translated task is made."""

    source: Task
    engine: Engine
    first: int = 0

    def mark(self, language: str) -> str:
        """What makes this language of the data, besides the source's. Raises TranslationError."""
        version = "as it is" if language == SOURCE else f"{self.engine.version(language)} rules {RULES}"
        return f"{version} first {self.first}"

    def digest(self, source: str, languages: Sequence[str]) -> str:
        """12 hex digits that stand for the data of some languages, made from a source with this hash."""
        parts = [source, *(f"{language}: {self.mark(language)}" for language in languages)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def sources(self, data: Path, split: str) -> list[Example]:
        """The English examples that are translated."""
        return self.source.examples(data, split, SOURCE)[: self.first or None]

    def read(self, data: Path, split: str, language: str, *, cache: Path) -> list[Example]:
        """The examples that could be carried; what the cache lacks is translated first."""
        found = self.sources(data, split)
        return found if language == SOURCE else self._read(found, language, cache, lambda *_: None)[0]

    def make(
        self, data: Path, split: str, language: str, *, cache: Path, report: Callable[[int, int], None]
    ) -> dict[str, Any]:
        """Translate what the cache lacks; returns the record of what was kept, and why the rest was dropped.

        `report` gets (sentences done, sentences in all). Raises DataError when nothing could be kept.
        """
        begun = time.monotonic()
        sources = self.sources(data, split)
        kept, record = self._read(sources, language, cache, report)
        if not kept:
            reasons = ", ".join(f"{reason}: {count}" for reason, count in record["dropped"].items())
            raise DataError(
                f"{self.source.name} {split} in {language}: none of {len(sources):,} examples survived translation by "
                f"{self.engine.name} ({reasons}). Use another engine, or leave the language out."
            )
        return {
            "source": self.source.name,
            "split": split,
            "language": language,
            "engine": self.engine.version(language),
            "examples": len(sources),
            "kept": len(kept),
            **record,
            "data": data_hash(kept),
            "seconds": time.monotonic() - begun,
        }

    def _read(
        self, sources: Sequence[Example], language: str, cache: Path, report: Callable[[int, int], None]
    ) -> tuple[list[Example], dict[str, Any]]:
        known = Cache(cache, self.engine.version(language), language)
        marks = self.engine.carries_marks
        wanted = [sentence for example in sources for sentence in examples.to_translate(example, marks=marks)]
        new = self._fill(known, wanted, language, report)
        kept: list[Example] = []
        dropped: Counter[str] = Counter()
        for example in sources:
            try:
                kept.append(examples.rebuilt(example, known.__getitem__, marks=marks, language=language))
            except Dropped as reason:
                dropped[str(reason)] += 1
        unknown = sum(made.unknown for each in set(wanted) if (made := known[each]))
        words = sum(len(made.text.split()) for each in set(wanted) if (made := known[each]))
        return kept, {
            "dropped": dict(dropped.most_common()),
            "sentences": len(set(wanted)),
            "translated_now": new,
            "words": words,
            "unknown_words": unknown,
        }

    def _fill(self, known: Cache, wanted: Sequence[Pieces], language: str, report: Callable[[int, int], None]) -> int:
        known.refresh()
        missing = known.missing(wanted)
        for begin in range(0, len(missing), BATCH):
            report(begin, len(missing))
            batch = missing[begin : begin + BATCH]
            known.add(batch, self.engine.translate(batch, language))
        return len(missing)


def sentences(source: Task, data: Path, record: Mapping[str, Any], cache: Path) -> list[tuple[str, str]] | None:
    """(English, translation) of the sentences of the examples that a record says were kept, each pair once.

    From the cache alone, without the engine; None where the cache has been deleted.
    """
    language = str(record["language"])
    known = Cache(cache, str(record["engine"]), language)
    known.refresh()
    read = source.examples(data, str(record["split"]), SOURCE)[: int(record["examples"])]
    for marks in (True, False):  # the record does not say whether the engine carries them; what is cached does
        wanted = [examples.to_translate(example, marks=marks) for example in read]
        if not known.missing(sentence for each in wanted for sentence in each):
            break
    else:
        return None
    pairs: dict[tuple[str, str], None] = {}
    for example, parts in zip(read, wanted, strict=True):
        try:
            examples.rebuilt(example, known.__getitem__, marks=marks, language=language)
        except Dropped:
            continue
        for sentence in parts:
            made = known[sentence]
            if made and written(sentence).strip() and made.text.strip():
                pairs[(written(sentence).strip(), made.text.strip())] = None
    return list(pairs)


def translated(
    task: str | Task,
    engine: Engine,
    languages: Sequence[str],
    *,
    first: int = 0,
    name: str = "",
    cache: Path | None = None,
) -> Task:
    """A task whose English data is machine-translated; give it to `Study.tasks` and name it in a phase.

    `languages` may hold "en", the source as it is. `first` translates only the first examples of a split, 0
    all. `name` is "TASK_translated" unless it is given; the source's own name makes a study train on the translation
    wherever it names the task ("translate-train"). `cache` is for use outside a study, which has its store's.
    """
    source = folder.given("tasks", task) if isinstance(task, str) else task
    _check(source, engine, languages)
    derived = Translated(source=source, engine=engine, first=first)

    def read(data: Path, split: str, language: str) -> list[Example]:
        if cache is None:
            raise SpecError(
                f"'{made.name}' is read within a study, whose store keeps the translations; elsewhere give "
                "translated(…, cache=FOLDER)."
            )
        return derived.read(data, split, language, cache=cache)

    made = dataclasses.replace(
        source,
        name=name or f"{source.name}_translated",
        title=f"{source.title} Translated by {engine.name}.",
        languages=tuple(languages),
        read=read,
        source=Source(folder="", licence=source.source.licence, cite=source.source.cite),
        derived=derived,
        counts={},
        benchmarks=(),
        places=None,
    )
    return made


def _check(source: Task, engine: Engine, languages: Sequence[str]) -> None:
    if SOURCE not in source.languages:
        raise UnknownName.of("language", SOURCE, source.languages, f"only English is translated; '{source.name}' has")
    if source.type == "tagging" and not engine.carries_marks:
        raise SpecError(
            f"'{source.name}' tags words, and {engine.name} does not say which word translates which: no tag could be "
            "carried. Use an engine that carries marks, such as Apertium."
        )
    if len(set(languages)) != len(languages):
        raise SpecError(f"languages {', '.join(languages)}: one is named twice.")
