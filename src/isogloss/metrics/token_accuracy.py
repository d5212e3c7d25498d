"""Token accuracy: the share of tokens with the right tag, over all sentences together."""

from collections.abc import Sequence
from itertools import chain
from operator import eq

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics._chunks import tag_counts
from isogloss.metrics._counts import share


def statistics(predictions: Sequence[Sequence[str]], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 2"]:
    """Rows of (correct tokens, tokens), one row per sentence."""
    lengths = tag_counts(predictions, golds)
    hits = map(eq, chain.from_iterable(predictions), chain.from_iterable(golds))
    correct = np.fromiter(hits, dtype=np.float64, count=int(lengths.sum()))
    sentence = np.repeat(np.arange(len(lengths)), lengths)
    rows = np.stack([np.bincount(sentence, correct, minlength=len(lengths)), lengths], axis=1)
    return rows.astype(np.float64)  # counts of nothing come as integers


METRIC = Metric(
    name="token_accuracy",
    title="token accuracy",
    type="tagging",
    statistics=statistics,
    score=share,
    columns=("correct", "tokens"),
)
