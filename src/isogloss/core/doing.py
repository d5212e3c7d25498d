"""What a long step is at, and what it measures: said where the work is done, heard where progress is shown."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Hear = Callable[[str], object]
Measure = Callable[[int, Mapping[str, float]], object]
_hearing: ContextVar[tuple[Hear, Measure] | None] = ContextVar("hearing", default=None)


def doing(what: str) -> None:
    """Say what is worked on from now on, such as "building word links, Swahili (12 of 46)"; nothing happens if nobody
    hears. It follows "still" where it takes long."""
    hearing = _hearing.get()
    if hearing is not None:
        hearing[0](what)


def measured(at: int, **values: float) -> None:
    """Say what was measured at a training step, such as a loss."""
    hearing = _hearing.get()
    if hearing is not None:
        hearing[1](at, values)


@contextmanager
def heard(hear: Hear, measure: Measure = lambda *_: None) -> Iterator[None]:
    """`hear` and `measure` are told what is said while the block runs."""
    before = _hearing.set((hear, measure))
    try:
        yield
    finally:
        _hearing.reset(before)
