"""Crossref: no key; an address puts a client into the polite pool, and the rate is announced with every answer."""

from isogloss.core.database import Database, Terms
from isogloss.core.record import Query
from isogloss.formats import crossref


def first(query: Query) -> dict[str, str]:
    """Bibliographic search, nearest first, by cursor. No `select`: it hides corrections and retractions."""
    years = query.years and f"from-pub-date:{query.years[0]},until-pub-date:{query.years[1]}"
    return {"query.bibliographic": query.terms, "rows": "100", "cursor": "*", **({"filter": years} if years else {})}


SOURCE = Database(
    name="crossref",
    title="Crossref",
    base="https://api.crossref.org",
    path="/works",
    first=first,
    read=crossref.page,
    page=100,
    terms=Terms(
        interval=1.0,
        mail_in="mailto",
        licence="free of claims; abstracts are their publishers'",
        note="rates and concurrency are announced per response",
        read="crossref.org, access and authentication, since 2025-12-01",
    ),
)
