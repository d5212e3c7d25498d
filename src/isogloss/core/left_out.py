"""What readers leave out of a file since nothing is said there: counted for listeners such as the data check."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from isogloss.core.examples import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """One line that became no part of an example."""

    at: Place
    what: str
    """What such a line is: "with the tag O and no word"."""


_heard: ContextVar[list[LeftOut] | None] = ContextVar("left out", default=None)


def leave_out(at: Place, what: str) -> None:
    """Say that a line is left out."""
    heard = _heard.get()
    if heard is not None:
        heard.append(LeftOut(at=at, what=what))


@contextmanager
def listening() -> Iterator[list[LeftOut]]:
    """The lines that are left out while this is open, in the order they were read."""
    found: list[LeftOut] = []
    token = _heard.set(found)
    try:
        yield found
    finally:
        _heard.reset(token)
