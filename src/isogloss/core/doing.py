"""What a long step is at, in words: said where the work is done, heard where progress is shown."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Hear = Callable[[str], object]
_hear: ContextVar[Hear | None] = ContextVar("hear", default=None)


def doing(what: str) -> None:
    """Say what is worked on from now on, such as "word links, Swahili (12 of 46)"; nothing happens if nobody hears."""
    hear = _hear.get()
    if hear is not None:
        hear(what)


@contextmanager
def heard(hear: Hear) -> Iterator[None]:
    """`hear` is told what is said while the block runs."""
    before = _hear.set(hear)
    try:
        yield
    finally:
        _hear.reset(before)
