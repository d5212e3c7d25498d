"""Files as sources: which reader a file goes to, by its name and its first bytes. Nothing in a file is followed."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from isogloss.core.errors import SourceError, SpecError
from isogloss.core.record import Record, Retraction, identifiers
from isogloss.formats import body

SUFFIXES = (".xml", ".bib", ".ris", ".json", ".jsonl", ".csv", ".tsv", ".pdf", ".nbib", ".atom")
MOST = 256 << 20
"""Bytes of one file."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one file holds."""

    format: str
    records: tuple[Record, ...] = ()
    retractions: tuple[tuple[str, Retraction], ...] = ()


def files(places: Sequence[Path]) -> list[Path]:
    """The files named, and those of folders named, sorted. Raises SpecError for a place without any."""
    paths: list[Path] = []
    for place in places:
        if place.is_dir():
            inside = sorted(path for path in place.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
            if not inside:
                raise SpecError(f"{place}: no file in it that can be read: {', '.join(SUFFIXES)}.")
            paths += inside
        elif place.is_file():
            paths.append(place)
        else:
            raise SpecError(f"{place}: no such file or folder; name files or folders with --in.")
    for path in paths:
        if path.stat().st_size > MOST:
            raise SpecError(f"{path}: {path.stat().st_size >> 20} MB; files of up to {MOST >> 20} MB are read.")
    return list(dict.fromkeys(paths))


def read(data: bytes, name: str, path: Path) -> Found:
    """The records of a file's content. `path` is where a PDF lies for the process that reads it. Raises SourceError."""
    from isogloss.formats import acl_xml, arxiv_atom, bibtex, exported, retraction_watch, ris

    suffix = Path(name).suffix.lower()
    if suffix == ".pdf" or data[:5] == b"%PDF-":
        return Found(format="pdf", records=(_pdf(name, path),))
    if suffix in (".xml", ".atom"):
        return _xml(data, name)
    if suffix == ".bib":
        return Found(format="bibtex", records=bibtex.page(data, name).records)
    if suffix == ".ris":
        return Found(format="ris", records=ris.page(data, name).records)
    if suffix in (".json", ".jsonl"):
        page = exported.json_page(data, name)
        return Found(format=next((record.source for record in page.records), "json"), records=page.records)
    if suffix in (".csv", ".tsv"):
        if retraction_watch.is_one(data):
            return Found(
                format="retraction_watch", retractions=tuple(sorted(retraction_watch.notices(data, name).items()))
            )
        return Found(format="csv", records=exported.csv_page(data, name).records)
    known = {b"<collection": acl_xml.page, b"<feed": arxiv_atom.page}
    for mark, reader in known.items():
        if mark in data[:2000]:
            return Found(format=mark.decode().strip("<"), records=reader(data, name).records)
    raise SourceError(f"{name}: not a kind of file that is read: {', '.join(SUFFIXES)}.")


def _xml(data: bytes, name: str) -> Found:
    from isogloss.formats import acl_xml, arxiv_atom, jats

    head = re.search(
        rb"<([A-Za-z][\w:.-]*)[\s>]", re.sub(rb"<!DOCTYPE[^>]*>|<\?.*?\?>", b"", data[:20_000], flags=re.S)
    )
    root = head[1] if head else b""
    if root == b"feed":
        return Found(format="arxiv", records=arxiv_atom.page(data, name).records)
    if root == b"article":
        return Found(format="jats", records=(jats.article(data, name)[0],))
    return Found(format="acl", records=acl_xml.page(data, name).records)


def _pdf(name: str, path: Path) -> Record:
    """A PDF as a record: its title from its own data or its first lines, its identifier from its name or first page."""
    from isogloss.core.record import arxiv
    from isogloss.formats import pdf_text

    pdf = pdf_text.read(path, name)
    start = pdf.text[:3000]
    stamp = re.search(r"arXiv:(\d{4}\.\d{4,5}(?:v\d+)?)", start)
    named = re.search(r"\b10\.\d{4,9}/[^\s\"<>]+", start)
    title = body.clean(pdf.title)
    if len(title.split()) < 3 or re.search(r"\.(?:tex|docx?|pdf|dvi)$|untitled|microsoft word", title, re.IGNORECASE):
        title = body.clean(" ".join(pdf.text.split("\n\n")[0].split()[:25]))
    abstract = re.search(
        r"\bAbstract\b[\s.:—-]*(.{200,2500}?)(?=\s(?:1|I)\.?\s+Introduction\b)", pdf.text[:12_000], re.S
    )
    text = body.clean(abstract[1]) if abstract else ""
    stem = Path(name).stem
    return Record(
        id=f"pdf:{stem}", source="pdf", place="first page", title=title, abstract=text,
        kind=body.kind(title, pdf.text[:4000]),
        ids=identifiers(
            arxiv=stamp[1] if stamp else stem if arxiv(stem)[0] else None, doi=named[0] if named else None, file=name,
            acl=stem if re.fullmatch(r"\d{4}\.[a-z0-9_]+-[a-z0-9]+\.\d+|[A-Z]\d{2}-\d{4}", stem) else None,
        ),
    )  # fmt: skip


def numbered(records: Sequence[Record]) -> Iterator[Record]:
    """The records with ids that are unique: what a source gives twice is kept twice, and merged later."""
    seen: dict[str, int] = {}
    for record in records:
        count = seen[record.id] = seen.get(record.id, 0) + 1
        yield record if count == 1 else replace(record, id=f"{record.id}~{count}")
