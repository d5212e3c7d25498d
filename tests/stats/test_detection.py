"""Telling two classes apart: areas, cuts and shares."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from isogloss.core.errors import MetricError
from isogloss.stats.detection import (
    Calibration,
    auc,
    auc_interval,
    calibrate,
    crossed,
    drift,
    f1,
    f1_intervals,
    threshold,
)

BOTH = st.lists(st.tuples(st.integers(-5, 5), st.booleans()), min_size=2, max_size=40).filter(
    lambda rows: len({label for _, label in rows}) == 2
)


@settings(max_examples=30)
@given(BOTH)
def test_the_area_is_mann_and_whitneys(rows: list[tuple[int, bool]]) -> None:
    """SciPy's U over the number of pairs of an equivalent and a divergent one; ties count half."""
    scores, labels = np.array([float(score) for score, _ in rows]), np.array([label for _, label in rows])
    u = mannwhitneyu(scores[labels], scores[~labels]).statistic
    assert auc(scores, labels) == pytest.approx(u / labels.sum() / (~labels).sum())


def test_a_missing_class_has_no_area() -> None:
    """It is an error, not one half."""
    with pytest.raises(MetricError, match="some of each class"):
        auc(np.array([1.0, 2.0]), np.array([True, True]))


def test_f1_is_that_of_its_class() -> None:
    """2 right of 3 predicted and 4 there: 2·2/(3+4); of the other class 1 right of 3 and 2 there: 2·1/(3+2)."""
    gold = np.array([True, True, True, True, False, False])
    cut = np.array([True, True, False, False, True, False])
    assert f1(cut, gold) == pytest.approx(4 / 7)
    found = f1_intervals(cut, gold, "key")
    assert [found[name].value for name in ("equivalent", "divergent")] == pytest.approx([4 / 7, 2 / 5])
    assert found["mean"].low <= found["mean"].value <= found["mean"].high


@settings(max_examples=30)
@given(BOTH.filter(lambda rows: len({score for score, _ in rows}) > 1))
def test_no_other_cut_has_a_better_mean_f1(rows: list[tuple[int, bool]]) -> None:
    """Tried one by one."""
    scores, labels = np.array([float(score) for score, _ in rows]), np.array([label for _, label in rows])

    def worth(at: float) -> float:
        return f1(scores >= at, labels) + f1(scores < at, ~labels)

    levels = sorted(set(scores))
    cuts = [(one + two) / 2 for one, two in pairwise(levels)]
    assert worth(threshold(scores, labels)) == pytest.approx(max(map(worth, cuts)))


def test_pairs_do_not_set_their_own_threshold() -> None:
    """Scores without any information: cross-fitted decisions are right about half the time."""
    stream = np.random.default_rng(5)
    labels = np.arange(400) % 2 == 0
    right = np.mean([(crossed(stream.normal(size=400), labels, str(each)) == labels).mean() for each in range(20)])
    assert right == pytest.approx(0.5, abs=0.03)


def test_the_interval_covers_the_truth() -> None:
    """Two normals one standard deviation apart have an area of Φ(1/√2) = .7602 (Green & Swets 1966)."""
    covered = 0
    for each in range(40):
        stream = np.random.default_rng(each)
        labels = np.arange(120) < 60
        found = auc_interval(stream.normal(size=120) + labels, labels, str(each), draws=200)
        covered += found.low <= 0.7602 <= found.high
    assert covered >= 34


def test_the_share_is_corrected_for_alarms_and_misses() -> None:
    """Rogan & Gladen: 30% truly drifted, found with rate .8, alarms at .1: .3·.8 + .7·.1 = 31% fall below."""
    by = Calibration(threshold=0.0, hits=0.8, alarms=0.1, divergent=1000, equivalent=1000)
    scores = np.where(np.arange(100) < 31, -1.0, 1.0)
    found = drift(scores, by)
    assert found.below.value == pytest.approx(0.31)
    assert found.drifted is not None
    assert found.drifted.value == pytest.approx(0.3)
    assert found.drifted.low < 0.3 < found.drifted.high
    assert found.below.low < 0.31 < found.below.high


def test_a_threshold_that_tells_nothing_apart_says_nothing_of_drift() -> None:
    """The share below it is given; the corrected one is absent rather than a division by nothing."""
    found = drift(np.array([-1.0, 1.0]), Calibration(threshold=0, hits=0.2, alarms=0.2, divergent=5, equivalent=5))
    assert found.drifted is None
    with pytest.raises(MetricError):
        calibrate(np.array([1.0, 1.0]), np.array([True, False]))
