"""Unpaywall: asked for one DOI at a time where a paper's open copy lies and under which licence."""

from isogloss.core.database import Database, Terms
from isogloss.core.record import Query
from isogloss.formats import unpaywall


def first(query: Query) -> dict[str, str]:  # noqa: ARG001
    """Nothing but the DOI, which is part of the path."""
    return {}


SOURCE = Database(
    name="unpaywall",
    title="Unpaywall",
    base="https://api.unpaywall.org",
    path="/v2/{doi}",
    first=first,
    read=unpaywall.page,
    page=1,
    lookup=True,
    terms=Terms(interval=0.1, mail_in="email", mail_needed=True, licence="CC0 1.0", read="unpaywall.org/products/api"),
)
