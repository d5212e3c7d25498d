"""A metric: per-example statistics and a score of their sums.

The split is what makes intervals, pairing and pooling work for every metric, F1 included, without predicting again.
Two metrics that count together ("exact_match+answer_f1") make one: columns side by side, the mean of the scores.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.core.errors import MetricError, SpecError
from isogloss.core.folder import load
from isogloss.core.typing import Float, np

Statistics = Callable[..., "Float[np.ndarray, 'n k']"]
ScoreOf = Callable[["Float[np.ndarray, 'k']"], float]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A score in [0, 1]; higher is better."""

    name: str
    title: str
    type: str
    """The task type it scores."""
    statistics: Statistics
    """(predictions, golds), aligned → (n, k): one row of counts per example. With `by_language`, a third argument."""
    score: ScoreOf
    """(k,) sums of the rows → the score. Raises MetricError where it is undefined."""
    columns: tuple[str, ...] = ()
    """What the k columns count."""
    by_language: bool = False
    """The rule differs between languages: `statistics` takes the language of each example as its third argument."""
    cite: str = ""

    def rows(
        self, predictions: Sequence[Any], golds: Sequence[Any], languages: Sequence[str] = ()
    ) -> "Float[np.ndarray, 'n k']":
        """(n, k) statistics, whatever the metric needs. Raises MetricError for different lengths."""
        if len(predictions) != len(golds):
            raise MetricError(
                f"{self.name}: {len(predictions)} predictions for {len(golds)} gold labels; give one each."
            )
        if not self.by_language:
            return self.statistics(predictions, golds)
        if len(languages) != len(golds):
            raise MetricError(
                f"{self.name}: {len(languages)} languages for {len(golds)} examples; its rule differs between "
                "languages, so give one each."
            )
        return self.statistics(predictions, golds, languages)

    def __call__(self, predictions: Sequence[Any], golds: Sequence[Any], languages: Sequence[str] = ()) -> float:
        """The score of all examples together. Raises MetricError for none, or for different lengths."""
        rows = self.rows(predictions, golds, languages)
        if not len(rows):
            raise MetricError(f"{self.name}: no examples, so the score is undefined.")
        return self.score(rows.sum(axis=0))


def find(name: str, extra: Sequence[Path] = ()) -> Metric:
    """The metric of a name as tasks write it: a file in `metrics/`, or several joined by '+'."""
    parts = [load("metrics", part, extra) for part in name.split("+")]
    return parts[0] if len(parts) == 1 else joint(parts)


def joint(metrics: Sequence[Metric]) -> Metric:
    """The mean of several metrics as one metric, as benchmarks count (F1 + EM) / 2. Raises SpecError."""
    if any(not metric.columns for metric in metrics) or len({metric.type for metric in metrics}) != 1:
        names = "+".join(metric.name for metric in metrics)
        raise SpecError(f"{names}: metrics that count together need one task type and named columns each.")
    cuts = np.cumsum([len(metric.columns) for metric in metrics])[:-1]

    def statistics(predictions: Sequence[Any], golds: Sequence[Any], languages: Sequence[str] = ()) -> Any:
        return np.hstack([metric.rows(predictions, golds, languages) for metric in metrics])

    def score(sums: Any) -> float:
        parts = np.split(sums, cuts)
        return sum(metric.score(part) for metric, part in zip(metrics, parts, strict=True)) / len(metrics)

    return Metric(
        name="+".join(metric.name for metric in metrics),
        title="mean of " + " and ".join(metric.title for metric in metrics),
        type=metrics[0].type,
        statistics=statistics,
        score=score,
        columns=tuple(f"{metric.name}.{column}" for metric in metrics for column in metric.columns),
        by_language=any(metric.by_language for metric in metrics),
        cite=metrics[0].cite,
    )
