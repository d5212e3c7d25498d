"""Records in a table or in JSON lines that no database claims: columns or keys are found by their usual names."""

import csv
import html
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from isogloss.core.database import Page
from isogloss.core.errors import NOT_JSON, SourceError
from isogloss.core.record import Record, identifiers
from isogloss.formats import body, crossref, openalex, semantic_scholar
from isogloss.formats.bibtex import _name as name

NAMES = {
    "title": ("title", "document title", "article title", "primary title"),
    "abstract": ("abstract", "abstract note", "summary", "description"),
    "authors": ("authors", "author", "author full names", "creators"),
    "year": ("year", "publication year", "pub year", "publication_year", "date", "published"),
    "venue": ("venue", "journal", "source title", "publication title", "booktitle", "container-title"),
    "doi": ("doi",),
    "id": ("id", "doc_id", "key", "eid", "record id", "openalex_id", "paperid"),
    "url": ("url", "link", "links", "pdf link"),
}


def json_page(data: bytes, where: str) -> Page:
    """A database's own answer, a list of its works, or objects with a title each, one a line or in a list."""
    try:
        answer = body.document(data, where)
    except SourceError:
        answer = [
            _line(line, where, number)
            for number, line in enumerate(body.text(data, where).split("\n"), 1)
            if line.strip()
        ]
    if isinstance(answer, dict) and "title" not in answer:
        if "results" in answer:
            return openalex.page(data, where)
        if "message" in answer:
            return crossref.page(data, where)
        if "data" in answer or "total" in answer:
            return semantic_scholar.page(data, where)
        raise SourceError(
            f"{where}: its keys are {', '.join(list(answer)[:8])}; expected an answer of a database, or records."
        )
    rows = answer if isinstance(answer, list) else [answer]
    kind = next((row for row in rows if isinstance(row, dict)), {})
    if str(kind.get("id", "")).startswith("https://openalex.org/"):
        return openalex.page(json.dumps({"results": rows}).encode(), where)
    if "paperId" in kind:
        return semantic_scholar.page(json.dumps({"data": rows, "total": len(rows)}).encode(), where)
    if "DOI" in kind and "prefix" in kind:
        return crossref.page(json.dumps({"message": {"items": rows}}).encode(), where)
    return Page(records=tuple(_records(((f"[{at}]", row) for at, row in enumerate(rows)), "json", where)))


def csv_page(data: bytes, where: str) -> Page:
    """A table with a header, separated by commas, semicolons or tabs."""
    text = body.text(data, where)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(body.MOST * 25)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return Page(records=tuple(_records(((f"line {rows.line_num}", row) for row in rows), "csv", where)))
    except csv.Error as error:
        raise SourceError(f"{where}, line {rows.line_num}: the quoting is broken ({error}).") from None


def _line(line: str, where: str, number: int) -> Any:
    try:
        return json.loads(line)
    except NOT_JSON as error:
        raise SourceError(f"{where}, line {number}: it is not JSON ({error}); the file may be cut off.") from None


def _records(rows: Iterator[tuple[str, Any]], source: str, where: str) -> Iterator[Record]:
    seen: set[str] = set()
    for place, row in rows:
        if not isinstance(row, Mapping):
            raise SourceError(f"{where}, {place}: it holds {str(row)[:40]!r}, expected an object with a title.")
        fields = _known(row)
        if "title" not in fields and not seen:
            raise SourceError(
                f"{where}, {place}: the columns are {', '.join(str(key) for key in list(row)[:8])}; none is a title."
            )
        pieces = fields.get("abstract")
        sentences = tuple(map(body.clean, pieces)) if isinstance(pieces, list) else ()
        title = body.clean(fields.get("title"))
        abstract = " ".join(sentences) or body.abstract(pieces)
        key = body.clean(str(fields.get("id") or "")) or str(len(seen) + 1)
        seen.add(key)
        yield Record(
            id=f"{source}:{key}", source=source, place=place, title=title, authors=_authors(fields.get("authors")),
            year=body.year(fields.get("year")), venue=body.clean(fields.get("venue")), abstract=abstract,
            sentences=sentences, kind=body.kind(title, abstract),
            ids=identifiers(doi=_text(fields.get("doi")), arxiv=_text(fields.get("url")), file=key),
            url=body.clean(fields.get("url")),
        )  # fmt: skip


def _known(row: Mapping[Any, Any]) -> dict[str, Any]:
    lower = {str(key).strip().lower(): value for key, value in row.items() if key is not None}
    return {what: lower[alias] for what, names in NAMES.items() for alias in reversed(names) if alias in lower}


def _authors(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        names = [str(each.get("name") or "") if isinstance(each, Mapping) else str(each) for each in value]
    else:
        names = _split(_text(value) or "")
    return tuple(filter(None, (name(each) for each in names)))


def _split(text: str) -> list[str]:
    """Names by semicolons, by "and", else by commas: "Smith, J., Doe, A." is two pairs."""
    text = html.unescape(text)  # first: B&#246;hm holds a semicolon
    if ";" in text:
        return text.split(";")
    if " and " in text:
        return text.split(" and ")
    parts = [part.strip() for part in text.split(",")]
    if (
        len(parts) > 1
        and len(parts) % 2 == 0
        and all(len(part.replace(".", "").replace(" ", "")) <= 3 for part in parts[1::2])
    ):
        return [f"{parts[at]}, {parts[at + 1]}" for at in range(0, len(parts), 2)]
    return parts


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
