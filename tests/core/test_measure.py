"""core/measure: what a measure gives is finite and inside its bounds, or an error."""

from dataclasses import replace

import numpy as np
import pytest

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure

CORPUS = Corpus(name="here", vectors=np.eye(3))


def constant(value: float) -> Measure:
    """A measure in [0, 1] that gives this value for everything."""
    return Measure(
        name="constant", title="", family="distributional", compare=lambda *_: value, needs=("vectors",), unit="",
        bounds=(0.0, 1.0),
    )  # fmt: skip


@pytest.mark.parametrize(("value", "held"), [(0.5, 0.5), (-1e-12, 0.0), (1 + 1e-12, 1.0)])
def test_rounding_may_take_a_value_to_a_bound_and_not_past_it(value: float, held: float) -> None:
    """Past a bound by less than 1e-9 is on it."""
    assert constant(value)(CORPUS, CORPUS) == held


@pytest.mark.parametrize("value", [-1e-6, 1.001, 1e25, float("nan"), float("inf"), -float("inf")])
def test_what_lies_outside_the_bounds_is_no_value(value: float) -> None:
    """The error says what came out and what is allowed."""
    with pytest.raises(MetricError, match=r"came out as .*; a value lies in \[0, 1\]"):
        constant(value)(CORPUS, CORPUS)


@pytest.mark.parametrize("raised", [ZeroDivisionError("division"), OverflowError("too large"), np.linalg.LinAlgError()])
def test_arithmetic_that_fails_is_an_undefined_value(raised: Exception) -> None:
    """An error of arithmetic or of linear algebra becomes the one that a study leaves a row out for."""

    def fails(*_: Corpus) -> float:
        raise raised

    with pytest.raises(MetricError, match="undefined for 'here' and 'here'"):
        replace(constant(0.0), compare=fails)(CORPUS, CORPUS)


def test_an_infinite_bound_admits_no_infinite_value() -> None:
    """A distance without an upper bound is a number all the same."""
    with pytest.raises(MetricError, match="came out as inf"):
        replace(constant(float("inf")), bounds=(0.0, float("inf")))(CORPUS, CORPUS)


@pytest.mark.parametrize(("scale", "said"), [(np.nan, "not finite"), (np.inf, "not finite"), (1e300, "1e\\+300 long")])
def test_numbers_that_nothing_can_be_computed_from_are_refused_before_anything_is(scale: float, said: str) -> None:
    """A measure whose formula hides them never sees them."""
    with pytest.raises(MetricError, match=said):
        constant(0.0)(CORPUS, Corpus(name="there", vectors=np.full((3, 3), scale / 3**0.5)))
