"""arXiv's Atom feed. An error is a feed too, with status 200, whose only entry is titled "Error"."""

from xml.etree import ElementTree

from isogloss.core.database import Page
from isogloss.core.errors import SourceError
from isogloss.core.record import Record, Retraction, arxiv, identifiers
from isogloss.formats import body

ATOM, ARXIV = "{http://www.w3.org/2005/Atom}", "{http://arxiv.org/schemas/atom}"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def page(data: bytes, where: str) -> Page:
    """The entries of a feed and where the next begin. Raises SourceError, also for arXiv's own errors."""
    root = body.element(data, where)
    if root.tag != f"{ATOM}feed":
        raise SourceError(f"{where}: its root is <{root.tag}>, expected an Atom feed of arXiv.")
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        if "/api/errors" in _text(entry, f"{ATOM}id") or _text(entry, f"{ATOM}title") == "Error":
            raise SourceError(f"{where}: arXiv says: {_text(entry, f'{ATOM}summary')[:200]}.")
    total, start = (_number(root, name) for name in ("totalResults", "startIndex"))
    after = (start or 0) + len(entries)
    return Page(
        records=tuple(_record(entry, where, f"entry {number}") for number, entry in enumerate(entries, 1)),
        total=total,
        next={"start": str(after)} if entries and total is not None and after < total else None,
    )


def _record(entry: ElementTree.Element, where: str, place: str) -> Record:
    name, version = arxiv(_text(entry, f"{ATOM}id"))
    if not name:
        raise SourceError(f"{where}, {place}: {_text(entry, f'{ATOM}id')[:80]!r} is not an arXiv identifier.")
    for link in entry.findall(f"{ATOM}link") if not version else ():
        version = version or arxiv(link.get("href", ""))[1]  # old identifiers carry it in their links alone
    title, abstract = _text(entry, f"{ATOM}title"), body.abstract(_text(entry, f"{ATOM}summary"))
    comment = _text(entry, f"{ARXIV}comment")
    gone = "withdrawn" in comment.lower() or "has been withdrawn" in abstract.lower()
    return Record(
        id=f"arxiv:{name}",
        source="arxiv",
        place=place,
        title=title,
        authors=tuple(_text(each, f"{ATOM}name") for each in entry.findall(f"{ATOM}author")),
        year=body.year(_text(entry, f"{ATOM}published")),
        venue=_text(entry, f"{ARXIV}journal_ref"),
        abstract=abstract,
        kind=body.kind(title, abstract, "preprint"),
        ids=identifiers(arxiv=name + version),
        related={"is-preprint-of": doi_of} if (doi_of := _text(entry, f"{ARXIV}doi").lower()) else {},
        retracted=Retraction(status="retracted", source="arXiv", reason=comment[:200]) if gone else None,
        url=f"https://arxiv.org/abs/{name}{version}",
    )


def _text(parent: ElementTree.Element, tag: str) -> str:
    found = parent.find(tag)
    return "" if found is None else body.clean("".join(found.itertext()))


def _number(root: ElementTree.Element, name: str) -> int | None:
    found = root.findtext(f"{SEARCH}{name}", "").strip()
    return int(found) if found.isdigit() else None
