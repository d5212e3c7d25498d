"""How a score stands against the trivial baselines of its language: clears, ceiling, near chance or not told.

Every language is judged against its own baselines. A baseline so high that not even a perfect score on as many
examples would clear it is at the ceiling: the test cannot tell a model from it, and it decides nothing. Whether English
was learned is then judged by the strongest baseline that leaves room.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from isogloss.stats.intervals import least_error, normal

CLEARS, CEILING, NEAR, OPEN = "clears", "ceiling", "near chance", "not told"
CHANCE = "chance"
"""The name of the baseline that every task has: `Task.chance`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One score in one language."""

    verdict: str
    """CLEARS: the interval that is shown lies above the strongest baseline. OPEN: the error from the test examples
    leaves it out, but the interval, with the spread over runs, holds it. CEILING: not told from a baseline that no
    score can clear. NEAR: anything else (a spread over seeds is no excuse for a score at chance)."""
    baseline: str
    """Name of the strongest trivial baseline."""
    floor: float
    """Its score in [0, 1]."""
    learned: bool
    """Above the strongest baseline that leaves room for a score above it, by more than the error."""
    measured: bool
    """Whether any trivial baseline was scored; without one the score is held against chance alone."""


def strongest(baselines: Mapping[str, float], chance: float) -> tuple[str, float]:
    """Name and score of the strongest of a language's trivial baselines; chance where none is known or it is higher."""
    name = max(baselines, key=lambda each: baselines[each], default=CHANCE)
    return (name, baselines[name]) if baselines.get(name, -1.0) >= chance else (CHANCE, chance)


def judge(value: float, low: float, error: float, n: int, baselines: Mapping[str, float], chance: float) -> Standing:
    """A score with the low end of its interval over runs and its standard error from the `n` test examples, against one
    language's baselines (all in [0, 1])."""
    half = normal() * error
    name, floor = strongest(baselines, chance)
    top = 1.0 - normal() * least_error(max(1, n))
    full = floor >= top
    _, room = strongest({each: score for each, score in baselines.items() if score < top}, chance)
    clears = value - half > floor
    above = CLEARS if low > floor else OPEN
    return Standing(
        verdict=above if clears else CEILING if full and value + half >= floor else NEAR,
        baseline=name,
        floor=floor,
        learned=clears or (full and value - half > room),
        measured=bool(baselines),
    )
