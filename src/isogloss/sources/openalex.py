"""OpenAlex: a key is needed, and money is metered, not requests."""

from isogloss.core.database import Database, Terms
from isogloss.core.record import Query
from isogloss.formats import openalex

FIELDS = (
    "id,doi,title,display_name,publication_year,ids,type,authorships,primary_location,best_oa_location,locations,"
    "is_retracted,abstract_inverted_index"
)


def first(query: Query) -> dict[str, str]:
    """Full-text search, nearest first, by cursor."""
    years = {"filter": f"publication_year:{query.years[0]}-{query.years[1]}"} if query.years else {}
    return {"search": query.terms, "per-page": "100", "cursor": "*", "select": FIELDS, **years}


SOURCE = Database(
    name="openalex",
    title="OpenAlex",
    base="https://api.openalex.org",
    path="/works",
    first=first,
    read=openalex.page,
    page=100,
    terms=Terms(
        interval=0.1,
        price=0.001,
        key="OPENALEX_API_KEY",
        key_in="query api_key",
        key_needed=True,
        budget=("x-ratelimit-remaining-usd", "x-ratelimit-reset"),
        licence="CC0 1.0",
        note="a search costs $1 per 1,000 requests; a free key holds $1 a day",
        read="developers.openalex.org, authentication",
    ),
    cite="Priem et al. 2022",
)
