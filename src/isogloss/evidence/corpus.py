"""What checks see of a search: records by any of their names, the texts held, the passages nearest a claim."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from isogloss.core.errors import LockError
from isogloss.core.reading import Candidate, Document
from isogloss.core.record import Merge, Record, Screening, arxiv, doi, simple
from isogloss.literature.passages import Nearest, spans_of
from isogloss.literature.retrieve import Index

NEAREST, BEST = 5, 2
"""Papers looked at for a claim that cites none; passages shown of the best of them."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A document's text in sentences."""

    document: Document
    title: str
    text: str
    spans: tuple[tuple[int, int], ...]

    @cached_property
    def passages(self) -> tuple[str, ...]:
        """The sentences themselves."""
        return tuple(self.text[start:end] for start, end in self.spans)


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """A search's records and texts, and the cells of a study where one is named."""

    records: tuple[Record, ...]
    merges: tuple[Merge, ...] = ()
    screening: tuple[Screening, ...] = ()
    documents: tuple[Document, ...] = ()
    text_of: Callable[[str], str] = field(default=lambda sha256: "")  # noqa: ARG005
    """SHA-256 of a text → the text."""
    spans: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """Document → its sentences, as they were read."""
    study: Any = None
    """`analysis.evidence.Evidence` of a study."""
    accepted: Mapping[str, Any] = field(default_factory=dict)
    """Name of a draft → the claim over cells that a person made of it."""
    verifier: Any = None
    """`evidence.verifier.Verifier`: what reads claims beside words and rules; None = words alone."""
    reader: Any = None
    """`evidence.endpoint.Reader`: a language model, where a command names one."""
    published: Any = None
    """`analysis.evidence.Cells` of published scores."""

    @cached_property
    def by_id(self) -> dict[str, Record]:
        """Id → record."""
        return {record.id: record for record in self.records}

    @cached_property
    def _names(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for record in self.records:
            for name in (record.id, *(value for key, value in record.ids.items() if key != "arxiv_version")):
                found.setdefault(name.lower(), record.id)
            if len(simple(record.title).split()) >= 4:
                found.setdefault(simple(record.title), record.id)
        return found

    @cached_property
    def kept(self) -> dict[str, str]:
        """Record → the one it was merged into."""
        return {merge.other: merge.kept for merge in self.merges if merge.relation == "same"}

    @cached_property
    def versions(self) -> dict[str, set[str]]:
        """Record → those that are linked with it as versions."""
        found: dict[str, set[str]] = {}
        for merge in self.merges:
            if merge.relation == "version of":
                found.setdefault(merge.kept, set()).add(merge.other)
                found.setdefault(merge.other, set()).add(merge.kept)
        return found

    def resolve(self, name: str) -> Record | None:
        """The record of an identifier in any spelling: DOI, arXiv, Anthology, a database's own; or of a whole title."""
        name = name.strip()
        spellings = (name, doi(name), arxiv(name)[0], name.rstrip("/").rsplit("/", 1)[-1], simple(name))
        for each in spellings:
            found = self._names.get(each.lower()) if each else None
            if found:
                return self.by_id[self.kept.get(found, found)]
        return None

    def texts(self, record: str) -> list[Text]:
        """The texts of a record and of those merged into it, full text first."""
        if record not in self._texts:
            self._texts[record] = list(self._read(record))
        return self._texts[record]

    @cached_property
    def _texts(self) -> dict[str, list[Text]]:
        return {}

    def _read(self, record: str) -> Iterator[Text]:
        members = [record, *(other for other, kept in self.kept.items() if kept == record)]
        held = [each for each in self.documents if each.record in members and each.held]
        for document in sorted(held, key=lambda each: (each.format == "abstract", each.id)):
            text = self._abstract(document, members) if document.format == "abstract" else self.text_of(document.text)
            yield Text(
                document=document, title=self.by_id[document.record].title, text=text,
                spans=self.spans.get(document.id) or tuple(spans_of(text)),
            )  # fmt: skip
        for name in (
            members if not held else ()
        ):  # a paper that was not sought, but is cited: its abstract is in its row
            one = self.by_id[name]
            if one.abstract:
                yield abstract(one)

    def _abstract(self, document: Document, members: Sequence[str]) -> str:
        """The abstract a document names by its hash. Raises LockError where no record has it."""
        for name in members:
            text = self.by_id[name].abstract
            if hashlib.sha256(text.encode()).hexdigest() == document.text:
                return text
        raise LockError(f"{document.id}: no record has the abstract that its row names. Nothing was computed.")

    def about(self, claim: Candidate) -> list[Text]:
        """The texts a claim is held against: those it cites, else the nearest of those that were read."""
        cited = [record for record in map(self.resolve, claim.cites) if record is not None]
        if claim.cites:
            return [text for record in dict.fromkeys(record.id for record in cited) for text in self.texts(record)]
        if claim.document:
            mine = self._by_document.get(claim.document)
            if mine is not None:
                return [mine]
        return [self._included[place] for place in self._index.ranked(claim.text, NEAREST)]

    @cached_property
    def included(self) -> tuple[str, ...]:
        """The records that went on, nearest first; all of them where nothing was screened."""
        if not self.screening:
            return tuple(record.id for record in self.records if record.id not in self.kept)
        return tuple(each.record for each in self.screening if each.included)

    @cached_property
    def _included(self) -> list[Text]:
        return [text for record in self.included for text in self.texts(record)]

    @cached_property
    def _by_document(self) -> dict[str, Text]:
        return {text.document.id: text for text in self._included}

    @cached_property
    def _index(self) -> Index:
        return Index([f"{text.title}\n{text.text}" for text in self._included])

    @cached_property
    def nearest(self) -> Nearest:
        """Word weights from all titles and abstracts."""
        return Nearest.of([f"{record.title}\n{record.abstract}" for record in self.records])

    def best(self, claim: str, text: Text, most: int = BEST) -> list[int]:
        """Places of the passages of a text that hold most of a claim's words."""
        return self.nearest.ranked(claim, text.passages)[:most]

    def passage(self, claim: Candidate) -> tuple[Text, int] | None:
        """The one sentence, of all that the claim is held against, that holds most of its words."""
        found = [(text, place) for text in self.about(claim) for place in self.best(claim.text, text, 1)]
        if not found:
            return None
        return max(found, key=lambda each: self.nearest.coverage(claim.text, each[0].passages[each[1]]))


def abstract(record: Record) -> Text:
    """A record's abstract as a text; sentences are its source's where it splits them itself."""
    sha256 = hashlib.sha256(record.abstract.encode()).hexdigest()
    document = Document(
        record=record.id, format="abstract", sha256=sha256, text=sha256, bytes=len(record.abstract.encode())
    )
    return Text(document=document, title=record.title, text=record.abstract, spans=_split(record))


def _split(record: Record) -> tuple[tuple[int, int], ...]:
    return tuple(spans_of(record.abstract, record.sentences))


def of(records: Sequence[Record]) -> Corpus:
    """A corpus of abstracts alone, without a search."""
    return Corpus(records=tuple(records))
