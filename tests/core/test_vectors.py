"""core/vectors: the size of vectors, and what is left of them without their mean."""

import numpy as np
import pytest

from isogloss.core import vectors
from isogloss.core.errors import MetricError
from isogloss.core.vectors import centred, length


@pytest.mark.parametrize("scale", [1.0, 1e-300, 1e-30, 1e30, 1e300])
def test_length_is_the_root_mean_square_norm_at_any_scale(scale: float) -> None:
    """(3, 4) and (0, 5) are 5 long, also where squares leave double precision."""
    assert length(np.array([[3.0, 4.0], [0.0, 5.0]]) * scale) == pytest.approx(5 * scale)


def test_single_precision_overflows_nowhere() -> None:
    """Squares of 1e30 are infinite in single precision; the length is not."""
    assert length(np.full((4, 3), 1e30, dtype=np.float32)) == pytest.approx(1e30 * 3**0.5)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 5, 9])
def test_one_number_that_is_not_finite_shows(number: float, row: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever block of rows it stands."""
    monkeypatch.setattr(vectors, "BLOCK", 4)
    rows = np.ones((10, 3))
    rows[row, 1] = number
    assert not np.isfinite(length(rows))


def test_nothing_is_zero_long() -> None:
    """No rows, no dimensions, and zeros."""
    assert [length(np.zeros(shape)) for shape in ((0, 3), (3, 0), (2, 3))] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("noise", [0.0, 1e-17, 1e-9])
def test_equal_vectors_leave_nothing_without_their_mean(noise: float) -> None:
    """What is left of them is the rounding of the mean, which no measure should see."""
    draw = np.random.default_rng(0)
    rows = draw.standard_normal(16) + noise * draw.standard_normal((40, 16))
    with pytest.raises(MetricError, match="the same, but for rounding"):
        centred(rows, rows.mean(axis=0))


def test_other_vectors_are_moved() -> None:
    """By the mean, and by nothing else."""
    rows = np.array([[1.0, 2.0], [3.0, 6.0]])
    assert centred(rows, rows.mean(axis=0)).tolist() == [[-1.0, -2.0], [1.0, 2.0]]
