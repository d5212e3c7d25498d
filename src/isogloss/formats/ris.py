"""RIS records, as reference managers and publishers export them."""

from typing import Any

from isogloss.core.database import Page
from isogloss.core.errors import SourceError
from isogloss.core.record import Record, identifiers
from isogloss.formats import body
from isogloss.formats.bibtex import _name as name

PREPRINTS = ("UNPB", "INPR", "PREPRINT")


def page(data: bytes, where: str) -> Page:
    """All records of a file. Raises SourceError for a file without one, or one that breaks off."""
    import rispy

    text = body.text(data, where)
    starts = sum(line.startswith("TY  -") for line in text.splitlines())
    try:
        entries = rispy.loads(text, skip_unknown_tags=False)
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise SourceError(f"{where}: it is not RIS that can be read ({error}).") from None
    if not entries or len(entries) != starts:
        raise SourceError(
            f"{where}: {starts} records begin and {len(entries)} end; expected `TY  - …` and `ER  -` around each. "
            "The file may be cut off."
        )
    return Page(records=tuple(_record(entry, number) for number, entry in enumerate(entries, 1)))


def _record(entry: dict[str, Any], number: int) -> Record:
    title = body.clean(_first(entry, "title", "primary_title", "short_title"))
    abstract = body.abstract(_first(entry, "abstract", "notes_abstract"))
    authors = entry.get("authors") or entry.get("first_authors") or []
    link = _first(entry, "url", "urls")
    stated = "preprint" if entry.get("type_of_reference") in PREPRINTS else "paper"
    return Record(
        id=f"ris:{body.clean(_first(entry, 'id', 'accession_number')) or number}",
        source="ris",
        place=f"record {number}",
        title=title,
        authors=tuple(name(each) for each in authors if isinstance(each, str)),
        year=body.year(_first(entry, "year", "publication_year", "date")),
        venue=body.clean(_first(entry, "journal_name", "secondary_title", "alternate_title3", "alternate_title1")),
        abstract=abstract,
        kind=body.kind(title, abstract, stated),
        ids=identifiers(doi=_first(entry, "doi") or link, arxiv=link),
        url=body.clean(link),
    )


def _first(entry: dict[str, Any], *keys: str) -> str:
    for key in keys:
        value = entry.get(key)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str) and value.strip():
            return value
    return ""
