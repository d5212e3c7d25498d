"""Predictions held against gold answers, in memory: the metrics of a task, each with its interval."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.core.errors import MetricError
from isogloss.core.folder import given
from isogloss.core.metric import Metric, find
from isogloss.core.shown import quoted
from isogloss.core.task import Task
from isogloss.face.value import Value
from isogloss.stats.intervals import error_of, influence, replicated

Answers = Sequence[Any] | Mapping[str, Any]


def score(predictions: Answers, gold: Answers, *, task: str | Task, language: str = "en") -> dict[str, Value]:
    """The scores of some predictions by the metrics of a task, with 95% intervals over the examples.

    Args:
        predictions: one for each example, in the order of `gold`, or id → prediction. Classification: a label;
            tagging: a list of tags; span: the answer; choice: an index from 0
        gold: as `predictions`; of a span the accepted answers, as one text or a list of them
        task: the name of a task, the path of a file that defines one, or a `Task`
        language: of the examples; some metrics for answers depend on it

    Returns:
        metric → its value in [0, 1], higher is better; the first one counts in averages

    Raises:
        UnknownName: for a task that is not there
        MetricError: for lengths or ids that differ, labels that the task does not have, or no example

    Examples:
        >>> found = score(["entailment", "neutral"], ["entailment", "contradiction"], task="xnli")
        >>> found["accuracy"] == 0.5
        True
        >>> found["accuracy"].low < 0.5 < found["accuracy"].high
        True
    """
    known = given("tasks", task) if isinstance(task, str) else task
    answers, golds = _paired(predictions, gold)
    if known.type == "span":
        golds = [[each] if isinstance(each, str) else list(each) for each in golds]
    _check(known, answers, "prediction")
    _check(known, golds, "gold")
    names = dict.fromkeys(part for name in known.metrics for part in (name, *name.split("+")))
    return {name: _value(find(name), answers, golds, language) for name in names}


def _paired(predictions: Answers, gold: Answers) -> tuple[list[Any], list[Any]]:
    """Both in one order. Raises MetricError."""
    if isinstance(predictions, Mapping) != isinstance(gold, Mapping):
        raise MetricError("one of predictions and gold has ids and the other has none; give both the same way.")
    if isinstance(predictions, Mapping) and isinstance(gold, Mapping):
        missing, extra = (
            [key for key in gold if key not in predictions],
            [key for key in predictions if key not in gold],
        )
        if missing or extra:
            seen = f"id {quoted(str((missing or extra)[0]))} has no {'prediction' if missing else 'gold answer'}"
            raise MetricError(f"{len(missing)} ids are not predicted and {len(extra)} are not known: {seen}.")
        return [predictions[key] for key in gold], list(gold.values())
    return list(predictions), list(gold)


def _check(task: Task, answers: Sequence[Any], what: str) -> None:
    """Raises MetricError for a label that the task does not have."""
    if not task.labels or task.type not in ("classification", "tagging"):
        return
    for place, answer in enumerate(answers):
        for label in (answer,) if isinstance(answer, str) else tuple(answer):
            if label not in task.labels:
                known = ", ".join(task.labels[:20])
                raise MetricError(f"{what} {place}: {quoted(str(label))} is not a label of {task.name}: {known}.")


def _value(metric: Metric, answers: Sequence[Any], golds: Sequence[Any], language: str) -> Value:
    rows = metric.rows(answers, golds, [language] * len(golds))
    if not len(rows):
        raise MetricError(f"{metric.name}: no examples, so the score is undefined.")
    value = metric.score(rows.sum(axis=0))
    vector = influence(rows, metric.score)
    error = error_of(0.0 if vector is None else float(vector @ vector), len(rows))
    found = replicated([[value]], error)  # as of a single run on a study's page
    return Value(found.value, low=found.low, high=found.high, n=len(rows), about=found.method)
