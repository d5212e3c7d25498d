"""From predictions to scores."""

import dataclasses
from collections.abc import Sequence

import pytest

from isogloss.core.errors import MetricError
from isogloss.core.examples import Choice, Classification, Passage, Span, Tagging
from isogloss.core.task import Source, Task
from isogloss.evaluation.scoring import gold_of, metrics_of, score
from isogloss.store.predictions import Predictions


def task(kind: str, *metrics: str) -> Task:
    """A task that is only scored, never read."""
    return Task(
        name="t",
        type=kind,
        title="t",
        languages=("en", "de"),
        read=lambda *_: [],
        source=Source(folder="", licence="", cite=""),
        metrics=metrics,
    )


def rows(prediction: list, gold: list, language: str = "en") -> Predictions:
    """One language's rows."""
    count = len(gold)
    return Predictions(
        language=[language] * count,
        id=[str(row) for row in range(count)],
        prediction=prediction,
        gold=gold,
        confidence=[None] * count,
    )


def test_one_score_per_language_and_metric() -> None:
    """Languages in the order they were tested, metrics in the task's; n counts the labelled rows only."""
    both = Predictions.joined([rows(["a", "b"], ["a", None], "de"), rows(["a", "b"], ["b", "b"])])
    found = score(both, task("classification", "accuracy"), run="r", split="test", data_hash={"de": "x"}, tokenizer="k")
    assert [(one.language, one.value, one.n, one.data) for one in found] == [("de", 1.0, 1, "x"), ("en", 0.5, 2, "")]
    assert found[0].signature.startswith("run:r|task:t|split:test|lang:de|metric:accuracy|n:1|data:x|tok:k|version:")


def test_what_counts_together_has_a_row_of_its_own() -> None:
    """The joint name that the task lists first finds the mean; its parts have rows too, each once."""
    asked = task("span", "exact_match+answer_f1", "answer_f1")
    assert [metric.name for metric in metrics_of(asked)] == ["exact_match+answer_f1", "exact_match", "answer_f1"]
    values = {one.metric: one.value for one in score(rows(["black cat"], [["cat"]]), asked, run="r", split="test")}
    assert values == pytest.approx({"exact_match+answer_f1": 1 / 3, "exact_match": 0.0, "answer_f1": 2 / 3})


def test_an_undefined_score_has_no_row() -> None:
    """No name is gold and none predicted: there is no span F1, but there is a token accuracy."""
    found = score(rows([["O"]], [["O"]]), task("tagging", "span_f1", "token_accuracy"), run="r", split="test")
    assert [one.metric for one in found] == ["token_accuracy"]


def test_an_unlabelled_language_has_no_row() -> None:
    """Predictions for a hidden test are kept, not scored."""
    assert score(rows(["a"], [None]), task("classification", "accuracy"), run="r", split="test") == []


def test_predictions_that_do_not_fit_are_an_error() -> None:
    """A sentence with a tag too few is no undefined score but a mistake, and it is raised."""
    with pytest.raises(MetricError, match="predict one tag per token"):
        score(rows([["O"]], [["O", "O"]]), task("tagging", "span_f1"), run="r", split="test")


def test_languages_reach_the_rules_that_need_them() -> None:
    """MLQA's German drops the article; of a pair of languages the first, the context's, counts."""
    asked = task("span", "mlqa_exact_match")
    assert score(rows(["der Hund"], [["Hund"]], "de-en"), asked, run="r", split="test")[0].value == 1.0
    assert score(rows(["der Hund"], [["Hund"]], "en-de"), asked, run="r", split="test")[0].value == 0.0


def test_a_part_of_a_test_is_scored_by_itself() -> None:
    """Two of three answers of capability A are exact, none of B's one: 1/2 of all, 2/3, 0; its test A/y has 1 of 1."""
    ids = ["A/x/0", "A/x/1", "A/y/0", "B/z/0"]
    found = Predictions(
        language=["sw"] * 4,
        id=ids,
        prediction=["one", "no", "two", "no"],
        gold=[["one"], ["yes"], ["two"], ["yes"]],
        confidence=[None] * 4,
    )
    parted = dataclasses.replace(task("span", "exact_match", "answer_f1"), parts=("A", "A/y", "B", "C"))
    scores = score(found, parted, run="r", split="test")
    assert [(each.variant, each.value, each.n) for each in scores if each.metric == "exact_match"] == [
        ("", 0.5, 4),
        ("part=A", 2 / 3, 3),
        ("part=A/y", 1.0, 1),
        ("part=B", 0.0, 1),
    ]


@pytest.mark.parametrize(("example", "gold"), [
    (Classification(id="1", text="a", label="x"), "x"),
    (Classification(id="1", text="a"), None),
    (Tagging(id="1", tokens=("a",), tags=("N",)), ["N"]),
    (Choice(id="1", prompt="a", choices=("b", "c"), label=1), 1),
    (Span(id="1", context="a b", question="q", answers=("b",), starts=(2,)), ["b"]),
    (Span(id="1", context="a b", question="q", answerable=False), []),
    (Span(id="1", context="a b", question="q"), None),
])  # fmt: skip
def test_gold_is_kept_as_the_metrics_take_it(example: Classification | Tagging | Choice | Span, gold: object) -> None:
    """Unlabelled examples have no gold (None); unanswerable questions have the empty list."""
    assert gold_of(example) == gold


def test_retrieval_has_no_gold_of_its_own() -> None:
    """A passage's relevance depends on all candidates, so it is scored elsewhere."""
    examples: Sequence[Passage] = [Passage(id="1", side="query", text="a", keys=("k",))]
    with pytest.raises(MetricError, match="Passage"):
        gold_of(examples[0])
