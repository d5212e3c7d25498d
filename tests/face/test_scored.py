"""Scores of predictions in memory."""

import pickle

import pytest

from isogloss.core.errors import MetricError, UnknownName
from isogloss.face.scored import score
from isogloss.face.value import Value
from isogloss.formats.records import records

GOLD = ["entailment"] * 60 + ["neutral"] * 40


def test_an_accuracy_has_the_interval_of_a_share() -> None:
    """60 of 100 right: 0.6 ± 1.96 · sqrt(.6 · .4 / 99) (the jackknife divides by n − 1)."""
    found = score(["entailment"] * 100, GOLD, task="xnli")["accuracy"]
    assert found == pytest.approx(0.6)
    assert found.low == pytest.approx(0.6 - 1.959964 * (0.24 / 99) ** 0.5, abs=1e-6)
    assert found.high == pytest.approx(0.6 + 1.959964 * (0.24 / 99) ** 0.5, abs=1e-6)
    assert found.n == 100


def test_all_right_is_not_certain() -> None:
    """An interval of no width would be: Wilson's share of 1 is assumed."""
    found = score(GOLD, GOLD, task="xnli")["accuracy"]
    assert found == 1
    assert found.low is not None
    assert 0.9 < found.low < 1


def test_answers_are_scored_apart_and_together() -> None:
    """F1, EM and what counts, their mean: one exact answer, one that shares one of its two words with gold's one."""
    found = score(["Ada", "Ada sleeps"], ["Ada", ["sleeps"]], task="xquad")
    assert found["exact_match"] == 0.5
    assert found["answer_f1"] == pytest.approx((1 + 2 / 3) / 2)
    assert found["exact_match+answer_f1"] == pytest.approx((0.5 + (1 + 2 / 3) / 2) / 2)


def test_ids_bring_answers_into_order() -> None:
    """Two mappings are paired by their keys."""
    gold = {"a": "entailment", "b": "neutral"}
    assert score({"b": "neutral", "a": "entailment"}, gold, task="xnli")["accuracy"] == 1
    with pytest.raises(MetricError, match="1 ids are not predicted and 1 are not known"):
        score({"b": "neutral", "c": "neutral"}, gold, task="xnli")


@pytest.mark.parametrize(
    ("predictions", "gold", "said"),
    [
        (["entailment"], ["entailment", "neutral"], "1 predictions for 2"),
        (["yes"], ["neutral"], "prediction 0: 'yes' is not a label of xnli"),
        ([], [], "no examples"),
        ({"a": "neutral"}, ["neutral"], "one of predictions and gold has ids"),
    ],
)
def test_what_does_not_fit_is_refused(predictions: list[str], gold: list[str], said: str) -> None:
    """Lengths, labels, none at all, and ids on one side."""
    with pytest.raises(MetricError, match=said):
        score(predictions, gold, task="xnli")


@pytest.mark.parametrize(
    ("task", "predictions", "gold", "said"),
    [
        ("xcopa", ["0", "1"], [0, 1], "prediction 0 is '0'; expected the number of a choice"),
        ("xcopa", [True, 1], [0, 1], "prediction 0 is True"),
        ("xcopa", [0, 1], [0, -1], "gold 1 is -1"),
        ("xnli", ["neutral", None], ["neutral", "neutral"], "prediction 1 is None; expected a label"),
        ("xnli", [["neutral"]], ["neutral"], "prediction 0 is \\['neutral'\\]"),
        ("xquad", [3], ["3"], "prediction 0 is 3; expected a text"),
        ("xquad", ["x"], [{"text": ["x"]}], "gold 0 is {'text': "),
        ("udpos", ["NOUN"], [["NOUN"]], "prediction 0 is 'NOUN'; expected a list of tags"),
        ("bucc2018", [{"ids": ["a"], "scores": [float("nan")]}], [["a"]], "not a finite number"),
        ("bucc2018", [{"ids": ["a"], "scores": ["high"]}], [["a"]], "not a finite number"),
    ],
)
def test_an_answer_of_another_kind_is_no_wrong_answer(task: str, predictions: list, gold: list, said: str) -> None:
    """The text "0" is never equal to the number 0: counted, every such prediction would be wrong in silence."""
    with pytest.raises(MetricError, match=said):
        score(predictions, gold, task=task)


def test_an_unknown_task_is_named() -> None:
    """With what it may have been."""
    with pytest.raises(UnknownName, match="Did you mean 'xnli'"):
        score(["neutral"], ["neutral"], task="xnlli")


def test_a_value_is_a_float_that_keeps_its_parts() -> None:
    """Through pickle, too, as worker processes send it."""
    value = Value(0.25, low=0.2, high=0.3, null_high=0.01, n=8)
    again = pickle.loads(pickle.dumps(value))
    assert again == 0.25
    assert (again.low, again.high, again.n) == (0.2, 0.3, 8)
    assert repr(again) == "0.25 [0.2, 0.3], chance up to 0.01"


def test_rows_without_names_are_refused() -> None:
    """A list of lists has no columns."""
    from isogloss.core.errors import DataError

    with pytest.raises(DataError, match="row 1 is of type list"):
        list(records([["a", "b"]]))
