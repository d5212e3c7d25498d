"""How many more seeds or encoders would decide a difference, if its value and its spread stay as they were seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt

from isogloss.core.typing import np
from isogloss.stats.intervals import ENCODERS_NEEDED, LEVEL, normal, student

MOST = 100
"""More of them are not counted: nobody runs a hundred seeds, and a guess from a few runs does not reach so far."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Needed:
    """How many `more`, of what; None where no number can be given, and `why`."""

    more: int | None = None
    unit: str = "seeds"
    """ "seeds" (of each encoder) or "encoders"."""
    why: str = ""
    """ "one pair": no spread was seen. "examples": the test sets alone leave it open. "sign": two encoders disagree.
    "many": more than MOST."""


def needed(groups: Sequence[Sequence[float]], error: float, half: float, level: float = LEVEL) -> Needed:
    """What brings the half-width of the interval that `statistics.replicated` gives below `half`.

    `groups` holds one sequence of seeds' values per pretrained encoder, `error` the standard error from the test
    examples, which more runs on the same tests do not shrink. Encoders are counted with three or more of them, else
    seeds of each encoder. 0 more where it is decided already. It rests on a spread seen in few runs: a rough number.
    """
    kept = [np.asarray(group, dtype=np.float64) for group in groups if len(group)]
    counts = [len(group) for group in kept]
    if sum(counts) < 2:
        return Needed(why="one pair")
    means = np.array([group.mean() for group in kept])
    if len(kept) == 2 and np.prod(means) < 0:  # more seeds of these two would only confirm that they differ
        return Needed(unit="encoders", why="sign")
    if normal(level) * error >= half:
        return Needed(unit="encoders" if len(kept) >= ENCODERS_NEEDED else "seeds", why="examples")
    if len(kept) >= ENCODERS_NEEDED:
        variance, now = float(means.var(ddof=1)), len(kept)
        widths = {n: student(n - 1, level) * sqrt(variance / n) for n in range(now, now + MOST + 1)}
        return _first(widths, now, "encoders", half, normal(level) * error)
    degrees = sum(counts) - len(kept)
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in kept)
    variance = within / degrees if degrees else float(means.var(ddof=1))
    now, k = min(counts), len(kept)
    widths = {n: student(k * (n - 1), level) * sqrt(variance / (k * n)) for n in range(max(2, now), now + MOST + 1)}
    return _first(widths, now, "seeds", half, normal(level) * error)


def _first(widths: dict[int, float], now: int, unit: str, half: float, examples: float) -> Needed:
    found = next((n for n, width in widths.items() if hypot(width, examples) < half), None)
    return Needed(unit=unit, why="many") if found is None else Needed(more=found - now, unit=unit)
