"""How a score stands against the trivial baselines of its language: it clears them, is at the ceiling, or near chance.

Every language is judged against its own baselines. A baseline so high that not even a perfect score on as many
examples would clear it is at the ceiling: the test cannot tell a model from it, and it decides nothing. Whether English
was learned is then judged by the strongest baseline that leaves room.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from isogloss.stats.intervals import least_error, normal

CLEARS, CEILING, NEAR = "clears", "ceiling", "near chance"
CHANCE = "chance"
"""The name of the baseline that every task has: `Task.chance`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """One score in one language."""

    verdict: str
    """CLEARS: above the strongest baseline by more than the error from the test examples (a spread over seeds is no
    excuse for a score at chance). CEILING: not told from a baseline that no score can clear. NEAR: anything else."""
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


def judge(value: float, error: float, n: int, baselines: Mapping[str, float], chance: float) -> Standing:
    """A score with its standard error from the `n` test examples, against one language's baselines (all in [0, 1])."""
    half = normal() * error
    name, floor = strongest(baselines, chance)
    top = 1.0 - normal() * least_error(max(1, n))
    full = floor >= top
    _, room = strongest({each: score for each, score in baselines.items() if score < top}, chance)
    clears = value - half > floor
    return Standing(
        verdict=CLEARS if clears else CEILING if full and value + half >= floor else NEAR,
        baseline=name,
        floor=floor,
        learned=clears or (full and value - half > room),
        measured=bool(baselines),
    )
