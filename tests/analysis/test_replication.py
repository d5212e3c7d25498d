"""How many more seeds or encoders would decide: against Student's t as scipy has it, and what cannot be said."""

import numpy as np
import pytest
from scipy import stats

from isogloss.analysis.replication import MOST, Needed, needed
from isogloss.stats import intervals


def test_one_pair_tells_nothing_of_the_next() -> None:
    """A single run has no spread, whatever its error from the examples."""
    assert needed([[0.05]], 0.001, 0.05) == Needed(why="one pair")


def test_the_number_of_seeds_is_the_first_whose_interval_is_narrow_enough() -> None:
    """One encoder, gains .01 and .05: SD .0283; scipy's t interval of n such values is below .03 from n = 6 on."""
    sd = float(np.std([0.01, 0.05], ddof=1))
    first = next(n for n in range(2, 50) if stats.t.ppf(0.975, n - 1) * sd / np.sqrt(n) < 0.03)
    assert first == 6
    assert needed([[0.01, 0.05]], 0.0, 0.03) == Needed(more=4)


def test_that_many_seeds_do_decide_it() -> None:
    """Six seeds of the same mean and spread leave out 0; five do not."""
    sd = float(np.std([0.01, 0.05], ddof=1))
    for n, decided in ((6, True), (5, False)):
        shape = np.linspace(-1, 1, n)
        seeds = 0.03 + shape * sd / np.std(shape, ddof=1)
        assert intervals.replicated([seeds.tolist()], 0.0, (-1.0, 1.0)).decided is decided


def test_encoders_are_counted_where_they_are_the_unit() -> None:
    """Three encoders of mean .02 and SD .03: scipy's t interval leaves out 0 from twelve encoders on."""
    values = [-0.01, 0.02, 0.05]
    first = next(n for n in range(3, 50) if stats.t.ppf(0.975, n - 1) * np.std(values, ddof=1) / np.sqrt(n) < 0.02)
    assert needed([[each] for each in values], 0.0, 0.02) == Needed(more=first - 3, unit="encoders")


def test_two_encoders_with_one_run_each_need_a_second_seed_at_least() -> None:
    """The spread of the two runs stands for that of seeds; a seed more of each gives two degrees of freedom."""
    assert needed([[0.051], [0.049]], 0.0, 0.05) == Needed(more=1)


def test_no_number_of_seeds_beats_a_test_set_that_is_too_small() -> None:
    """The error from the examples does not shrink with seeds: 1.96 × .03 is more than .05."""
    assert needed([[0.05, 0.051]], 0.03, 0.05).why == "examples"


def test_two_encoders_that_disagree_need_a_third() -> None:
    """−1.0 and +8.6 points: more seeds of these two would not tell what the next encoder does."""
    assert needed([[-0.01], [0.086]], 0.001, 0.04) == Needed(unit="encoders", why="sign")


def test_more_than_a_hundred_are_not_counted() -> None:
    """A gain of a hundredth of its spread."""
    assert needed([[-0.1, 0.102]], 0.0, 0.001) == Needed(why="many")
    assert MOST == 100


def test_what_is_decided_needs_none() -> None:
    """Three seeds of .05 ± .001."""
    assert needed([[0.049, 0.05, 0.051]], 0.0, 0.05) == Needed(more=0)


@pytest.mark.parametrize(
    ("groups", "unit", "decided"),
    [
        ([[0.05]], "examples", False),  # one run: not repeated
        ([[-0.01], [0.086]], "runs", False),  # the two pairs that were praised as +3.8 [+2.1, +5.4]
        ([[0.05], [0.051]], "runs", True),
        ([[0.05, 0.051], [-0.001, -0.002]], "seeds", False),  # the encoders disagree
        ([[0.05, 0.051], [0.06, 0.061]], "seeds", True),
        ([[0.05], [0.051], [0.049]], "encoders", True),
    ],
)
def test_nothing_is_decided_by_the_examples_of_runs_that_were_not_repeated(
    groups: list[list[float]], unit: str, decided: bool
) -> None:
    """An interval must hold what was replicated; with two encoders both must have one sign."""
    found = intervals.replicated(groups, 0.005, (-1.0, 1.0))
    assert (found.unit, found.decided) == (unit, decided)


def test_two_runs_have_students_interval_with_one_degree_of_freedom() -> None:
    """−1.0 and +8.6 points: 3.8 ± 12.706 × 6.79 / √2 = ± 61.0, by scipy."""
    found = intervals.replicated([[-0.01], [0.086]], 0.0, (-1.0, 1.0))
    low, high = stats.t.interval(0.95, 1, loc=0.038, scale=np.std([-0.01, 0.086], ddof=1) / np.sqrt(2))
    assert (found.low, found.high) == pytest.approx((low, high))
