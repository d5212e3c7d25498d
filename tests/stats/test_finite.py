"""Numbers that are none go into no statistic: each says so, instead of telling something about them."""

from collections.abc import Callable

import numpy as np
import pytest

from isogloss.core.errors import MetricError
from isogloss.stats import agreement, calibration, conformal, detection, intervals, mixed

NONE = float("nan")
SCORES = np.array([NONE, 0.2, 0.3, 0.4])
KIND = np.array([True, False, True, False])
CUT = detection.calibrate(np.array([0.9, 0.2, 0.3, 0.4]), KIND)
RATED = np.array([[1.0, 2.0], [2.0, float("inf")], [3.0, 3.0]])
COLUMNS = np.stack([np.ones(8), np.arange(8.0)], axis=1)
CASES: dict[str, Callable[[], object]] = {
    "student_interval": lambda: intervals.student_interval([NONE, 1.0, 2.0]),
    "percentiles": lambda: intervals.percentiles(SCORES),
    "holm": lambda: intervals.holm([0.01, NONE]),
    "wilson": lambda: intervals.wilson(NONE, 3),
    "replicated": lambda: intervals.replicated([[NONE, 0.5]], 0.1),
    "auc": lambda: detection.auc(SCORES, KIND),
    "threshold": lambda: detection.threshold(SCORES, KIND),
    "crossed": lambda: detection.crossed(SCORES, KIND, "key", folds=2),
    "drift": lambda: detection.drift(SCORES, CUT),
    "misses": lambda: calibration.misses(SCORES, KIND),
    "misses of more than all": lambda: calibration.misses(SCORES[1:] + 1, KIND[1:]),
    "fit": lambda: calibration.fit(SCORES, KIND.astype(float)),
    "Platt": lambda: calibration.Platt(a=0.0, b=1.0, n=2)(SCORES),
    "conformal": lambda: conformal.quantile([NONE] * 40, range(40), 0.9),
    "alpha": lambda: agreement.alpha(RATED),
    "icc": lambda: agreement.icc(RATED),
    "ratio below 0": lambda: agreement.alpha(np.array([[-1.0, 1.0], [1.0, 1.0], [0.0, 1.0]]), "ratio"),
    "mixed outcomes": lambda: mixed.fit(np.append(np.arange(7.0), NONE), COLUMNS, []),
    "mixed columns": lambda: mixed.fit(np.arange(8.0), COLUMNS + np.eye(8, 2) * NONE, []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_a_number_is_refused(name: str) -> None:
    """IEEE 754: every comparison with NaN is false, so that "not above" and "not below" would both be said of it."""
    with pytest.raises(MetricError):
        CASES[name]()


@pytest.mark.parametrize("mean", [False, True])
def test_agreement_of_equal_ratings_is_undefined(mean: bool) -> None:
    """No variance between items and none within: 0/0 (Shrout & Fleiss 1979), as it is for alpha."""
    for measured in (agreement.icc, agreement.icc_with_interval):
        with pytest.raises(MetricError, match="all ratings are 4"):
            measured(np.full((8, 3), 4.0), mean=mean)
