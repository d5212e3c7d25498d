"""Crossref: a work, or a list of works with the cursor of the next page; abstracts as JATS."""

from typing import Any

from isogloss.core.database import Page
from isogloss.core.errors import SourceError
from isogloss.core.record import Record, Retraction, doi, identifiers
from isogloss.formats import body

RELATED = ("is-preprint-of", "has-preprint", "is-version-of", "has-version")
STATUS = {"retraction": "retracted", "withdrawal": "retracted", "removal": "retracted", "correction": "corrected",
          "erratum": "corrected", "corrigendum": "corrected", "expression_of_concern": "concern"}  # fmt: skip
PAPERS = ("journal-article", "proceedings-article", "book-chapter", "report", "dissertation", "monograph")


def page(data: bytes, where: str) -> Page:
    """One work, or a page with its count and the cursor of the next. Raises SourceError."""
    if data.strip() == b"Resource not found.":
        raise SourceError(f"{where}: Crossref has no such DOI. Those of arXiv are registered with DataCite instead.")
    answer = body.document(data, where)
    message = answer.get("message") if isinstance(answer, dict) else None
    if not isinstance(message, dict):
        raise SourceError(f"{where}: no 'message' object; expected Crossref's answer.")
    if "items" not in message:
        return Page(records=(_record(message, where, "message"),), total=1)
    items, cursor, total = message["items"], message.get("next-cursor"), message.get("total-results")
    if not isinstance(items, list):
        raise SourceError(f"{where}: 'items' is not a list.")
    return Page(
        records=tuple(_record(item, where, f"items[{at}]") for at, item in enumerate(items)),
        total=total if isinstance(total, int) else None,
        next={"cursor": cursor} if isinstance(cursor, str) and items else None,
    )


def _record(work: Any, where: str, place: str) -> Record:
    name = doi(str(work.get("DOI") or "")) if isinstance(work, dict) else ""
    if not isinstance(work, dict) or not (name or work.get("title")):
        raise SourceError(f"{where}, {place}: neither a DOI nor a title; expected a work of Crossref.")
    title = ": ".join(filter(None, [body.clean(_first(work, "title")), body.clean(_first(work, "subtitle"))]))
    abstract = body.abstract(work.get("abstract"))
    posted = work.get("type") == "posted-content" and work.get("subtype") in (None, "preprint")
    stated = "preprint" if posted else "paper" if work.get("type") in (None, *PAPERS) else "other"
    licences = [body.keys(each) for each in body.items(work.get("license"))]
    return Record(
        id=f"crossref:{name or place}",
        source="crossref",
        place=place,
        title=title,
        authors=tuple(filter(None, (_author(each) for each in body.items(work.get("author"))))),
        year=_year(work),
        venue=body.clean(_first(work, "container-title")),
        abstract=abstract,
        kind=body.kind(title, abstract, stated),
        ids=identifiers(doi=name),
        related=_related(work.get("relation")),
        retracted=_updated(work.get("updated-by")),
        licence=body.clean(licences[-1].get("URL")) if licences else "",
        url=f"https://doi.org/{name}" if name else "",
    )


def _first(work: dict[str, Any], key: str) -> Any:
    found = work.get(key)
    return (found[0] if found else "") if isinstance(found, list) else found


def _author(author: Any) -> str:
    if not isinstance(author, dict):
        return ""
    names = (body.clean(author.get("given")), body.clean(author.get("family")))
    return " ".join(filter(None, names)) or body.clean(author.get("name"))


def _year(work: dict[str, Any]) -> int | None:
    """Of the earliest issue; the date of registration stands for none that is stated."""
    for key in ("published", "issued", "published-print", "published-online", "posted", "created"):
        parts = _day(work.get(key))
        if parts and body.year(parts[0]):
            return body.year(parts[0])
    return None


def _day(date: Any) -> list[Any]:
    """[year, month, day], as far as it is known."""
    parts = body.items(body.keys(date).get("date-parts"))
    return body.items(parts[0]) if parts else []


def _related(relation: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in RELATED:
        for each in map(body.keys, body.items(body.keys(relation).get(name))):
            if each.get("id-type") == "doi" and doi(str(each.get("id"))):
                found.setdefault(name, doi(str(each["id"])))
    return found


def _updated(updates: Any) -> Retraction | None:
    """The gravest notice about a work."""
    found = [each for each in map(body.keys, body.items(updates)) if str(each.get("type")) in STATUS]
    if not found:
        return None
    grave = min(found, key=lambda each: ("retracted", "concern", "corrected").index(STATUS[each["type"]]))
    day = [part for part in _day(grave.get("updated")) if isinstance(part, int)]
    return Retraction(
        status=STATUS[grave["type"]], source="Crossref", date="-".join(f"{part:02d}" for part in day),
        reason=body.clean(grave.get("label")),
    )  # fmt: skip
