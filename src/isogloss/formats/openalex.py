"""OpenAlex: a work, or a page of works; abstracts as inverted indexes (word → places)."""

from collections.abc import Mapping
from typing import Any

from isogloss.core.database import Page
from isogloss.core.errors import SourceError
from isogloss.core.record import Record, Retraction, identifiers
from isogloss.formats import body

KINDS = {"preprint": "preprint", "posted-content": "preprint", "review": "survey"}
MOST_WORDS = 10_000


def page(data: bytes, where: str) -> Page:
    """One work, or a page with its count and the cursor of the next. Raises SourceError."""
    answer = body.document(data, where)
    if not isinstance(answer, dict):
        raise SourceError(f"{where}: it holds a {type(answer).__name__}, expected an object.")
    if "error" in answer:
        raise SourceError(f"{where}: OpenAlex says {body.clean(str(answer['error']))[:200]}.")
    if "results" not in answer:
        return Page(records=(_record(answer, where, ""),), total=1)
    works, meta = answer["results"], body.keys(answer.get("meta"))
    if not isinstance(works, list):
        raise SourceError(f"{where}: 'results' is not a list.")
    cursor = meta.get("next_cursor")
    return Page(
        records=tuple(_record(work, where, f"results[{at}]") for at, work in enumerate(works)),
        total=meta.get("count") if isinstance(meta.get("count"), int) else None,
        next={"cursor": cursor} if isinstance(cursor, str) and works else None,
    )


def _record(work: Any, where: str, place: str) -> Record:
    if not isinstance(work, dict) or not (work.get("id") or work.get("display_name")):
        raise SourceError(f"{where}, {place}: neither an id nor a title; expected a work of OpenAlex.")
    name = body.clean(work.get("id")).rsplit("/", 1)[-1]
    title = body.clean(work.get("display_name") or work.get("title"))
    abstract = body.abstract(_abstract(work.get("abstract_inverted_index")))
    location = body.keys(work.get("primary_location"))
    best = body.keys(work.get("best_oa_location")) or location
    authors = [
        body.keys(body.keys(each).get("author")).get("display_name") for each in body.items(work.get("authorships"))
    ]
    known = body.keys(work.get("ids"))
    return Record(
        id=f"openalex:{name or place}",
        source="openalex",
        place=place,
        title=title,
        authors=tuple(filter(None, map(body.clean, authors))),
        year=body.year(work.get("publication_year")),
        venue=body.clean(body.keys(location.get("source")).get("display_name")),
        abstract=abstract,
        kind=body.kind(title, abstract, KINDS.get(str(work.get("type")), "paper")),
        ids=identifiers(
            openalex=name, doi=body.clean(work.get("doi")) or body.clean(known.get("doi")), arxiv=_arxiv(work)
        ),
        retracted=Retraction(status="retracted", source="OpenAlex") if work.get("is_retracted") is True else None,
        licence=body.clean(best.get("license")),
        url=body.clean(best.get("landing_page_url")) or (f"https://openalex.org/{name}" if name else ""),
    )


def _abstract(index: Any) -> str:
    """Words put back in their places; "" for an index that is absent or not one."""
    if not isinstance(index, Mapping):
        return ""
    placed = {
        at: word
        for word, places in index.items() if isinstance(places, list)
        for at in places if isinstance(at, int) and 0 <= at < MOST_WORDS
    }  # fmt: skip
    return " ".join(placed[at] for at in sorted(placed))


def _arxiv(work: Mapping[str, Any]) -> str | None:
    for location in body.items(work.get("locations")):
        url = body.clean(body.keys(location).get("landing_page_url"))
        if "arxiv.org/abs/" in url:
            return url
    return None
