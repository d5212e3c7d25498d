"""ACL Anthology collection XML: <collection id="2020.aacl">, volumes, papers; markup inside titles and abstracts."""

from collections.abc import Iterator
from xml.etree import ElementTree

from isogloss.core.database import Page
from isogloss.core.errors import SourceError
from isogloss.core.record import Record, Retraction, identifiers
from isogloss.formats import body


def page(data: bytes, where: str) -> Page:
    """All papers of a collection, volume by volume; front matter is none. Raises SourceError."""
    root = body.element(data, where)
    if root.tag != "collection" or not root.get("id"):
        raise SourceError(f"{where}: its root is <{root.tag}>, expected <collection id=…> of the ACL Anthology.")
    return Page(records=tuple(_papers(root, where)))


def _papers(root: ElementTree.Element, where: str) -> Iterator[Record]:
    collection = root.get("id", "")
    for volume in root.iter("volume"):
        meta = volume.find("meta")
        venue = _text(meta, "booktitle")
        for number, paper in enumerate(volume.iter("paper"), 1):
            url = _text(paper, "url")
            name = url if url and "/" not in url else _name(collection, volume.get("id", ""), paper.get("id", ""))
            title = _text(paper, "title")
            if not name:
                raise SourceError(f"{where}, volume {volume.get('id')}, paper {number}: it has neither id nor url.")
            abstract = body.abstract(_text(paper, "abstract"))
            withdrawn = paper.find("retracted")
            yield Record(
                id=f"acl:{name}",
                source="acl",
                place=f"volume {volume.get('id')}, paper {paper.get('id')}",
                title=title,
                authors=tuple(filter(None, (_author(each) for each in paper.findall("author")))),
                year=body.year(_text(paper, "year") or _text(meta, "year")),
                venue=venue,
                abstract=abstract,
                kind=body.kind(title, abstract),
                ids=identifiers(acl=name, doi=_text(paper, "doi")),
                retracted=None if withdrawn is None else Retraction(
                    status="retracted", source="ACL Anthology", date=withdrawn.get("date", ""),
                    reason=body.clean("".join(withdrawn.itertext())),
                ),
                url=f"https://aclanthology.org/{name}",
            )  # fmt: skip


def _name(collection: str, volume: str, paper: str) -> str:
    """Such as 2020.aacl-main.56, or N19-1001 in collections before 2020."""
    if not (collection and volume and paper):
        return ""
    if "." in collection:
        return f"{collection}-{volume}.{paper}"
    width = 3 if len(volume) == 1 and collection[0] != "W" else 2
    return f"{collection}-{volume}{int(paper):0{width}d}" if paper.isdigit() else ""


def _text(parent: ElementTree.Element | None, tag: str) -> str:
    found = parent.find(tag) if parent is not None else None
    return "" if found is None else body.clean("".join(found.itertext()))


def _author(author: ElementTree.Element) -> str:
    return " ".join(filter(None, (_text(author, "first"), _text(author, "last"))))
