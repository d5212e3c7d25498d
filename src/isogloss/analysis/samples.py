"""An outcome of one run as a weighted sum of its scores, and of many runs as a mean with its interval.

Since every outcome (a gap, a worst language, a gain) keeps the scores it is made of, its error from the test examples
is paired by construction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.analysis.ledger import Ledger, Row
from isogloss.core.typing import np
from isogloss.stats.intervals import LEVEL, Estimate, replicated

Terms = tuple[tuple[float, Row], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One outcome of one run, and the scores it is made of."""

    value: float
    terms: Terms

    def minus(self, other: "Part") -> "Part":
        """The paired difference."""
        against = tuple((-weight, row) for weight, row in other.terms)
        return Part(value=self.value - other.value, terms=self.terms + against)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """The values of one outcome over encoders and seeds, and its error from the test examples."""

    groups: tuple[tuple[float, ...], ...]
    error: float
    bounds: tuple[float, float]

    def estimate(self, level: float = LEVEL) -> Estimate:
        """The mean with its interval."""
        return replicated(self.groups, self.error, self.bounds, level)

    @property
    def seed_sd(self) -> float | None:
        """Standard deviation over fine-tuning seeds, pooled within encoders; None without two seeds of one encoder."""
        degrees = sum(len(group) - 1 for group in self.groups)
        if not degrees:
            return None
        squares = sum(float(((np.asarray(group) - np.mean(group)) ** 2).sum()) for group in self.groups)
        return float(np.sqrt(squares / degrees))


def part_of(row: Row) -> Part:
    """A score as an outcome."""
    return Part(value=row.value, terms=((1.0, row),))


def sample_of(ledger: Ledger, parts: Sequence[tuple[str, Part]], bounds: tuple[float, float]) -> Sample:
    """The values of (replicate, part) by replicate, and the error of their mean from the test examples."""
    groups: dict[str, list[Part]] = {}
    for replicate, part in parts:
        groups.setdefault(replicate, []).append(part)
    terms = (
        (weight / len(group) / len(groups), row)
        for group in groups.values()
        for part in group
        for weight, row in part.terms
    )
    error = ledger.error(terms)
    return Sample(
        groups=tuple(tuple(part.value for part in group) for group in groups.values()), error=error, bounds=bounds
    )
