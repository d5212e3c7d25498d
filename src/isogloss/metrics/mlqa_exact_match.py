"""Exact match by MLQA's rule: answers are normalised as their language asks.

MLQA's rule for its seven languages: that language's articles, Unicode punctuation, Chinese by character. For other
languages nothing is an article, and scripts written without spaces are split by character.
"""

from collections.abc import Sequence

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics._answer_languages import best_by_language
from isogloss.metrics._answers import equal
from isogloss.metrics._counts import share


def statistics(
    predictions: Sequence[str], golds: Sequence[Sequence[str]], languages: Sequence[str]
) -> Float[np.ndarray, "n 2"]:
    """Rows of (score, 1). `languages` are those of the answers, which are those of the contexts."""
    return best_by_language(predictions, golds, languages, equal)


METRIC = Metric(
    name="mlqa_exact_match",
    title="exact match (by language)",
    type="span",
    statistics=statistics,
    score=share,
    columns=("score", "questions"),
    by_language=True,
    cite="Lewis et al. 2020, MLQA evaluation script",
)
