"""literature/web.py over real sockets on loopback: pace, retries, budgets, and everything a server can do wrong."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

import served
from isogloss.core import folder
from isogloss.core.database import Request
from isogloss.core.errors import SourceError
from isogloss.literature import web
from isogloss.literature.web import Answer, Web

SEARCH = Request(database="openalex", path="/works", params={"search": "transfer", "cursor": "*"})


@contextmanager
def asking(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[..., served.Answer], name: str = "openalex", patience: float = 5.0
) -> Iterator[tuple[Callable[[], Answer], list[str]]]:
    """(ask once more, paths asked for) of one database that answers so."""
    with served.serving(answer) as (address, asked):
        monkeypatch.setenv(f"ISOGLOSS_AT_{name.upper()}", address)
        client, database = Web(patience=patience), folder.load("sources", name)
        try:
            yield lambda: client.fetch(database, SEARCH), asked
        finally:
            client.close()


def test_a_429_is_asked_again_after_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry-After: 1 is waited for, and the second answer counts."""
    answers = iter([(429, {"retry-after": "1"}, b""), (200, {}, b"{}")])
    with asking(monkeypatch, lambda *_: next(answers)) as (ask, asked):
        began = time.monotonic()
        assert ask().status == 200
        assert time.monotonic() - began >= 1
        assert len(asked) == 2


def test_fifteen_hours_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Retry-After beyond one's patience ends at once, with when to come back."""
    with asking(monkeypatch, lambda *_: (429, {"retry-after": "54000"}, b"")) as (ask, asked):
        with pytest.raises(SourceError, match=r"429.*15\.0 h.*same command goes on"):
            ask()
        assert len(asked) == 1


def test_an_empty_budget_stops_before_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer that spends the last cent counts; nothing is asked after it, and the reset is in seconds."""
    headers = {"x-ratelimit-remaining-usd": "0", "x-ratelimit-reset": "7200"}
    with asking(monkeypatch, lambda *_: (200, dict(headers), b"{}")) as (ask, asked):
        assert ask().headers["x-ratelimit-remaining-usd"] == "0"
        with pytest.raises(SourceError, match=r"budget of this key is empty. It is renewed in 2\.0 h"):
            ask()
        assert len(asked) == 1


def test_a_body_that_breaks_off_is_asked_again_and_then_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection closed inside the body is no answer."""
    answers = iter([(200, {"x-cut": "1"}, b"{"), (200, {}, b"{}")])
    with asking(monkeypatch, lambda *_: next(answers)) as (ask, asked):
        assert ask().body == b"{}"
        assert len(asked) == 2
    with (
        asking(monkeypatch, lambda *_: (200, {"x-cut": "1"}, b"{"), patience=0.5) as (ask, _),
        pytest.raises(SourceError, match="broke off inside the body"),
    ):
        ask()


def test_an_endless_body_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the cap is not kept, however long the server would go on."""
    monkeypatch.setattr(web, "MOST", 1 << 20)
    with (
        asking(monkeypatch, lambda *_: (200, {"x-endless": "1"}, b"{")) as (ask, _),
        pytest.raises(SourceError, match="a body of more than 1 MB"),
    ):
        ask()


def test_a_404_is_an_answer_and_a_401_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not found is told apart from not allowed, which names the variable of the key."""
    with asking(monkeypatch, lambda *_: (404, {}, b"<html>Not Found")) as (ask, asked):
        assert ask().status == 404
    with asking(monkeypatch, lambda *_: (401, {}, b"")) as (ask, asked):
        with pytest.raises(SourceError, match="OPENALEX_API_KEY"):
            ask()
        assert len(asked) == 1


def test_a_redirect_elsewhere_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key must not travel to another host."""
    with (
        asking(monkeypatch, lambda *_: (302, {"location": "https://elsewhere.example/x"}, b"")) as (ask, _),
        pytest.raises(SourceError, match=r"sent on to elsewhere\.example; not followed"),
    ):
        ask()


def test_a_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection is a SourceError, after one's patience."""
    monkeypatch.setenv("ISOGLOSS_AT_OPENALEX", "http://127.0.0.1:9")
    with pytest.raises(SourceError, match="cannot be reached"):
        Web(patience=0.3).fetch(folder.load("sources", "openalex"), SEARCH)


def test_a_key_goes_to_its_own_host_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mirror of one's own is sent neither key nor address, and no message holds the key."""
    monkeypatch.setenv("OPENALEX_API_KEY", "SECRET-1")
    monkeypatch.setenv("ISOGLOSS_MAILTO", "me@example.org")
    seen: list[str] = []

    def answer(path: str, params: dict[str, str], headers: dict[str, str]) -> served.Answer:
        seen.append(f"{path} {params} {headers}")
        return 500, {}, b""

    with asking(monkeypatch, answer, patience=0.3) as (ask, _), pytest.raises(SourceError) as error:
        ask()
    assert "SECRET" not in "".join(seen) + str(error.value) + SEARCH.canonical
    params: dict[str, str] = {}
    headers: dict[str, str] = {}
    web._with_secrets(folder.load("sources", "openalex"), params, headers)
    assert params == {"api_key": "SECRET-1"}
    web._with_secrets(folder.load("sources", "semanticscholar"), params, headers)
    assert "x-api-key" not in headers  # a key of another database


def test_the_pace_is_kept_and_taken_from_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Crossref announces its rate: four a second are not asked faster."""
    announced = {"x-rate-limit-limit": "4", "x-rate-limit-interval": "1s"}
    with asking(monkeypatch, lambda *_: (200, dict(announced), b"{}"), "crossref") as (ask, _):
        began = time.monotonic()
        for _ in range(3):
            ask()
        assert time.monotonic() - began >= 0.5
