"""How wide intervals must be: held against the definition and against what is drawn."""

from math import inf

import numpy as np
import pytest

from isogloss.core.errors import MetricError
from isogloss.stats.conformal import groups_needed, quantile


@pytest.mark.parametrize(("level", "groups"), [(0.8, 4), (0.9, 9), (0.95, 19), (0.5, 1)])
def test_how_many_groups_a_level_needs(level: float, groups: int) -> None:
    """n ≥ level / (1 - level): four languages for 80%, nine for 90% (Vovk et al. 2005)."""
    assert groups_needed(level) == groups


def test_too_few_groups_promise_nothing() -> None:
    """Eight languages give no 90% interval, nine give the largest score."""
    scores = [float(each) for each in range(8)]
    assert quantile(scores, list("abcdefgh"), 0.9) == inf
    assert quantile([*scores, 8.0], list("abcdefghi"), 0.9) == 8.0


def test_one_score_each_is_the_order_statistic() -> None:
    """With n groups of one score the quantile is the ⌈(n + 1)·level⌉-th smallest (Lei et al. 2018)."""
    scores = np.random.default_rng(0).exponential(size=30)
    assert quantile(scores, list(range(30)), 0.8) == np.sort(scores)[int(np.ceil(31 * 0.8)) - 1]


def test_every_group_has_one_vote() -> None:
    """A language with a hundred residuals counts as much as one with one."""
    scores = [0.1] * 100 + [float(each) for each in range(1, 10)]
    groups = ["many"] * 100 + [f"g{each}" for each in range(9)]
    assert quantile(scores, groups, 0.8) == quantile([0.1, *map(float, range(1, 10))], ["many", *groups[100:]], 0.8)


def test_the_next_group_lies_below_as_often_as_promised() -> None:
    """2,000 draws of twelve groups and one more: 90% hold, within what 2,000 draws allow."""
    draw = np.random.default_rng(5)
    held = [draw.exponential() <= quantile(draw.exponential(size=12), list(range(12)), 0.9) for _ in range(2000)]
    assert 0.89 <= np.mean(held) <= 0.96  # twelve groups: 12/13 is the nearest level that is not below


def test_nonsense_is_refused() -> None:
    """No score, or a level that is none."""
    with pytest.raises(MetricError, match="one or more"):
        quantile([], [], 0.9)
    with pytest.raises(MetricError, match="between 0 and 1"):
        groups_needed(1.0)
