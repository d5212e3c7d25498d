"""Predictions keep every answer as it was given."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isogloss.core.errors import MetricError
from isogloss.store.predictions import Predictions

ANSWERS = st.one_of(st.text(), st.integers(-5, 5), st.lists(st.text(), max_size=3))
ROWS = st.lists(
    st.tuples(ANSWERS, st.none() | ANSWERS, st.none() | st.floats(0, 1), st.sampled_from(["en", "zh", "yo"])),
    max_size=8,
)


def made(rows: list[tuple[object, object, float | None, str]]) -> Predictions:
    return Predictions(
        language=[row[3] for row in rows],
        id=[str(number) for number in range(len(rows))],
        prediction=[row[0] for row in rows],
        gold=[row[1] for row in rows],
        confidence=[row[2] for row in rows],
    )


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, object, float | None, str]]
) -> None:
    """Any labels, lists, numbers and missing golds in any script come back the same, confidences to the bit."""
    path = tmp_path_factory.mktemp("p") / "predictions.parquet"
    made(rows).write(path)
    assert Predictions.read(path) == made(rows)


def test_the_file_is_plain_parquet(tmp_path: Path) -> None:
    """Other readers see five columns, answers as JSON text."""
    import pyarrow.parquet as pq

    made([(["NOUN", "VERB"], None, 0.5, "tr")]).write(tmp_path / "p.parquet")
    assert pq.read_table(tmp_path / "p.parquet").to_pylist() == [
        {"language": "tr", "id": "0", "prediction": '["NOUN", "VERB"]', "gold": None, "confidence": 0.5}
    ]


def test_rows_can_be_taken_by_language() -> None:
    """One language's rows keep their order; unlabelled rows can be left out; parts join to the whole."""
    whole = made([("a", "a", None, "en"), ("b", None, None, "de"), ("c", "b", None, "de")])
    assert whole.languages == ["en", "de"]
    assert whole.of("de").prediction == ["b", "c"]
    assert whole.labelled().id == ["0", "2"]
    assert Predictions.joined([whole.of("en"), whole.of("de")]) == whole


def test_an_example_is_predicted_once() -> None:
    """An id that occurs twice in a language, and columns of different lengths, are errors."""
    with pytest.raises(MetricError, match="predicted 2 times"):
        Predictions(language=["en"] * 2, id=["1"] * 2, prediction=[1] * 2, gold=[1] * 2, confidence=[None] * 2)
    with pytest.raises(MetricError, match="different lengths"):
        Predictions(language=["en"], id=["1"], prediction=[], gold=[1], confidence=[None])
