"""Exact match by the rule of SQuAD v1.1: the prediction is an accepted answer, both normalised.

XTREME applies this rule to every language of XQuAD and TyDiQA, with English articles and ASCII punctuation; the
figures by language-specific normalisation are those of `mlqa_exact_match`.
"""

from collections.abc import Sequence

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics._answers import SQUAD, best, equal
from isogloss.metrics._counts import share


def statistics(predictions: Sequence[str], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 2"]:
    """Rows of (score, 1). A gold of [] is a question without an answer: only an empty prediction is right."""
    return best(predictions, golds, SQUAD, equal)


METRIC = Metric(
    name="exact_match",
    title="exact match",
    type="span",
    statistics=statistics,
    score=share,
    columns=("score", "questions"),
    cite="Rajpurkar et al. 2016, SQuAD v1.1 evaluation script",
)
