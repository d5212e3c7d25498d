"""A bibliographic database: which requests a query becomes, what a body holds, and the terms of use. No HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from isogloss.core.record import Query, Record


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a database asks of its users."""

    interval: float
    """Seconds between two requests."""
    price: float = 0.0
    """US dollars per request of a search."""
    key: str = ""
    """Environment variable of the key; "" where there is none."""
    key_in: str = ""
    """"header NAME" or "query NAME"."""
    key_needed: bool = False
    mail_in: str = ""
    """Query parameter for the user's address (ISOGLOSS_MAILTO)."""
    mail_needed: bool = False
    budget: tuple[str, str] = ("", "")
    """Headers with what remains and with the seconds until it is renewed."""
    licence: str = ""
    note: str = ""
    read: str = ""
    """Where these terms stand."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one body of a database holds."""

    records: tuple[Record, ...]
    total: int | None = None
    """How many records the database says it has."""
    next: Mapping[str, str] | None = None
    """Parameters of the request for the next page; None when this is the last."""


Reader = Callable[[bytes, str], Page]
"""(body, name for errors) → page. Raises SourceError for what is not a page."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """One database. Pure data and functions."""

    name: str
    title: str
    base: str
    """Scheme and host; a user's own mirror is named in the environment as ISOGLOSS_AT_NAME."""
    path: str
    first: Callable[[Query], dict[str, str]]
    """The parameters of a query's first request."""
    read: Reader
    terms: Terms
    page: int
    """Records on a page."""
    lookup: bool = False
    """Asked for one paper at a time, by DOI ({doi} in `path`), after screening."""
    cite: str = ""

    def requests(self, most: int) -> int:
        """How many requests bring that many records, at most."""
        return most if self.lookup else -(-most // self.page)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of a database, without any secret."""

    database: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    """JSON that is posted; "" where nothing is."""

    @property
    def canonical(self) -> str:
        """The request in one line, parameters sorted."""
        from urllib.parse import urlencode

        asked = urlencode(sorted(self.params.items()))
        return f"{self.database}:{self.path}" + (f"?{asked}" if asked else "")
