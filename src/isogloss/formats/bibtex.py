"""BibTeX entries, as libraries and reference managers export them; LaTeX in them becomes text."""

import re
from typing import Any

from isogloss.core.database import Page
from isogloss.core.errors import SourceError
from isogloss.core.record import Record, identifiers
from isogloss.formats import body
from isogloss.formats.latex_text import plain

PREPRINTS = ("unpublished", "online", "misc")


def page(data: bytes, where: str) -> Page:
    """All entries of a file. Raises SourceError naming the line of one that cannot be parsed."""
    import logging

    import bibtexparser

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what failed is said by us, once
    library = bibtexparser.parse_string(body.text(data, where))
    broken = [block for block in library.failed_blocks if not hasattr(block, "ignore_error_block") or _lost(block)]
    if broken:
        raise SourceError(f"{where}, line {broken[0].start_line + 1}: an entry that is not BibTeX; {_why(broken[0])}")
    entries = [*library.entries, *(block.ignore_error_block for block in library.failed_blocks if not _lost(block))]
    if not entries:
        raise SourceError(f"{where}: no BibTeX entry in it; expected @article{{…}}.")
    return Page(records=tuple(_record(entry) for entry in sorted(entries, key=lambda entry: entry.start_line)))


def _lost(block: Any) -> bool:
    """Whether a block failed for more than a key that is there twice: both entries are kept then."""
    inner = getattr(block, "ignore_error_block", None)
    return inner is None or not hasattr(inner, "fields_dict")


def _why(block: Any) -> str:
    return body.beginning(str(getattr(block, "error", ""))) or "check its braces."


def _record(entry: Any) -> Record:
    fields = {field.key.lower(): plain(str(field.value)) for field in entry.fields}
    title, abstract = body.clean(fields.get("title")), body.abstract(fields.get("abstract"))
    archive = (
        fields.get("eprint", "")
        if "arxiv" in (fields.get("archiveprefix", "arxiv") + fields.get("eprinttype", "")).lower()
        else ""
    )
    link = fields.get("url", "")
    venue = fields.get("booktitle") or fields.get("journal") or fields.get("publisher") or ""
    stated = "preprint" if entry.entry_type.lower() in PREPRINTS or "arxiv" in venue.lower() else "paper"
    anthology = re.fullmatch(r"https?://(?:www\.)?aclanthology\.org/([\w.-]+?)/?", link)
    return Record(
        id=f"bibtex:{body.clean(entry.key)}",
        source="bibtex",
        place=f"line {entry.start_line + 1}",
        title=title,
        authors=tuple(_name(each) for each in re.split(r"(?<!\s)\s+and\s+", fields.get("author", "")) if each.strip()),
        year=body.year(fields.get("year") or fields.get("date")),
        venue=body.clean(venue),
        abstract=abstract,
        kind=body.kind(title, abstract, stated),
        ids=identifiers(
            doi=fields.get("doi") or link, arxiv=archive or link, acl=anthology[1] if anthology else None,
            file=_file(fields.get("file", "")),
        ),
        url=body.clean(link),
    )  # fmt: skip


def _name(author: str) -> str:
    family, comma, given = body.clean(author).partition(",")
    return f"{given.strip()} {family.strip()}".strip() if comma else family


def _file(text: str) -> str:
    """The last part of a path in JabRef's or Zotero's field: it is compared with names, never opened."""
    path = next((part for part in text.split(":") if part.lower().endswith((".pdf", ".tex", ".xml"))), text)
    return re.split(r"[\\/]", path)[-1]
