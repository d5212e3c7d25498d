"""Span F1 over runs of equal tags: what XTREME prints as the F1 of part-of-speech tagging.

XTREME hands tags without prefixes to seqeval < 1.0, which takes each run of equal tags for a chunk (and a tag that
starts with B, S, E or I for one with that prefix: SYM SYM is two chunks). Gold NOUN NOUN NOUN VERB against
NOUN NOUN VERB VERB scores 0.0 where token accuracy is 0.75; so the two always stand side by side.
"""

from collections.abc import Sequence

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics import _chunks
from isogloss.metrics._counts import f1


def statistics(predictions: Sequence[Sequence[str]], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 3"]:
    """Rows of (correct, predicted, gold) chunks, one row per sentence."""
    return _chunks.statistics(predictions, golds, lambda tag: (tag[0], tag.rsplit("-", 1)[-1]))


METRIC = Metric(
    name="run_f1",
    title="official F1 (runs of equal tags)",
    type="tagging",
    statistics=statistics,
    score=f1,
    columns=("correct", "predicted", "gold"),
    cite="Hu et al. 2020, XTREME; evaluate.py with seqeval < 1.0",
)
