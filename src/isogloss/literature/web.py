"""The only file that speaks HTTP: pace, retries, budgets, `Retry-After`, and caps on what strangers send.

A key is taken from the environment, goes to its own host alone, and is in no request that is written down or shown.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from isogloss.core.database import Database, Request
from isogloss.core.errors import SourceError
from isogloss.core.version import VERSION

PATIENCE = 60.0
"""Seconds that waiting and repeating may take for one request."""
MOST = 32 << 20
"""Bytes of one body."""
ATTEMPTS = 5
AGAIN = (408, 425, 429, 500, 502, 503, 504)
KEPT = ("content-type", "date", "retry-after", "x-rate-limit-limit", "x-rate-limit-interval")
"""Headers that are written down; those of a budget are too."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a database answered."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class _Later(Exception):
    """An answer to come back for; `wait` is what it asks for in seconds, or None."""

    def __init__(self, says: str, wait: float | None = None) -> None:
        super().__init__(says)
        self.wait = wait


class Web:
    """One client for all databases; each is asked at its own pace."""

    def __init__(self, *, patience: float = PATIENCE, say: Callable[[str], None] = lambda _: None) -> None:
        self.patience = patience
        self.say = say
        self._asked: dict[str, float] = {}
        self._pace: dict[str, float] = {}
        self._spent: dict[str, str] = {}
        self._client: Any = None

    def fetch(self, database: Database, request: Request) -> Answer:
        """The answer, also a 404. Raises SourceError for anything else but success, saying when to go on."""
        import stamina

        if database.name in self._spent:
            raise SourceError(self._spent[database.name])
        deadline = time.monotonic() + self.patience

        def again(error: Exception) -> bool | float:
            if not isinstance(error, _Later) or time.monotonic() + (error.wait or 0) > deadline:
                return False
            self.say(f"{database.title}: {error}; asking again" + (f" in {error.wait:.0f} s" if error.wait else ""))
            return True if error.wait is None else error.wait

        stamina.instrumentation.set_on_retry_hooks([])  # what is waited for is said by us, without an address
        waits = {"wait_initial": min(0.5, self.patience), "wait_max": self.patience / 4}
        try:
            for attempt in stamina.retry_context(on=again, attempts=ATTEMPTS, timeout=self.patience, **waits):
                with attempt:
                    return self._once(database, request, deadline)
        except _Later as error:
            raise SourceError(_patience_ended(database, error, self.patience)) from None
        raise SourceError(f"{database.title}: {request.canonical}: no answer.")

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def _once(self, database: Database, request: Request, deadline: float) -> Answer:
        import httpx2

        base, own = place(database)
        self._wait(database, own)
        params, headers = dict(request.params), {"accept-encoding": "identity", "user-agent": _agent()}
        if not own:
            _with_secrets(database, params, headers)
        if self._client is None:
            self._client = httpx2.Client(follow_redirects=False, trust_env=True)
        timeout = max(1.0, min(30.0, deadline - time.monotonic()))
        posted: dict[str, Any] = {"content": request.body.encode()} if request.body else {}
        if posted:
            headers["content-type"] = "application/json"
        try:
            with self._client.stream(
                "POST" if posted else "GET",
                base + request.path,
                params=params,
                headers=headers,
                timeout=timeout,
                **posted,
            ) as response:
                status, received = response.status_code, {key.lower(): value for key, value in response.headers.items()}
                body = _body(response, database, request, deadline)
        except httpx2.HTTPError as error:  # its text may hold the address with the key: only its kind is said
            raise _Later(f"{request.canonical}: {_kind(error)}") from None
        except (httpx2.InvalidURL, httpx2.StreamError) as error:
            raise SourceError(f"{database.title}: {request.canonical}: {type(error).__name__}.") from None
        return self._judged(
            database, request, Answer(status=status, body=body, headers=_kept(database, received)), received
        )

    def _judged(self, database: Database, request: Request, answer: Answer, headers: Mapping[str, str]) -> Answer:
        self._heed(database, headers)
        status = answer.status
        if status in (200, 404):
            if status == 404 and not database.lookup and not answer.body.strip():
                raise SourceError(f"{database.title}: {request.canonical}: 404 without a word.")
            return answer
        if status in (401, 403):
            raise SourceError(f"{database.title}: {request.canonical}: {status}, not allowed. {_key_hint(database)}")
        if status in AGAIN:
            wait = _seconds(headers.get("retry-after", ""))
            if status == 429 and wait is None:
                wait = _seconds(headers.get(database.terms.budget[1], "")) if _empty(database, headers) else None
            raise _Later(f"{request.canonical}: {status}", wait)
        if 300 <= status < 400:
            host = urlsplit(headers.get("location", "")).netloc or "nowhere"
            raise SourceError(f"{database.title}: {request.canonical}: {status}, sent on to {host[:80]}; not followed.")
        raise SourceError(f"{database.title}: {request.canonical}: {status}.")

    def _heed(self, database: Database, headers: Mapping[str, str]) -> None:
        """Take the pace from what is announced, and stop at an empty budget: the answer in hand still counts."""
        number, per = _seconds(headers.get("x-rate-limit-limit", "")), headers.get("x-rate-limit-interval", "1s")
        interval = _seconds(per.removesuffix("s"))
        if number and interval:
            self._pace[database.name] = interval / number
        if _empty(database, headers):
            wait = _seconds(headers.get(database.terms.budget[1], "")) or _seconds(headers.get("retry-after", ""))
            until = f" It is renewed in {_span(wait)}." if wait else ""
            self._spent[database.name] = (
                f"{database.title}: the budget of this key is empty.{until} The same command goes on from here then."
            )

    def _wait(self, database: Database, own: bool) -> None:
        pace = max(0.0 if own else database.terms.interval, self._pace.get(database.name, 0.0))
        rest = self._asked.get(database.name, -pace) + pace - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        self._asked[database.name] = time.monotonic()


def place(database: Database) -> tuple[str, bool]:
    """Where a database is asked, and whether that is the user's own mirror, which gets no key and needs no pace."""
    own = os.environ.get(f"ISOGLOSS_AT_{database.name.upper()}", "").rstrip("/")
    return (own, True) if own else (database.base, False)


def ready(database: Database) -> str:
    """Why a database cannot be asked now, in words; "" when it can."""
    if place(database)[1]:
        return ""
    if database.terms.key_needed and not os.environ.get(database.terms.key, "").strip():
        return f"{database.title} needs a key: set {database.terms.key}. {database.terms.note}".strip()
    if database.terms.mail_needed and not os.environ.get("ISOGLOSS_MAILTO", "").strip():
        return f"{database.title} wants to know whom to write to: set ISOGLOSS_MAILTO to your address."
    return ""


def _with_secrets(database: Database, params: dict[str, str], headers: dict[str, str]) -> None:
    terms = database.terms
    key, mail = (
        os.environ.get(terms.key, "").strip() if terms.key else "",
        os.environ.get("ISOGLOSS_MAILTO", "").strip(),
    )
    where, _, name = terms.key_in.partition(" ")
    if key:
        (params if where == "query" else headers)[name] = f"Bearer {key}" if name == "authorization" else key
    if mail and terms.mail_in:
        params[terms.mail_in] = mail


def _body(response: Any, database: Database, request: Request, deadline: float) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes(1 << 16):
        size += len(part)
        if size > MOST:
            raise SourceError(f"{database.title}: {request.canonical}: a body of more than {MOST >> 20} MB; not kept.")
        if time.monotonic() > deadline:
            raise SourceError(f"{database.title}: {request.canonical}: the body did not end in time; not kept.")
        parts.append(part)
    return b"".join(parts)


def _kept(database: Database, headers: Mapping[str, str]) -> dict[str, str]:
    names = {*KEPT, *filter(None, database.terms.budget)}
    return {name: headers[name][:200] for name in sorted(names) if name in headers}


def _empty(database: Database, headers: Mapping[str, str]) -> bool:
    left = _seconds(headers.get(database.terms.budget[0], "")) if database.terms.budget[0] else None
    return left is not None and left <= 0


def _seconds(text: str) -> float | None:
    """A header's number, or the seconds until its date."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if seconds < 120 else f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _patience_ended(database: Database, error: _Later, patience: float) -> str:
    when = f" It says to come back in {_span(error.wait)}." if error.wait else ""
    hint = f" {_key_hint(database)}" if "429" in str(error) and not os.environ.get(database.terms.key or "-") else ""
    return (
        f"{database.title}: {error}; given up after {patience:.0f} s (--patience).{when}{hint} "
        "The same command goes on from here."
    )


def _key_hint(database: Database) -> str:
    return f"A key goes into the environment variable {database.terms.key}." if database.terms.key else ""


def _kind(error: Exception) -> str:
    name = type(error).__name__
    return {
        "RemoteProtocolError": "the connection broke off inside the body", "ConnectError": "it cannot be reached",
        "ReadTimeout": "no answer in time", "ConnectTimeout": "no connection in time",
    }.get(name, name)  # fmt: skip


def _agent() -> str:

    return f"isogloss/{VERSION}"
