"""Conformal intervals where what repeats is a group, such as a language: how wide they must be to hold as promised.

A residual over the standard deviation that a model gave it is a score of how wrong the model was. Groups that are left
out and predicted give such scores; of the next group nothing is assumed but that it is drawn as they were (Vovk et al.
2005; Lei et al. 2018). Every group has one vote, however many residuals it has, and the next one has the vote n + 1.
"""

from collections.abc import Hashable, Sequence
from math import inf

from isogloss.core.errors import MetricError
from isogloss.core.typing import Float, np
from isogloss.stats.intervals import finite


def groups_needed(level: float) -> int:
    """How many groups must have been seen before an interval of this level can be promised: n ≥ level / (1 - level)."""
    if not 0 < level < 1:
        raise MetricError(f"an interval of level {level:g}; give one between 0 and 1.")
    return int(np.ceil(round(level / (1 - level), 9)))


def quantile(scores: Sequence[float] | Float[np.ndarray, "n"], groups: Sequence[Hashable], level: float) -> float:
    """The score that the next group's stays below with this probability; infinite where groups are too few.

    `scores` are not negative; `groups` names the group of each. Raises MetricError for none, and
    for one that is not finite.
    """
    values = finite(scores, "the scores of what was predicted")
    if not len(values) or len(values) != len(groups):
        raise MetricError(f"{len(values)} scores of {len(groups)} groups; give one or more, and the group of each.")
    names = list(dict.fromkeys(groups))
    if len(names) < groups_needed(level):
        return inf
    sizes = dict.fromkeys(names, 0)
    for name in groups:
        sizes[name] += 1
    votes = np.array([1 / sizes[name] for name in groups]) / (len(names) + 1)
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(votes[order])
    place = int(np.searchsorted(reached, level - 1e-12))
    return inf if place >= len(values) else float(values[order[place]])
