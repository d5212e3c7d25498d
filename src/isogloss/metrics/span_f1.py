"""Span F1 of IOB2 tags as conlleval counts it: a chunk is right when its type, begin and end are."""

from collections.abc import Sequence

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics import _chunks
from isogloss.metrics._counts import f1


def statistics(predictions: Sequence[Sequence[str]], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 3"]:
    """Rows of (correct, predicted, gold) chunks, one row per sentence."""
    return _chunks.statistics(predictions, golds, _split)


def _split(tag: str) -> tuple[str, str]:
    prefix, _, kind = tag.partition("-")
    return prefix[:1], kind


METRIC = Metric(
    name="span_f1",
    title="span F1",
    type="tagging",
    statistics=statistics,
    score=f1,
    columns=("correct", "predicted", "gold"),
    cite="Tjong Kim Sang & De Meulder 2003, conlleval",
)
