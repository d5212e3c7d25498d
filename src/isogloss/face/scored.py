"""Predictions held against gold answers, in memory: the metrics of a task, each with its interval."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

from isogloss.core.errors import MetricError
from isogloss.core.folder import given
from isogloss.core.languages import ENGLISH
from isogloss.core.metric import Metric, find
from isogloss.core.shown import quoted
from isogloss.core.task import Task
from isogloss.core.typing import np
from isogloss.face.value import Value
from isogloss.stats.intervals import error_of, influence, replicated

EXPECTED = {
    "classification": "a label",
    "tagging": "a list of tags",
    "span": "a text",
    "choice": "the number of a choice, from 0",
}
"""Task type → what one answer is. Another one would count as wrong, and silently."""
Answers = Sequence[Any] | Mapping[str, Any]


def score(predictions: Answers, gold: Answers, *, task: str | Task, language: str = ENGLISH) -> dict[str, Value]:
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
    _check(known, answers, "prediction")
    if known.type == "span":
        golds = [[each] if isinstance(each, str) else _accepted(place, each) for place, each in enumerate(golds)]
    else:
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


def _accepted(place: int, answers: Any) -> list[str]:
    """The accepted answers of a question; none where it has no answer. Raises MetricError."""
    if not isinstance(answers, list | tuple) or not all(isinstance(each, str) for each in answers):
        raise MetricError(f"gold {place} is {quoted(answers)}; expected a text, or a list of accepted ones.")
    return list(answers)


def _check(task: Task, answers: Sequence[Any], what: str) -> None:
    """Raises MetricError for what is not an answer to a task of this type, or a label that the task does not have."""
    if task.type not in EXPECTED:
        return
    for place, answer in enumerate(answers):
        if not _fits(task.type, answer):
            raise MetricError(f"{what} {place} is {quoted(answer)}; expected {EXPECTED[task.type]}.")
        for label in (answer,) if isinstance(answer, str) else tuple(answer) if task.type == "tagging" else ():
            if task.labels and task.type != "span" and label not in task.labels:
                known = ", ".join(task.labels[:20])
                raise MetricError(f"{what} {place}: {quoted(str(label))} is not a label of {task.name}: {known}.")


def _fits(kind: str, answer: Any) -> bool:
    match kind:
        case "choice":
            return isinstance(answer, Integral) and not isinstance(answer, bool) and int(answer) >= 0
        case "tagging":
            return isinstance(answer, Sequence | np.ndarray) and not isinstance(answer, str)
        case _:
            return isinstance(answer, str)


def _value(metric: Metric, answers: Sequence[Any], golds: Sequence[Any], language: str) -> Value:
    rows = metric.rows(answers, golds, [language] * len(golds))
    if not len(rows):
        raise MetricError(f"{metric.name}: no examples, so the score is undefined.")
    value = metric.score(rows.sum(axis=0))
    vector = influence(rows, metric.score)
    error = error_of(0.0 if vector is None else float(vector @ vector), len(rows))
    found = replicated([[value]], error)  # as of a single run on a study's page
    return Value(found.value, low=found.low, high=found.high, n=len(rows), about=found.method)
