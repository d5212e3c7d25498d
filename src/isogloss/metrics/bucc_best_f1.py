"""F1 of mined sentence pairs at the threshold that is best for these very pairs.

It peeks at the gold pairs, as BUCC's dev scores do; for a test, take the threshold from dev and score with `bucc_f1`.
The official script looks between single pairs and so can stop inside a tie, and it fails when keeping every pair is
best; here only thresholds that can be applied are considered.
"""

from collections.abc import Sequence
from typing import Any

from isogloss.core.errors import MetricError
from isogloss.core.metric import Metric
from isogloss.core.typing import Float, np
from isogloss.metrics import bucc_f1
from isogloss.metrics._counts import f1
from isogloss.metrics._ranking import ids_of, scores_of


def statistics(predictions: Sequence[Any], golds: Sequence[Sequence[str]]) -> Float[np.ndarray, "n 3"]:
    """Rows of (correct, predicted, gold) pairs at the best threshold over all rows."""
    everything = bucc_f1.statistics(predictions, golds)
    if not everything[:, 0].any():  # F1 is 0 at every threshold
        return everything
    return bucc_f1.statistics(above(predictions, threshold(predictions, golds)), golds)


def threshold(predictions: Sequence[Any], golds: Sequence[Sequence[str]]) -> float:
    """The score that a pair must reach. Half-way to the next pair below, so that it carries over to another split.

    Raises MetricError when nothing was mined or no mined pair is gold, since then every threshold is as bad.
    """
    scores, correct = _pairs(predictions, golds)
    if not correct.any():
        raise MetricError(f"none of {len(scores)} mined pairs is gold, so no threshold is better than another.")
    order = np.argsort(-scores, kind="stable")
    scores, hits = scores[order], np.cumsum(correct[order])
    total = sum(len(set(gold)) for gold in golds)
    scored = 2.0 * hits / (np.arange(1, len(scores) + 1) + total)
    scored[:-1][scores[:-1] == scores[1:]] = -1.0  # a threshold cannot part equal scores
    last = int(scored.argmax())
    if last + 1 == len(scores):
        return float(scores[last])
    middle = float((scores[last] + scores[last + 1]) / 2)
    return middle if middle > scores[last + 1] else float(scores[last])


def above(predictions: Sequence[Any], least: float) -> list[dict[str, list[Any]]]:
    """The pairs whose score is at least `least`."""
    kept: list[dict[str, list[Any]]] = []
    for prediction in predictions:
        pairs = [
            (name, score)
            for name, score in zip(ids_of(prediction), scores_of(prediction), strict=True)
            if score >= least
        ]
        kept.append({"ids": [name for name, _ in pairs], "scores": [score for _, score in pairs]})
    return kept


def _pairs(
    predictions: Sequence[Any], golds: Sequence[Sequence[str]]
) -> tuple[Float[np.ndarray, "p"], Float[np.ndarray, "p"]]:
    best: dict[tuple[int, str], float] = {}
    for row, prediction in enumerate(predictions):
        for name, score in zip(ids_of(prediction), scores_of(prediction), strict=True):
            best[row, name] = max(score, best.get((row, name), score))
    wanted = [set(gold) for gold in golds]
    correct = [name in wanted[row] for row, name in best]
    return np.array(list(best.values()), dtype=np.float64), np.array(correct, dtype=np.float64)


METRIC = Metric(
    name="bucc_best_f1",
    title="mining F1 at its best threshold",
    type="retrieval",
    statistics=statistics,
    score=f1,
    columns=("correct", "predicted", "gold"),
    cite="Zweigenbaum et al. 2017, BUCC; Artetxe & Schwenk 2019",
)
