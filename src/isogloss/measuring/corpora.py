"""What is compared: the text of an English intermediate task and of a target task in each language, as corpora.

An example is read as one input: its first text with the rest as second. The examples that are looked at are chosen
by their ids, so that parallel test sets keep their parallel rows. Vectors are computed once per encoder, layer,
pooling and text, and kept in the store's cache.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from isogloss.core import cut
from isogloss.core.errors import MetricError
from isogloss.core.examples import Choice, Classification, Example, Tagging
from isogloss.core.measure import Corpus
from isogloss.core.task import Task
from isogloss.core.texts import texts
from isogloss.core.typing import np
from isogloss.evaluation.parallel import Answers, answers, shared
from isogloss.models.embedding import View, embed, embed_words
from isogloss.models.encoder import Encoder
from isogloss.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Collection:
    """Examples of one task in one language, as texts."""

    name: str
    language: str
    ids: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    labels: tuple[str | None, ...] = ()
    answers: Answers = field(default_factory=dict)
    """Of the whole test, whichever of its rows these are: what tells whether rows of one id translate each other."""
    tokens: tuple[tuple[str, ...], ...] = ()
    tags: tuple[tuple[str, ...], ...] = ()
    """Of tagged sentences their words, and a tag for each."""

    @cached_property
    def digest(self) -> str:
        """12 hex digits over texts and labels or tags."""
        told = (self.ids, self.texts, self.labels, *([self.tags] if self.tags else []))
        return hashlib.sha256(repr(told).encode()).hexdigest()[:12]

    def take(self, rows: Sequence[int]) -> "Collection":
        """Some rows."""
        return replace(
            self,
            ids=tuple(self.ids[row] for row in rows),
            texts=tuple(self.texts[row] for row in rows),
            labels=tuple(self.labels[row] for row in rows) if self.labels else (),
            tokens=tuple(self.tokens[row] for row in rows) if self.tokens else (),
            tags=tuple(self.tags[row] for row in rows) if self.tags else (),
        )


def taught(tasks: Sequence[Task], data: Path, languages: tuple[str, ...], first: int, limit: int) -> Collection:
    """What an intermediate phase trains on, `limit` examples of each task unless it is 0."""
    parts = []
    for task in tasks:
        examples = task.training(data, task.taught_in(data, languages), first)
        parts.append(chosen(_collection(task, languages[0] if len(languages) == 1 else "", examples), limit))
    if len(parts) == 1:
        return parts[0]
    return Collection(
        name="+".join(part.name for part in parts),
        language=parts[0].language,
        ids=tuple(f"{part.name}/{name}" for part in parts for name in part.ids),
        texts=tuple(text for part in parts for text in part.texts),
    )


def tested(task: Task, data: Path, split: str, language: str, first: int, limit: int) -> dict[str, Collection]:
    """A target's examples in one language, and in English where the same file has both sides (retrieval)."""
    examples = task.examples(data, split, language)
    if task.type != "retrieval":
        rows = replace(_collection(task, language, examples[: first or None]), answers=answers(examples))
        return {language: chosen(rows, limit)}
    passages = [each for side in cut.sides(examples, first) for each in side]
    sides: dict[str, Collection] = {}
    for code in dict.fromkeys(each.language or language for each in passages):
        own = [each for each in passages if (each.language or language) == code]
        queries = [each for each in own if each.side == "query"] or own
        names = [each.keys[0] if each.keys else each.id for each in queries]
        together = dict(zip(names, queries, strict=False))
        sides[code] = chosen(
            Collection(
                name=task.name,
                language=code,
                ids=tuple(together),
                texts=tuple((each.text, "") for each in together.values()),
                answers=dict.fromkeys(together),
            ),
            limit,
        )
    return sides


def chosen(collection: Collection, limit: int) -> Collection:
    """At most `limit` rows, chosen by their ids alone: the same ones in every language, in file order."""
    if not limit or len(collection.ids) <= limit:
        return collection
    order = sorted(range(len(collection.ids)), key=lambda row: hashlib.sha256(collection.ids[row].encode()).digest())
    return collection.take(sorted(order[:limit]))


def aligned(a: Collection, b: Collection) -> tuple[list[int], list[int]]:
    """Rows of two collections that translate each other (evaluation/parallel.py); none where they do not."""
    if a.language == b.language:
        return [], []
    known = set(shared(a.answers, b.answers).ids)
    places = {name: row for row, name in enumerate(b.ids)}
    rows = [(row, places[name]) for row, name in enumerate(a.ids) if name in known and name in places]
    return [one for one, _ in rows], [other for _, other in rows]


def _collection(task: Task, language: str, examples: Iterable[Example]) -> Collection:
    examples = list(examples)
    said = [texts(example) for example in examples]
    labels: tuple[str | None, ...] = ()
    if examples and isinstance(examples[0], Classification):
        labels = tuple(each.label for each in examples if isinstance(each, Classification))
    elif examples and isinstance(examples[0], Choice):
        labels = tuple(str(each.label) for each in examples if isinstance(each, Choice))
    tagged = [each for each in examples if isinstance(each, Tagging) and each.tags is not None]
    tagged = tagged if len(tagged) == len(examples) else []
    return Collection(
        name=task.name,
        language=language,
        ids=tuple(example.id for example in examples),
        texts=tuple((each[0], " ".join(each[1:])) for each in said),
        labels=labels,
        tokens=tuple(each.tokens for each in tagged),
        tags=tuple(each.tags or () for each in tagged),
    )


class Corpora:
    """Corpora under one view of one encoder, which reads only what the store has no vectors of."""

    def __init__(self, name: str, encoder: Encoder, store: Store, view: View) -> None:
        self.name, self.encoder, self.store, self.view = name, encoder, store, view
        self._known: dict[str, tuple[Collection, Corpus]] = {}

    def corpus(self, collection: Collection, classes: bool) -> tuple[Collection, Corpus]:
        """Sub-words, vectors and, if it has `classes`, labels. Examples without sub-words are left out."""
        # The name too: two tasks may share a text, and random streams are named by the corpus.
        at = f"{collection.name}/{collection.digest}/{collection.language}/{classes}"
        if at not in self._known:
            self._known[at] = self._read(collection, classes)
        return self._known[at]

    def words(self, collection: Collection) -> tuple[Collection, Corpus]:
        """The words of tagged sentences: an example each, labelled with its tag; those of a sentence are a group."""
        at = f"words/{collection.name}/{collection.digest}/{collection.language}"
        if at not in self._known:
            counts = [len(tokens) for tokens in collection.tokens]
            corpus = Corpus(
                name=f"{collection.name} {collection.language} words ({collection.digest})",
                language=collection.language,
                vectors=self._of_words(collection),
                labels=_numbered([tag for tags in collection.tags for tag in tags]),
                groups=np.repeat(np.arange(len(counts)), counts),
            )
            self._known[at] = collection, corpus
        return self._known[at]

    def _of_words(self, collection: Collection) -> np.ndarray:
        def compute() -> np.ndarray:
            with self.encoder.speaking(collection.language):
                return np.concatenate(embed_words(self.encoder, collection.tokens, self.view.layer, _quiet))

        told = f"{self.name}/words/{self.view.layer}/{collection.digest}{self._spoken(collection)}"
        return self._kept(told, sum(map(len, collection.tokens)), compute)

    def _read(self, collection: Collection, classes: bool) -> tuple[Collection, Corpus]:
        subwords = self.encoder.subwords
        firsts = subwords.ids([first for first, _ in collection.texts])
        seconds = subwords.ids([second for _, second in collection.texts])
        kept = [row for row, ids in enumerate(firsts) if len(ids)]
        if not kept:
            raise MetricError(f"{collection.name} in {collection.language}: no text has a sub-word of this encoder.")
        collection = collection.take(kept)
        return collection, Corpus(
            name=f"{collection.name} {collection.language} ({collection.digest})",
            language=collection.language,
            subwords=[np.concatenate([firsts[row], seconds[row]]) for row in kept],
            vocabulary=subwords.rows,
            vectors=self._vectors(collection),
            labels=_numbered(collection.labels) if classes else None,
        )

    def _vectors(self, collection: Collection) -> np.ndarray:
        def compute() -> np.ndarray:
            pairs = collection.texts
            contexts = [second for _, second in pairs] if any(second for _, second in pairs) else []
            with self.encoder.speaking(collection.language):
                return embed(self.encoder, [first for first, _ in pairs], [self.view], _quiet, contexts)[self.view]

        told = f"{self.name}/{self.view}/{collection.digest}{self._spoken(collection)}"
        return self._kept(told, len(collection.ids), compute)

    def _spoken(self, collection: Collection) -> str:
        """What the name of kept vectors adds: the same texts read as two languages are two, where they are read so."""
        return f"/{collection.language}" if self.encoder.many_tongued else ""

    def _kept(self, told: str, count: int, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """So many vectors from the store's cache, computed and kept where they are not there."""
        key = hashlib.sha256(told.encode()).hexdigest()[:16]
        found = self.store.vectors(key)
        if found is None or len(found) != count:
            found = compute()
            self.store.save_vectors(key, found)
        return np.asarray(found, dtype=np.float64)


def _numbered(labels: Sequence[str | None]) -> np.ndarray | None:
    """Labels as integers; None where some are missing or all are the same."""
    kinds: Mapping[str | None, int] = {
        label: index for index, label in enumerate(sorted({str(each) for each in labels}))
    }
    if not labels or None in labels or len(kinds) < 2:
        return None
    return np.array([kinds[str(label)] for label in labels])


def _quiet(done: int, total: int) -> None:
    """Nobody asks how far one corpus is."""
