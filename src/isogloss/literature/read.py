"""From a locked search to text: which documents are held, their sentences, and the claims in them.

An abstract is a document like any other. Files are matched to records by identifiers in their names, by a
bibliography's `file` field, or by the title on their first page; what a file says never decides where it is looked for.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.core.errors import SourceError, SpecError
from isogloss.core.reading import Document, Passage
from isogloss.core.record import Merge, Record, Screening, arxiv, doi, simple
from isogloss.literature.candidates import extract
from isogloss.literature.lock import Lock
from isogloss.literature.passages import spans_of

TABLES = ("documents", "passages", "candidates", "claims", "outcomes", "ratings")
FORMATS = {".pdf": "pdf", ".tex": "latex", ".xml": "jats", ".nxml": "jats", ".txt": "text"}
TITLE = 95
"""Likeness (rapidfuzz, 0 to 100) of a record's title and a file's first words."""


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file with its text."""

    name: str
    format: str
    data: bytes
    text: str
    extractor: str
    licence: str = ""


def read(lock: Lock, folder: Path | None = None, say: Callable[[str], None] = lambda _: None) -> list[str]:
    """Hold the texts of what was included; returns what could not be read or matched, in words."""
    with lock.alone():
        return _read(lock, folder, say)


def _read(lock: Lock, folder: Path | None, say: Callable[[str], None]) -> list[str]:
    lock.verify(making=TABLES)
    records = {record.id: record for record in lock.read(Record, "records")}
    included = [each.record for each in lock.read(Screening, "screening") if each.included]
    merged: dict[str, list[str]] = {}
    for merge in lock.read(Merge, "merges"):
        if merge.relation == "same":
            merged.setdefault(merge.kept, []).append(merge.other)
    before = {values.get("sha256", ""): values for _, values in lock.plain("documents") if values.get("text")}
    notes: list[str] = []
    files = list(_files(lock, folder, records, before, notes, say))
    lock.begin(*TABLES)
    documents: list[Document] = []
    texts: dict[str, str] = {}
    used: set[str] = set()
    licences = _licences(lock)
    for name in included:
        members = [records[name], *(records[other] for other in merged.get(name, ()))]
        own = [file for file in files if any(_belongs(file, record) for record in members)]
        used |= {file.name for file in own}
        held = list(_held(lock, name, members, own, licences))
        for document, text in held:
            texts[document.id] = text
        documents += [document for document, _ in held]
        if not held:
            documents.append(Document(record=name, format="none", held=False, why="no abstract and no file"))
    notes += [f"{file.name}: matches no included record; not held" for file in files if file.name not in used]
    lock.write("documents", documents)
    spans = {
        document.id: spans_of(
            texts[document.id], records[document.record].sentences if document.format == "abstract" else ()
        )
        for document in documents if document.held
    }  # fmt: skip
    lock.write("passages", (
        Passage(document=name, start=start, end=end) for name, each in spans.items() for start, end in each
    ))  # fmt: skip
    lock.write("candidates", (claim for name, each in spans.items() for claim in extract(name, texts[name], each)))
    lock.seal({file.extractor.split()[0]: file.extractor.split()[-1] for file in files if file.extractor.split()[1:]})
    return sorted(notes)


def _held(
    lock: Lock, name: str, members: Sequence[Record], files: Sequence[_File], licences: Mapping[str, str]
) -> Iterator[tuple[Document, str]]:
    licence = next((licences[m.ids["doi"]] for m in members if m.ids.get("doi") in licences), "") or next(
        (member.licence for member in members if member.licence), ""
    )
    for file in files:
        text = lock.keep(file.text.encode(), document=True)
        version = next((m.ids.get("arxiv_version", "") for m in members if arxiv(Path(file.name).stem)[0]), "")
        yield Document(
            record=name, format=file.format, sha256=lock.keep(file.data, document=True), text=text,
            bytes=len(file.data), version=arxiv(Path(file.name).stem)[1] or version,
            licence=file.licence or licence, extractor=file.extractor,
        ), file.text  # fmt: skip
    told = next((member for member in members if member.abstract), None)
    if told is not None:
        sha256 = hashlib.sha256(told.abstract.encode()).hexdigest()  # the text itself stays in the record's row
        yield Document(
            record=name, format="abstract", sha256=sha256, text=sha256,
            bytes=len(told.abstract.encode()), version=told.ids.get("arxiv_version", ""), licence=licence,
        ), told.abstract  # fmt: skip


def _files(
    lock: Lock, folder: Path | None, records: Mapping[str, Record], before: Mapping[str, Any], notes: list[str],
    say: Callable[[str], None],
) -> Iterator[_File]:  # fmt: skip
    """The files of a folder, and the PDFs that were searched in, with their texts."""
    places: list[tuple[str, Path]] = []
    if folder is not None:
        if not folder.is_dir():
            raise SpecError(f"{folder}: no such folder; name one with --documents.")
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in FORMATS and path.is_file())
        places += [(path.name, path) for path in paths if not path.is_symlink()]
    places += [
        (record.ids.get("file", f"{record.id}.pdf"), lock.at.answer(record.answer))
        for record in records.values() if record.source == "pdf"
    ]  # fmt: skip
    for name, path in places:
        try:
            say(f"reading {name}")
            yield _text(lock, name, path, before)
        except SourceError as error:
            notes.append(str(error))


def _text(lock: Lock, name: str, path: Path, before: Mapping[str, Any]) -> _File:
    """A file's text: that of an earlier time where the same bytes were read by the same extractor."""
    from isogloss.formats import body, jats, latex_text, pdf_text

    if path.stat().st_size > pdf_text.BYTES:
        raise SourceError(
            f"{name}: {path.stat().st_size >> 20} MB; documents of up to {pdf_text.BYTES >> 20} MB are read."
        )
    data = path.read_bytes()
    kind = FORMATS.get(Path(name).suffix.lower(), "pdf")
    if kind == "pdf":
        import pypdf

        known = before.get(hashlib.sha256(data).hexdigest(), {})
        if known.get("extractor") == f"pypdf {pypdf.__version__}":
            text = lock.body(known["text"], document=True).decode()
            return _File(name=name, format=kind, data=data, text=text, extractor=known["extractor"])
        pdf = pdf_text.read(path, name)
        return _File(name=name, format=kind, data=data, text=pdf.text, extractor=pdf.extractor)
    if kind == "latex":
        import pylatexenc

        text = latex_text.document(body.text(data, name))
        return _File(name=name, format=kind, data=data, text=text, extractor=f"pylatexenc {pylatexenc.__version__}")
    if kind == "jats":
        record, text = jats.article(data, name)
        return _File(name=name, format=kind, data=data, text=text, extractor="", licence=record.licence)
    return _File(name=name, format=kind, data=data, text=body.text(data, name)[: latex_text.MOST], extractor="")


def _belongs(file: _File, record: Record) -> bool:
    """Whether a file is a record's, by its name, the bibliography's word, or its first words."""
    stem = Path(file.name).stem
    if record.ids.get("file") == file.name:
        return True
    told = {record.ids.get("acl", "-").lower(), record.id.split(":", 1)[1].lower(), record.ids.get("s2", "-"),
            record.ids.get("openalex", "-").lower()}  # fmt: skip
    if stem.lower() in told:
        return True
    named, version = arxiv(stem)
    if named and named == record.ids.get("arxiv"):
        known = record.ids.get("arxiv_version", "")
        return not (version and known) or version == known
    spelled = re.sub(r"[_-]", "/", stem, count=1)
    if doi(spelled) and re.sub(r"\W", "_", doi(spelled)) == re.sub(r"\W", "_", record.ids.get("doi", "")):
        return True
    return _titled(file, record)


def _titled(file: _File, record: Record) -> bool:
    from rapidfuzz.fuzz import ratio

    title = simple(record.title)
    if len(title.split()) < 4:
        return False
    start = simple(file.text[: len(record.title) + 400])
    return any(ratio(title, start[at : at + len(title)]) >= TITLE for at in (0, *_starts(start, title)))


def _starts(text: str, title: str) -> list[int]:
    """Where a title's first word begins in a text."""
    first = re.escape(title.split()[0])
    return [found.start() for found in re.finditer(rf"\b{first}\b", text)][:20]


def _licences(lock: Lock) -> dict[str, str]:
    """DOI → licence of the best open copy, from Unpaywall's answers."""
    from isogloss.formats import unpaywall

    licences = {}
    for _, values in lock.plain("answers"):
        if values.get("source") == "unpaywall" and values.get("status") == 200:
            try:
                record = unpaywall.page(lock.body(values["sha256"]), values["request"]).records[0]
            except SourceError:  # named by the search already
                continue
            if record.licence:
                licences[record.ids["doi"]] = record.licence
    return licences
