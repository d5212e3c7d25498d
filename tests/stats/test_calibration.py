"""stats/calibration: confidence becomes the share of right answers."""

import numpy as np
import pytest

from isogloss.core.errors import MetricError
from isogloss.stats import calibration


def test_a_known_distortion_is_undone() -> None:
    """Answers that are right with the odds of e^(0.5 + 0.6 · log odds of the confidence): a and b come out."""
    stream = np.random.default_rng(3)
    confidence = stream.uniform(0.3, 0.99, 40_000)
    odds = np.log(confidence / (1 - confidence))
    right = stream.random(40_000) < 1 / (1 + np.exp(-(0.5 + 0.6 * odds)))
    found = calibration.fit(confidence, right.astype(float))
    assert found.a == pytest.approx(0.5, abs=0.06)
    assert found.b == pytest.approx(0.6, abs=0.04)
    told = found(confidence)
    for low in (0.6, 0.7, 0.8):
        near = (told > low) & (told < low + 0.05)
        assert right[near].mean() == pytest.approx(told[near].mean(), abs=0.02)


def test_few_or_equal_answers_stay_finite() -> None:
    """All right, or two answers: held towards the confidence as it is."""
    found = calibration.fit(np.full(20, 0.9), np.ones(20))
    assert 0.9 < found(np.array([0.9]))[0] < 1
    assert np.isfinite(calibration.fit(np.array([0.0, 1.0]), np.array([1.0, 0.0]))(np.array([0.5]))).all()
    with pytest.raises(MetricError, match="1 answers"):
        calibration.fit(np.array([0.5]), np.array([1.0]))
