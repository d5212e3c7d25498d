"""What retrieval predictions and golds look like.

A row is one query. Its prediction is a ranking of candidate ids, best first: a list of ids, or
{"ids": [...], "scores": [...]} with scores in the same order, higher is closer. Its gold is the list of relevant ids.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from numbers import Real
from typing import Any

from isogloss.core.errors import MetricError


def ids_of(prediction: Any) -> Sequence[str]:
    """The ranked candidate ids of one query, best first. Raises MetricError for another form."""
    found = prediction.get("ids") if isinstance(prediction, Mapping) else prediction
    if not isinstance(found, (list, tuple)):
        raise MetricError(f"a ranking reads {prediction!r:.80}; give a list of ids, or {{'ids': […], 'scores': […]}}.")
    return found


def scores_of(prediction: Any) -> Sequence[float]:
    """The scores of the ranked candidates of one query. Raises MetricError when they were not kept or not finite."""
    found = prediction.get("scores") if isinstance(prediction, Mapping) else None
    if found is None or len(found) != len(ids_of(prediction)):
        raise MetricError(f"a ranking reads {prediction!r:.80}; a threshold needs one score per id beside the ids.")
    if not all(isinstance(each, Real) and isfinite(each) for each in found):
        raise MetricError(
            "a candidate's score is not a finite number, so no threshold can be held against it: the vectors it was "
            "computed from are damaged or have overflowed."
        )
    return list(found)


def relevant(gold: Sequence[str], row: int) -> set[str]:
    """The relevant ids of one query. Raises MetricError when there is none, since no ranking could be right."""
    if not gold:
        raise MetricError(f"query {row} (from 0) has no relevant candidate, so its score is undefined; leave it out.")
    return set(gold)
