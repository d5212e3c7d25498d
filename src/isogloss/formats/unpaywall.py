"""Unpaywall: where the open copies of one work lie, under which licence and in which version."""

from isogloss.core.database import Page
from isogloss.core.errors import SourceError
from isogloss.core.record import Record, doi, identifiers
from isogloss.formats import body


def page(data: bytes, where: str) -> Page:
    """The work as a record whose licence and address are those of its best open copy. Raises SourceError."""
    answer = body.document(data, where)
    if not isinstance(answer, dict) or not doi(str(answer.get("doi") or "")):
        said = body.clean(str(answer.get("message", "")))[:200] if isinstance(answer, dict) else ""
        raise SourceError(f"{where}: no DOI in it; expected a work of Unpaywall. {said}".strip())
    copy = body.keys(answer.get("best_oa_location"))
    record = Record(
        id=f"unpaywall:{doi(str(answer['doi']))}",
        source="unpaywall",
        title=body.clean(answer.get("title")),
        year=body.year(answer.get("year")),
        venue=body.clean(answer.get("journal_name")),
        ids=identifiers(doi=str(answer["doi"])),
        licence=body.clean(copy.get("license")),
        url=body.clean(copy.get("url_for_pdf")) or body.clean(copy.get("url")),
    )
    return Page(records=(record,), total=1)
