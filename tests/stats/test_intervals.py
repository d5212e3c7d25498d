"""Intervals and tests, held against scipy.stats, closed forms and simulated truth."""

import numpy as np
import pytest
from scipy import stats

from isogloss.core.errors import MetricError
from isogloss.metrics.accuracy import METRIC as ACCURACY
from isogloss.metrics.run_f1 import METRIC as RUN_F1
from isogloss.stats import intervals


def answers(n: int, share: float, seed: int = 0) -> np.ndarray:
    """(n, 2) rows of (correct, 1)."""
    return np.stack([np.random.default_rng(seed).random(n) < share, np.ones(n)], axis=1).astype(np.float64)


def tags(n: int, seed: int = 0) -> np.ndarray:
    """(n, 3) rows of (correct, predicted, gold) chunks."""
    stream = np.random.default_rng(seed)
    gold = stream.integers(1, 9, n)
    return np.stack([stream.binomial(gold, 0.7), stream.integers(1, 9, n) + 8, gold + 8], axis=1).astype(np.float64)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (7, 10), (10, 10), (4009, 5010)])
def test_wilson_equals_scipy(k: int, n: int) -> None:
    """Wilson's interval is scipy.stats.binomtest's."""
    expected = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert intervals.wilson(k / n, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_refuses_no_examples() -> None:
    """A share of nothing has no interval."""
    with pytest.raises(MetricError, match="0 examples"):
        intervals.wilson(0.5, 0)


def test_student_interval_equals_scipy() -> None:
    """The t interval over a few values is scipy.stats.t's."""
    values = [0.61, 0.66, 0.58]
    expected = stats.t.interval(0.95, 2, loc=np.mean(values), scale=stats.sem(values))
    assert intervals.student_interval(values) == pytest.approx(expected, abs=1e-12)
    with pytest.raises(MetricError, match="two or more"):
        intervals.student_interval([0.5])


@pytest.mark.parametrize(("rows", "metric"), [(answers(800, 0.7), ACCURACY), (tags(800), RUN_F1)])
def test_influence_gives_the_bootstrap_error(rows: np.ndarray, metric: object) -> None:
    """The infinitesimal jackknife's standard error is the bootstrap's, for accuracy and for F1."""
    score = metric.score  # type: ignore[attr-defined]
    vector = intervals.influence(rows, score)
    assert vector is not None
    n, stream = len(rows), np.random.default_rng(5)
    drawn = [score(counts @ rows) for counts in stream.multinomial(n, np.full(n, 1 / n), size=4000).astype(float)]
    assert np.sqrt(vector @ vector) == pytest.approx(np.std(drawn), rel=0.05)


def test_influence_of_accuracy_is_the_binomial_error() -> None:
    """For accuracy the error has a closed form: the root of p(1-p)/(n-1)."""
    rows = answers(500, 0.8)
    share = rows[:, 0].mean()
    vector = intervals.influence(rows, ACCURACY.score)
    assert vector is not None
    assert np.sqrt(vector @ vector) == pytest.approx(np.sqrt(share * (1 - share) / 499), rel=1e-6)


def test_few_encoders_say_nothing_of_others() -> None:
    """With two encoders the interval speaks of seeds, with one run of examples, with three of encoders."""
    assert intervals.replicated([[0.5, 0.6], [0.7, 0.8]], 0.01).unit == "seeds"
    assert intervals.replicated([[0.5]], 0.01).unit == "examples"
    assert intervals.replicated([[0.5], [0.6], [0.7]], 0.01).unit == "encoders"


def test_replicated_without_test_error_is_students_t() -> None:
    """Three encoders and no error from examples give the t interval over their means."""
    found = intervals.replicated([[0.5, 0.54], [0.6, 0.56], [0.66, 0.7]], 0.0)
    assert (found.low, found.high) == pytest.approx(intervals.student_interval([0.52, 0.58, 0.68]))
    assert (found.encoders, found.runs, found.positive) == (3, 6, 3)


def test_seeds_within_two_encoders_are_pooled() -> None:
    """Two encoders of two seeds each: pooled variance, two degrees of freedom, half-width by hand."""
    found = intervals.replicated([[0.50, 0.54], [0.70, 0.78]], 0.0)
    # within: (.02² + .02²) + (.04² + .04²) = .004 over 2 d.f. = .002; mean of two means of two: .002 * (1/2 + 1/2) / 4.
    half = stats.t.ppf(0.975, 2) * np.sqrt(0.002 * 1.0 / 4)
    assert found.value - found.low == pytest.approx(half)


def test_an_interval_stays_inside_its_bounds() -> None:
    """A score's interval never leaves [0, 1]."""
    found = intervals.replicated([[0.99, 1.0], [0.98, 1.0]], 0.02)
    assert found.high == 1.0


@pytest.mark.parametrize("encoders", [3, 5])
def test_intervals_cover_the_truth(encoders: int) -> None:
    """Over simulated studies the 95% interval over encoders holds the true mean in 93 to 98.5% of 1,000.

    Encoders, seeds and shared test examples all vary; the two sources' half-widths add as squares, which is a little
    cautious, so the upper bound is above 97%.
    """
    stream = np.random.default_rng(encoders)
    truth, studies = 0.6, 1000
    hits = 0
    for _ in range(studies):
        hardness = stream.normal(0, 0.02)  # this test set is harder or easier than the next, for all runs alike
        groups = []
        for _ in range(encoders):
            mean = truth + stream.normal(0, 0.05)
            groups.append([mean + hardness + stream.normal(0, 0.02) for _ in range(2)])
        found = intervals.replicated(groups, 0.02)
        hits += found.low <= truth <= found.high
    assert 0.93 <= hits / studies <= 0.985


def test_a_cluster_bootstrap_of_three_encoders_is_too_narrow() -> None:
    """Why t is used: resampling three encoders covers the truth far less often than it says."""
    stream = np.random.default_rng(1)
    hits = ours = 0
    for _ in range(300):
        means = 0.6 + stream.normal(0, 0.05, 3)
        found = intervals.replicated([[float(mean)] for mean in means], 0.0)
        ours += found.low <= 0.6 <= found.high
        low, high = intervals.percentiles(means[stream.integers(3, size=(200, 3))].mean(axis=1))
        hits += low <= 0.6 <= high
    assert hits / 300 < 0.85
    assert ours / 300 >= 0.93


def test_nothing_has_no_mean() -> None:
    """A mean of no runs is an error, not a zero."""
    with pytest.raises(MetricError, match="no runs"):
        intervals.replicated([[]], 0.1)


@pytest.mark.parametrize(
    ("groups", "error"), [([[0.5, float("nan")]], 0.1), ([[0.5]], float("nan")), ([[0.5]], np.inf)]
)
def test_what_is_not_a_number_has_no_interval(groups: list[list[float]], error: float) -> None:
    """Bounds would make [0, 1] of it, an interval like any other."""
    with pytest.raises(MetricError, match="nothing can be told"):
        intervals.replicated(groups, error)
