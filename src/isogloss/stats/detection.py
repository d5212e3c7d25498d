"""How well a score tells two classes apart, where to cut it, and what share of a list falls below the cut.

Scores are of equivalence: the higher, the more equivalent. Intervals resample each class by itself, so that the share
of each class, on which F1 depends, stays that of the file.
"""

from dataclasses import dataclass
from math import sqrt

from isogloss.core.errors import MetricError
from isogloss.core.seeds import rng
from isogloss.core.shown import amount
from isogloss.core.typing import Bool, Float, np
from isogloss.stats.intervals import finite, normal, percentiles, wilson

DRAWS = 1000
FOLDS = 5
Scores = Float[np.ndarray, "n"]
Labels = Bool[np.ndarray, "n"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """A number with its 95% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """A threshold, and how often pairs of a known kind fall below it."""

    threshold: float
    hits: float
    """Share of the divergent that fall below."""
    alarms: float
    """Share of the equivalent that fall below."""
    divergent: int
    equivalent: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """The share of a list of pairs that has drifted in meaning."""

    below: Value
    """The share that scores below the threshold, with Wilson's interval."""
    expected: float
    """The share that would, had none drifted."""
    drifted: Value | None
    """Corrected for alarms and misses (Rogan & Gladen 1978); None where the threshold tells nothing apart."""
    n: int


def auc(scores: Scores, equivalent: Labels) -> float:
    """Probability that an equivalent pair scores above a divergent one, ties half (Mann & Whitney).

    Raises MetricError where a class is missing, and for a score that is not finite.
    """
    from scipy.stats import rankdata

    finite(scores, "the scores of pairs")
    n = int(equivalent.sum())
    if not 0 < n < len(scores):
        raise MetricError(f"{n} equivalent pairs of {len(scores)}; an AUC needs some of each class.")
    ranks = rankdata(scores)
    return float((ranks[equivalent].sum() - n * (n + 1) / 2) / (n * (len(scores) - n)))


def f1(predicted: Labels, gold: Labels) -> float:
    """F1 of the class marked True. Raises MetricError where it is neither predicted nor there."""
    both, either = int((predicted & gold).sum()), int(predicted.sum() + gold.sum())
    if not either:
        raise MetricError("F1 of a class that is neither predicted nor there is undefined.")
    return 2 * both / either


def auc_interval(scores: Scores, equivalent: Labels, key: str, draws: int = DRAWS) -> Value:
    """The AUC with its interval. Raises MetricError where a class is missing."""
    value = auc(scores, equivalent)
    levels, level = np.unique(scores, return_inverse=True)
    stream = rng(key, "bootstrap over pairs")
    same, other = (
        stream.multinomial(int(of.sum()), np.bincount(level[of], minlength=len(levels)) / of.sum(), size=draws)
        for of in (equivalent, ~equivalent)
    )
    below = np.cumsum(other, axis=1) - other / 2  # ties count half
    low, high = percentiles((same * below).sum(axis=1) / (equivalent.sum() * (~equivalent).sum()))
    return Value(value=value, low=low, high=high)


def f1_intervals(predicted: Labels, gold: Labels, key: str, draws: int = DRAWS) -> dict[str, Value]:
    """F1 of the "equivalent" (True), of the "divergent", and the "mean" of both, with intervals.

    Raises MetricError where a class is missing.
    """
    if gold.all() or not gold.any():
        raise MetricError(f"{int(gold.sum())} equivalent pairs of {len(gold)}; F1 of both needs some of each class.")
    stream = rng(key, "bootstrap over pairs")
    n, m = int(gold.sum()), int((~gold).sum())
    right = np.append(stream.binomial(n, predicted[gold].mean(), size=draws), predicted[gold].sum())
    wrong = np.append(stream.binomial(m, predicted[~gold].mean(), size=draws), predicted[~gold].sum())
    same = 2 * right / (right + wrong + n)
    other = 2 * (m - wrong) / ((n - right) + (m - wrong) + m)
    intervals = {}
    for name, drawn in (("equivalent", same), ("divergent", other), ("mean", (same + other) / 2)):
        low, high = percentiles(drawn[:-1])
        intervals[name] = Value(value=float(drawn[-1]), low=low, high=high)
    return intervals


def threshold(scores: Scores, equivalent: Labels) -> float:
    """The cut with the best mean F1 of both classes, halfway between two scores; below it is divergent."""
    auc(scores, equivalent)
    order = np.argsort(scores, kind="stable")
    gold = equivalent[order]
    below = np.arange(1, len(scores))
    right_below = np.cumsum(~gold)[:-1]
    right_above = gold.sum() - np.cumsum(gold)[:-1]
    divergent = 2 * right_below / (below + (~gold).sum())
    same = 2 * right_above / (len(scores) - below + gold.sum())
    ordered = scores[order]
    worth = np.where(ordered[1:] > ordered[:-1], divergent + same, -1.0)
    at = int(worth.argmax())
    if worth[at] < 0:
        raise MetricError("all scores are equal; there is nowhere to cut.")
    return float((ordered[at] + ordered[at + 1]) / 2)


def calibrate(scores: Scores, equivalent: Labels) -> Calibration:
    """A threshold from labelled pairs, and its rates on them."""
    at = threshold(scores, equivalent)
    return Calibration(
        threshold=at,
        hits=float((scores[~equivalent] < at).mean()),
        alarms=float((scores[equivalent] < at).mean()),
        divergent=int((~equivalent).sum()),
        equivalent=int(equivalent.sum()),
    )


def crossed(scores: Scores, equivalent: Labels, key: str, folds: int = FOLDS) -> Labels:
    """Which pairs count as equivalent, each fold cut at the threshold of the others, so that no pair sets its own.

    Raises MetricError where a class has fewer than two pairs: without one of them none is left to set a threshold.
    """
    n, m = int(equivalent.sum()), int((~equivalent).sum())
    if min(n, m) < 2:
        raise MetricError(
            f"{amount(n, 'equivalent pair')} and {m:,} divergent; a threshold that no pair sets for itself needs two "
            "or more of each."
        )
    fold = np.empty(len(scores), dtype=int)
    for places in (np.flatnonzero(equivalent), np.flatnonzero(~equivalent)):
        fold[rng(key, "folds").permutation(places)] = np.arange(len(places)) % folds
    found = np.empty(len(scores), dtype=bool)
    for number in range(folds):
        here = fold == number
        found[here] = scores[here] >= threshold(scores[~here], equivalent[~here])
    return found


def drift(scores: Scores, by: Calibration) -> Drift:
    """What share of a list of pairs has drifted. Raises MetricError for an empty list."""
    n = len(finite(scores, "the scores of pairs"))
    share = float((scores < by.threshold).mean()) if n else 0.0
    low, high = wilson(share, n)
    apart = by.hits - by.alarms
    corrected = None
    if apart > 0:
        value = (share - by.alarms) / apart
        variance = (
            share * (1 - share) / n
            + (1 - value) ** 2 * by.alarms * (1 - by.alarms) / by.equivalent
            + value**2 * by.hits * (1 - by.hits) / by.divergent
        ) / apart**2
        half = normal() * sqrt(variance)
        corrected = Value(value=_share(value), low=_share(value - half), high=_share(value + half))
    return Drift(below=Value(value=share, low=low, high=high), expected=by.alarms, drifted=corrected, n=n)


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
