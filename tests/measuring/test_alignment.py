"""evaluation/change: what is said to have moved did, by as much, and nothing is made of nothing."""

from itertools import pairwise

import numpy as np
import pytest

from isogloss.core import folder
from isogloss.measuring.alignment import Aligned, aligned, change, halves_of

RETRIEVAL = folder.load("measures", "retrieval_accuracy")


def test_the_same_encoder_before_and_after_changed_nothing() -> None:
    """0 exactly, with an interval of no width."""
    was = Aligned(value=0.5, halves=(0.4, 0.6, 0.5, 0.5))
    found = change(was, [was])
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_a_change_is_after_less_before() -> None:
    """Below 0 where alignment was lost; the mean over several trainings."""
    was = Aligned(value=0.9, halves=())
    assert change(was, [Aligned(value=0.6, halves=())]).value == pytest.approx(-0.3)
    assert change(was, [Aligned(value=value, halves=()) for value in (0.6, 0.8)]).value == pytest.approx(-0.2)


def test_the_interval_holds_sentences_and_trainings() -> None:
    """Halves that moved alike have no spread over sentences. Two trainings of -.1 and -.3 then have the half-width of
    a t interval with one degree of freedom, 12.706 x .1 (Student's table)."""
    was = Aligned(value=0.8, halves=(0.8, 0.8))
    after = [Aligned(value=0.8 - lost, halves=(0.8 - lost, 0.8 - lost)) for lost in (0.1, 0.3)]
    found = change(was, after)
    assert found.high is not None
    assert found.low is not None
    assert found.value == pytest.approx(-0.2)
    assert (found.high - found.low) / 2 == pytest.approx(12.706 * 0.1, rel=1e-3)


def test_the_floor_is_what_halves_of_one_text_differ_by() -> None:
    """Before any training: .1 and .3 apart, .2 on average."""
    was = Aligned(value=0.5, halves=(0.5, 0.6, 0.3, 0.6))
    found = change(was, [was])
    assert found.null == pytest.approx(0.2)
    assert found.null_high is not None
    assert 0.2 < found.null_high <= 0.3


def test_halves_are_disjoint_and_the_same_for_one_text() -> None:
    """Ten of them, five times two; none of seven sentences."""
    found = halves_of(21, "a text")
    assert len(found) == 10
    assert all(len(rows) == 10 for rows in found)
    assert all(not set(one) & set(other) for one, other in list(pairwise(found))[::2])
    assert all((one == other).all() for one, other in zip(found, halves_of(21, "a text"), strict=True))
    assert halves_of(7, "a text") == []


def test_each_layer_is_measured_by_itself() -> None:
    """A layer where translations are alike finds all of them, one where they are unrelated few."""
    draw = np.random.default_rng(0)
    english = {0: draw.normal(size=(40, 8)), 1: draw.normal(size=(40, 8))}
    other = {0: draw.normal(size=(40, 8)), 1: english[1] + 3.0}  # an offset of the language, taken away by centring
    found = aligned(RETRIEVAL, english, other, halves_of(40, "a text"), "made up")
    assert found[1].value == 1.0
    assert found[1].halves == (1.0,) * 10
    assert found[0].value < 0.2


def test_a_layer_where_nothing_can_be_measured_is_left_out() -> None:
    """All sentences have one vector there."""
    rows = {0: np.ones((10, 4)), 1: np.random.default_rng(0).normal(size=(10, 4))}
    assert set(aligned(RETRIEVAL, rows, rows, [], "made up")) == {1}
