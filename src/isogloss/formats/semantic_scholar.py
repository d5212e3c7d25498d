"""Semantic Scholar: a paper, a batch (null = not found), search pages (`next`), bulk pages (`token`), matches."""

from typing import Any

from isogloss.core.database import Page
from isogloss.core.errors import SourceError
from isogloss.core.record import Record, identifiers
from isogloss.formats import body


def page(data: bytes, where: str) -> Page:
    """One paper, a batch, or a page; a search without a hit has no `data` at all. Raises SourceError."""
    answer = body.document(data, where)
    if isinstance(answer, list):
        return Page(records=_records(answer, where, ""))
    if not isinstance(answer, dict):
        raise SourceError(f"{where}: it holds a {type(answer).__name__}, expected an object or a list.")
    if "error" in answer or "message" in answer:
        said = body.clean(str(answer.get("error") or answer.get("message")))[:200]
        raise SourceError(f"{where}: Semantic Scholar says: {said}.")
    if "paperId" in answer:
        return Page(records=_records([answer], where, ""), total=1)
    if "data" not in answer and "total" not in answer:
        raise SourceError(f"{where}: neither 'data' nor 'total'; expected a page of papers.")
    papers = answer.get("data") or []
    if not isinstance(papers, list):
        raise SourceError(f"{where}: 'data' is not a list.")
    following = {"token": str(answer["token"])} if answer.get("token") else {"offset": str(answer.get("next"))}
    total = answer.get("total")
    return Page(
        records=_records(papers, where, "data"),
        total=total if isinstance(total, int) else None,
        next=following if papers and (answer.get("token") or isinstance(answer.get("next"), int)) else None,
    )


def _records(papers: list[Any], where: str, name: str) -> tuple[Record, ...]:
    return tuple(_record(paper, where, f"{name}[{at}]") for at, paper in enumerate(papers) if paper is not None)


def _record(paper: Any, where: str, place: str) -> Record:
    if isinstance(paper, dict) and "snippet" in paper:  # a search for passages wraps what it is about
        about = body.keys(paper.get("paper"))
        paper = {**about, "paperId": f"CorpusId:{about.get('corpusId', '')}"}
    if not isinstance(paper, dict) or not (paper.get("paperId") or paper.get("title")):
        raise SourceError(f"{where}, {place}: neither a paperId nor a title; expected a paper of Semantic Scholar.")
    name = body.clean(paper.get("paperId"))  # null for papers that are known by their citations alone
    known = {key: str(value) for key, value in body.keys(paper.get("externalIds")).items() if value}
    title, abstract = body.clean(paper.get("title")), body.abstract(paper.get("abstract"))
    types = body.items(paper.get("publicationTypes"))
    journal = body.keys(paper.get("journal"))
    names = [each.get("name") if isinstance(each, dict) else each for each in body.items(paper.get("authors"))]
    open_copy = body.keys(paper.get("openAccessPdf") or paper.get("openAccessInfo"))
    return Record(
        id=f"semanticscholar:{name or place}",
        source="semanticscholar",
        place=place,
        title=title,
        authors=tuple(filter(None, map(body.clean, names))),
        year=body.year(paper.get("year")),
        venue=body.clean(paper.get("venue")) or body.clean(journal.get("name")),
        abstract=abstract,
        kind=body.kind(title, abstract, "survey" if types == ["Review"] else "paper"),
        ids=identifiers(s2=name, doi=known.get("DOI"), arxiv=known.get("ArXiv"), acl=known.get("ACL")),
        licence=body.clean(open_copy.get("license")),
        url=body.clean(paper.get("url")),
    )
