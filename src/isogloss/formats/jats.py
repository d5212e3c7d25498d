"""JATS articles, as PubMed Central and publishers give full text; paragraphs, without references and tables."""

from collections.abc import Iterator
from xml.etree import ElementTree

from isogloss.core.errors import SourceError
from isogloss.core.record import Record, identifiers
from isogloss.formats import body

SKIPPED = ("ref-list", "table-wrap", "fig", "table", "disp-formula", "tex-math", "xref", "back")


def article(data: bytes, where: str) -> tuple[Record, str]:
    """The article's record, and its text with a line between paragraphs. Raises SourceError."""
    root = body.element(data, where)
    if root.tag != "article":
        raise SourceError(f"{where}: its root is <{root.tag}>, expected <article> of JATS.")
    title = _text(root.find(".//article-title"))
    ids = {each.get("pub-id-type", ""): (each.text or "") for each in root.iter("article-id")}
    abstract = body.abstract(" ".join(_paragraphs(root.find(".//abstract"))))
    names = [
        " ".join(filter(None, (_text(each.find(".//given-names")), _text(each.find(".//surname")))))
        for each in root.iter("contrib") if each.get("contrib-type", "author") == "author"
    ]  # fmt: skip
    link = root.find(".//license")
    record = Record(
        id=f"jats:{ids.get('doi') or ids.get('pmc') or body.clean(title)[:60]}",
        source="jats",
        place="article",
        title=title,
        authors=tuple(filter(None, names)),
        year=body.year(root.findtext(".//pub-date/year", "")),
        venue=_text(root.find(".//journal-title")),
        abstract=abstract,
        kind=body.kind(title, abstract),
        ids=identifiers(doi=ids.get("doi")),
        licence="" if link is None else link.get("{http://www.w3.org/1999/xlink}href", "") or _text(link)[:200],
    )
    paragraphs = [*_paragraphs(root.find(".//abstract")), *_paragraphs(root.find("body"))]
    return record, "\n\n".join(paragraphs)


def _paragraphs(part: ElementTree.Element | None) -> Iterator[str]:
    """Each paragraph once: one inside another is part of it, unless it stands in what is skipped there."""
    todo = [] if part is None else [(part, False)]
    while todo:
        each, inside = todo.pop()
        if each.tag == "p" and not inside and (found := _text(each)):
            yield found
        inside = (inside or each.tag == "p") and each.tag not in SKIPPED
        todo += [(child, inside) for child in reversed(each)]


def _text(part: ElementTree.Element | None) -> str:
    return "" if part is None else body.clean("".join(_pieces(part)))


def _pieces(part: ElementTree.Element) -> Iterator[str]:
    todo: list[ElementTree.Element | str] = [part]
    while todo:
        each = todo.pop()
        if isinstance(each, str):
            yield each
            continue
        yield each.text or ""
        for child in reversed(each):
            todo += [child.tail or "", child] if child.tag not in SKIPPED else [child.tail or ""]
