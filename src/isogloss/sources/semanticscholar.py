"""Semantic Scholar: a key by form; without one a pool that all the world shares, often empty (429)."""

from isogloss.core.database import Database, Terms
from isogloss.core.record import Query
from isogloss.formats import semantic_scholar

FIELDS = "title,abstract,authors,year,venue,externalIds,publicationTypes,openAccessPdf,url,journal"


def first(query: Query) -> dict[str, str]:
    """Search, nearest first, in pages of a hundred; it ends after a thousand papers."""
    years = {"year": f"{query.years[0]}-{query.years[1]}"} if query.years else {}
    return {"query": query.terms, "fields": FIELDS, "limit": "100", "offset": "0", **years}


SOURCE = Database(
    name="semanticscholar",
    title="Semantic Scholar",
    base="https://api.semanticscholar.org",
    path="/graph/v1/paper/search",
    first=first,
    read=semantic_scholar.page,
    page=100,
    terms=Terms(
        interval=1.1,
        key="S2_API_KEY",
        key_in="header x-api-key",
        licence="Semantic Scholar API licence",
        note="one request a second over all endpoints with a key; a shared pool without",
        read="api.semanticscholar.org, API overview",
    ),
)
