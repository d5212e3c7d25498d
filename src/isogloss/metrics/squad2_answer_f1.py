"""Answer F1 by the rule of SQuAD v2.0, which has questions without an answer.

It differs from v1.1 where an accepted answer is nothing but articles and punctuation: v2.0 does not count it.
"""

from collections.abc import Sequence

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics._answers import best_v2, overlap
from isogloss.metrics._counts import share


def statistics(predictions: Sequence[str], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 2"]:
    """Rows of (score, 1). A gold of [] is a question without an answer: only an empty prediction is right."""
    return best_v2(predictions, golds, overlap)


METRIC = Metric(
    name="squad2_answer_f1",
    title="answer F1 (SQuAD v2.0)",
    type="span",
    statistics=statistics,
    score=share,
    columns=("score", "questions"),
    cite="Rajpurkar et al. 2018, SQuAD v2.0 evaluation script",
)
