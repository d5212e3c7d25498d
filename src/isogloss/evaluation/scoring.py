"""From predictions to scores: one per language and metric of the task, each with its n and signature."""

from collections.abc import Mapping
from typing import Any, assert_never

from isogloss.core.errors import MetricError
from isogloss.core.examples import Choice, Classification, Example, Passage, Span, Tagging, Text
from isogloss.core.metric import Metric, find
from isogloss.core.score import Score
from isogloss.core.task import Task
from isogloss.core.version import VERSION
from isogloss.core.way import Way
from isogloss.store.predictions import Predictions


def score(
    predictions: Predictions,
    task: Task,
    *,
    run: str,
    split: str,
    data_hash: str | Mapping[str, str] = "",
    tokenizer: str = "",
    precision: str = "",
) -> list[Score]:
    """Scores of all labelled rows, language by language in the order they were tested.

    Metrics that count together stand as one row under their joint name ("exact_match+answer_f1", which is what
    `task.metrics[0]` says, so that name finds what counts in averages) and as one row each. A language without labels,
    and a metric undefined for a language (span F1 where nothing is gold and nothing predicted), has no row.
    A part of a test that is scored by itself is named by the way, after the whole.
    `data_hash` may differ between languages. Raises MetricError for predictions that do not fit their golds.
    """
    scores = []
    metrics = metrics_of(task)
    for language in predictions.languages:
        whole = predictions.of(language).labelled()
        wanted = [(metric, whole, Way()) for metric in metrics]
        wanted += [(metrics[0], whole.part(name), Way(part=name)) for name in task.parts]
        for metric, rows, way in wanted:
            value = _value(metric, rows)
            if value is not None:
                scores.append(
                    Score(
                        run=run,
                        task=task.name,
                        split=split,
                        language=language,
                        metric=metric.name,
                        value=value,
                        n=len(rows),
                        variant=str(way),
                        data=data_hash if isinstance(data_hash, str) else data_hash.get(language, ""),
                        tokenizer=tokenizer,
                        precision=precision,
                        version=VERSION,
                    )
                )
    return scores


def metrics_of(task: Task) -> list[Metric]:
    """The task's metrics in its order, joint ones followed by their parts, each once."""
    names = [part for name in task.metrics for part in (name, *name.split("+"))]
    return [find(name) for name in dict.fromkeys(names)]


def gold_of(example: Example) -> Any:
    """The gold answer as `Predictions` keeps it; None when there is none."""
    match example:
        case Classification() | Choice():
            return example.label
        case Tagging():
            return None if example.tags is None else list(example.tags)
        case Span():
            return list(example.answers) if example.answers or not example.answerable else None
        case Passage() | Text():
            raise MetricError(f"a {type(example).__name__} has no gold answer; retrieval tasks are scored elsewhere.")
        case _:
            assert_never(example)


def _value(metric: Metric, rows: Predictions) -> float | None:
    if not len(rows):
        return None
    sums = metric.rows(rows.prediction, rows.gold, rows.language).sum(axis=0)
    try:
        return metric.score(sums)
    except MetricError:  # undefined: an absent row, not an invented number
        return None
