"""Intervals and tests. Which one is used is decided by what was replicated, and is named in every estimate.

What varies, from the top: the pretrained encoder (the unit of replication), the fine-tuning seed within it, and the
test examples, which all runs share. Eight encoders or more could be resampled; studies have two to five, where a
cluster bootstrap is far too narrow (it cannot know that it saw few encoders), so Student's t is used there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from isogloss.core.errors import MetricError
from isogloss.core.metric import ScoreOf
from isogloss.core.typing import Float, np

LEVEL = 0.95
ENCODERS_NEEDED = 3
"""With fewer pretrained encoders nothing is said about encoders in general, only about these."""
INTEREST = 0.01
"""The smallest effect of interest: one point (0.01) of an outcome."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A value with its interval, and what the interval allows for."""

    value: float
    low: float
    high: float
    unit: str
    """What was replicated: "encoders", "seeds", "runs" (one of each of two encoders), or, where nothing was,
    "examples". Below "encoders" it speaks of these encoders only."""
    method: str
    encoders: int = 1
    runs: int = 1
    positive: int = 0
    """In how many encoders the value is above 0."""

    @property
    def replicated(self) -> bool:
        """Whether any run was repeated: an interval over the examples of a single run says nothing about the next."""
        return self.unit != "examples"

    @property
    def agree(self) -> bool:
        """Whether the encoders have one sign, where they are too few for an interval over encoders."""
        return self.encoders >= ENCODERS_NEEDED or self.positive in (0, self.encoders)

    @property
    def decided(self) -> bool:
        """Whether the interval leaves out 0, holds what was replicated, and two encoders agree on the sign."""
        return (self.low > 0 or self.high < 0) and self.replicated and self.agree


def finite(values: "Sequence[float] | Float[np.ndarray, '...']", what: str) -> "Float[np.ndarray, '...']":
    """The values in double precision. Raises MetricError for one that is not finite: clamps and comparisons, such as
    "above or below 0", would pass over it and make a number of it."""
    found = np.asarray(values, dtype=np.float64)
    if not np.isfinite(found).all():
        raise MetricError(f"one of {what} is not a finite number; nothing can be told from it.")
    return found


def normal(level: float = LEVEL) -> float:
    """Two-sided standard normal quantile."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def student(df: float, level: float = LEVEL) -> float:
    """Two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 2))


def wilson(share: float, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval for a proportion `share` of `n` (Wilson 1927). Raises MetricError for n = 0."""
    if n < 1 or not 0 <= share <= 1:
        raise MetricError(
            f"an interval for a share of {share} among {n} examples; give a share in [0, 1] of 1 or more."
        )
    z2 = normal(level) ** 2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def student_interval(values: Sequence[float], level: float = LEVEL) -> tuple[float, float]:
    """Student's t interval for a mean of a few independent values. Raises MetricError for fewer than two."""
    if len(values) < 2:
        raise MetricError(f"an interval over {len(values)} value; a spread needs two or more.")
    values = finite(values, "the values of a mean").tolist()
    half = student(len(values) - 1, level) * float(np.std(values, ddof=1)) / sqrt(len(values))
    return float(np.mean(values)) - half, float(np.mean(values)) + half


def percentiles(draws: Float[np.ndarray, "b"], level: float = LEVEL) -> tuple[float, float]:
    """The percentile interval of bootstrap draws."""
    low, high = np.quantile(finite(draws, "the draws of an interval"), [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)


def holm(ps: Sequence[float]) -> list[float]:
    """p-values adjusted for their number, none assumed independent (Holm 1979)."""
    finite(ps, "the p-values to adjust")
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    found, least = [0.0] * len(ps), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, (len(ps) - rank) * ps[place]))
        found[place] = least
    return found


def influence(statistics: Float[np.ndarray, "n k"], score: ScoreOf) -> Float[np.ndarray, "n"] | None:
    """How much each example moves the score; the standard error is the root of the sum of squares.

    The infinitesimal jackknife (Efron 1982): what the bootstrap converges to for smooth scores, but exact, without
    draws, and additive, so that means and paired differences of scores need only sums of these vectors. None where
    the score has no slope (undefined when nudged).
    """
    n = len(statistics)
    sums = statistics.sum(axis=0)
    if n < 2:
        return None
    slope = np.empty(len(sums))
    for column in range(len(sums)):
        step = np.zeros(len(sums))
        step[column] = 1e-5 * max(1.0, float(np.abs(sums).max()))
        try:
            slope[column] = (score(sums + step) - score(sums - step)) / (2 * step[column])
        except MetricError:
            return None
    return np.asarray((statistics - sums / n) @ slope * sqrt(n / (n - 1)), dtype=np.float64)


def least_error(n: int) -> float:
    """The standard error to assume when no example moves the score: Wilson's interval at a share of 1, over z."""
    z = normal()
    return z / (n + z * z)


def error_of(variance: float, n: int) -> float:
    """The standard error of a score of n examples, from its variance over them; least_error where none moves it."""
    return sqrt(variance) if variance > 1e-18 else least_error(n)


def mean_of(groups: Iterable[Sequence[float]]) -> float:
    """The mean of a study's runs: over pretrained encoders, each the mean of its seeds. Raises MetricError for none."""
    means = [float(np.mean(group)) for group in groups if len(group)]
    if not means:
        raise MetricError("a mean of no runs; nothing can be told.")
    return float(np.mean(means))


def replicated(
    groups: Sequence[Sequence[float]],
    error: float,
    bounds: tuple[float, float] = (0.0, 1.0),
    level: float = LEVEL,
) -> Estimate:
    """The mean over encoders (each the mean of its seeds) with the widest interval that can be told.

    `groups` holds one sequence of seeds' values per pretrained encoder, `error` the standard error of the mean that
    comes from the test examples. With three or more encoders: Student's t over encoders. With fewer: t over seeds
    within encoders. Two encoders with one seed each: t over those two runs. A single run: examples only. The
    half-widths add as squares, for the sources are independent. Raises MetricError for none, and for NaN among them.
    """
    value = mean_of(groups)
    means = [float(np.mean(group)) for group in groups if len(group)]
    counts = [len(group) for group in groups if len(group)]
    degrees = sum(counts) - len(counts)
    spread, unit = 0.0, "examples"
    method = "normal approximation over test examples; one run, not repeated, so no spread over seeds or encoders"
    if len(means) >= ENCODERS_NEEDED:
        unit, method = "encoders", f"Student's t over {len(means)} pretrained encoders, and test examples"
        spread = student(len(means) - 1, level) * float(np.std(means, ddof=1)) / sqrt(len(means))
    elif degrees:
        unit, method = "seeds", f"Student's t over seeds ({degrees} d.f.) and test examples; for these encoders only"
        within = sum(float(((np.asarray(group) - np.mean(group)) ** 2).sum()) for group in groups if len(group))
        scale = sqrt(sum(1 / count for count in counts)) / len(counts)
        spread = student(degrees, level) * sqrt(within / degrees) * scale
    elif len(means) > 1:
        unit, method = "runs", "Student's t over one run of each of two encoders (1 d.f.) and test examples"
        spread = student(1, level) * float(np.std(means, ddof=1)) / sqrt(2)
    half = sqrt(spread**2 + (normal(level) * error) ** 2)
    if not (isfinite(value) and isfinite(half)):  # which the bounds below would hide
        raise MetricError(f"a mean of {value:g} with an interval of {half:g} to either side; nothing can be told.")
    return Estimate(
        value=value,
        low=max(bounds[0], value - half),
        high=min(bounds[1], value + half),
        unit=unit,
        method=method,
        encoders=len(means),
        runs=sum(counts),
        positive=sum(mean > 0 for mean in means),
    )
