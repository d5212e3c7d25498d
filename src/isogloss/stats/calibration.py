"""Confidence and being right: how far the one is from the other, and two numbers that bring them together.

Platt 1999: log odds of being right = a + b · log odds of the confidence; b = 1 and a = 0 leave it as it is.
"""

from dataclasses import dataclass

from isogloss.core.errors import MetricError
from isogloss.core.typing import Bool, Float, np
from isogloss.stats.intervals import finite

BINS = 10
"""Of equal width, for calibration errors."""
EDGE = 1e-4
"""Confidences are held between this and 1 less this, so that their log odds are finite."""
PULL = 1.0
"""How strongly a and b are held to 0 and 1: as much as one prior answer of each kind."""
ROUNDS = 50
ROUNDING = 1e-6
"""How far beyond 0 and 1 confidences in single precision may lie."""


def misses(confidence: Float[np.ndarray, "n"], right: Bool[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    """What each answer adds to the expected calibration error (Guo et al. 2017): their mean is the error.

    The error lies in [0, 1], lower is better. It is never below 0, so that few answers make it look worse than it is.
    Raises MetricError for a confidence outside [0, 1].
    """
    confidence = _shares(confidence)
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    apart = confidence - right
    found: Float[np.ndarray, "n"] = np.sign(np.bincount(bins, apart, BINS))[bins] * apart
    return found


@dataclass(frozen=True, kw_only=True)
class Platt:
    """A calibration, and how many answers it was fitted to."""

    a: float
    b: float
    n: int

    def __call__(self, confidence: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
        """The expected share of right answers, in [0, 1]."""
        found: Float[np.ndarray, "n"] = 1 / (1 + np.exp(-(self.a + self.b * _odds(confidence))))
        return found


def fit(confidence: Float[np.ndarray, "n"], right: Float[np.ndarray, "n"]) -> Platt:
    """Fit by Newton's method, held a little to "leave it as it is"; `right` is how much of each answer is, in [0, 1].

    Raises MetricError for fewer than two answers, and for numbers outside [0, 1].
    """
    if len(confidence) < 2 or len(confidence) != len(right):
        raise MetricError(f"a calibration from {len(confidence)} answers; two or more are needed.")
    _shares(right)
    odds = _odds(confidence)
    columns = np.stack([np.ones_like(odds), odds], axis=1)
    start = np.array([0.0, 1.0])
    theta = start.copy()
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(columns @ theta, -30, 30)))
        slope = columns.T @ (right - p) - PULL * (theta - start)
        curve = (columns * (p * (1 - p))[:, None]).T @ columns + PULL * np.eye(2)
        step = np.linalg.solve(curve, slope)
        theta = theta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < 1e-10:
            break
    return Platt(a=float(theta[0]), b=float(theta[1]), n=len(odds))


def _shares(values: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    """The values. Raises MetricError for one that is not a number in [0, 1], to rounding."""
    found = finite(values, "the confidences of answers, or how right they are,")
    if len(found) and not -ROUNDING <= found.min() <= found.max() <= 1 + ROUNDING:
        raise MetricError(f"confidences from {found.min():.3g} to {found.max():.3g}; they are shares, in [0, 1].")
    return np.asarray(np.clip(found, 0.0, 1.0))


def _odds(confidence: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    held = np.clip(_shares(confidence), EDGE, 1 - EDGE)
    found: Float[np.ndarray, "n"] = np.log(held) - np.log1p(-held)
    return found
