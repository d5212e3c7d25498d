"""What holds for every file in the folder of metrics."""

from typing import Any

import numpy as np
import pytest

from isogloss.core.errors import MetricError, SpecError, UnknownName
from isogloss.core.folder import load, names
from isogloss.core.metric import Metric, find, joint

RIGHT: dict[str, tuple[list[Any], list[Any]]] = {
    "classification": (["a", "b", "b"], ["a", "b", "b"]),
    "tagging": ([["B-LOC", "O"], ["B-PER"]], [["B-LOC", "O"], ["B-PER"]]),
    "span": (["a cat", "", "Zürich"], [["dog", "a cat"], [], ["Zürich"]]),
    "retrieval": ([{"ids": ["x"], "scores": [1.5]}, {"ids": ["y"], "scores": [1.2]}], [["x"], ["y"]]),
}
WRONG: dict[str, tuple[list[Any], list[Any]]] = {
    "classification": (["b"], ["a"]),
    "tagging": ([["B-PER", "O"]], [["O", "B-LOC"]]),
    "span": (["dog", "cat"], [["cat"], []]),
    "retrieval": ([{"ids": ["y"], "scores": [1.0]}], [["x"]]),
}


@pytest.fixture(params=names("metrics"))
def metric(request: pytest.FixtureRequest) -> Metric:
    """Each metric of the folder in turn."""
    found = load("metrics", request.param)
    assert isinstance(found, Metric)
    assert found.name == request.param
    return found


def test_perfect_is_one(metric: Metric) -> None:
    """Predictions that are all right score 1, predictions that are all wrong 0."""
    for cases, expected in ((RIGHT, 1.0), (WRONG, 0.0)):
        found, gold = cases[metric.type]
        assert metric(found, gold, ["de"] * len(gold)) == expected


def test_rows_are_one_per_example_and_add_up(metric: Metric) -> None:
    """(n, k) counts with a name per column; no example, no row; the order of examples does not matter."""
    found, gold = RIGHT[metric.type]
    rows = metric.rows(found, gold, ["de"] * len(gold))
    assert rows.shape == (len(gold), len(metric.columns))
    assert rows.dtype == np.float64
    assert np.isfinite(rows).all()
    assert metric.rows([], []).shape == (0, len(metric.columns))
    assert metric.rows(found[::-1], gold[::-1], ["de"] * len(gold)).tolist() == rows[::-1].tolist()


def test_no_example_and_a_missing_prediction_are_errors(metric: Metric) -> None:
    """A score of nothing is undefined, and every gold needs its prediction."""
    with pytest.raises(MetricError, match="no examples"):
        metric([], [])
    found, gold = RIGHT[metric.type]
    with pytest.raises(MetricError, match=f"{len(found) - 1} predictions for {len(gold)}"):
        metric(found[1:], gold, ["de"] * len(gold))


def test_two_that_count_together_are_their_mean() -> None:
    """A name with '+' is a metric whose columns stand side by side and whose score is the mean."""
    both = find("exact_match+answer_f1")
    found, gold = ["the black cat", "dog"], [["cat"], ["dog"]]
    parts = [find("exact_match")(found, gold), find("answer_f1")(found, gold)]
    assert both.name == "exact_match+answer_f1"
    assert both(found, gold) == pytest.approx(sum(parts) / 2, abs=1e-12)
    assert len(both.columns) == both.rows(found, gold).shape[1] == 4


def test_a_joint_rule_by_language_gets_its_languages() -> None:
    """Languages reach the parts of a joint metric."""
    assert find("mlqa_exact_match+mlqa_answer_f1")(["der Hund"], [["Hund"]], ["de"]) == 1.0


def test_different_types_do_not_count_together() -> None:
    """Accuracy and answer F1 score different things."""
    with pytest.raises(SpecError, match="one task type"):
        joint([find("accuracy"), find("answer_f1")])


def test_an_unknown_metric_is_named() -> None:
    """The nearest name is suggested, in a joint name too."""
    with pytest.raises(UnknownName, match="Did you mean 'answer_f1'"):
        find("exact_match+answer_f2")
