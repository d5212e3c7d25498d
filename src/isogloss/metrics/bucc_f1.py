"""F1 of mined sentence pairs, as they are: every predicted pair counts, so a threshold was applied before.

A row is one source sentence. Its prediction lists the target sentences mined for it (mostly one or none), its gold
those it is a translation of (mostly none). This is what XTREME's leaderboard scores.
"""

from collections.abc import Sequence
from typing import Any

from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics._counts import f1
from isogloss.metrics._ranking import ids_of


def statistics(predictions: Sequence[Any], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 3"]:
    """Rows of (correct, predicted, gold) pairs; a pair listed twice is one pair."""
    pairs = [(set(ids_of(prediction)), set(gold)) for prediction, gold in zip(predictions, golds, strict=True)]
    rows = [(len(found & wanted), len(found), len(wanted)) for found, wanted in pairs]
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


METRIC = Metric(
    name="bucc_f1",
    title="mining F1",
    type="retrieval",
    statistics=statistics,
    score=f1,
    columns=("correct", "predicted", "gold"),
    cite="Zweigenbaum et al. 2017, BUCC; Hu et al. 2020, XTREME",
)
