"""SQuAD's JSON in its versions."""

import json
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import DataError
from isogloss.formats.squad_json import paragraphs, spans

CONTEXT = "Rain fell on Oslo."


def written(folder: Path, question: dict[str, Any], **more: Any) -> Path:
    path = folder / "dev.json"
    asked = {"id": "q1", "question": "Where did rain fall?", **question}
    paragraph = {"context": CONTEXT, "qas": [asked], **more}
    path.write_text(json.dumps({"version": "1.1", "data": [{"paragraphs": [paragraph]}]}), encoding="utf-8")
    return path


def test_answers_are_spans_of_the_context(tmp_path: Path) -> None:
    """Two annotators' answers are both kept, with where they begin."""
    answers = [{"text": "Oslo", "answer_start": 13}, {"text": "on Oslo", "answer_start": 10}]
    (span,) = spans(written(tmp_path, {"answers": answers}))
    assert (span.answers, span.starts, span.answerable) == (("Oslo", "on Oslo"), (13, 10), True)


def test_an_impossible_question_differs_from_an_unlabelled_one(tmp_path: Path) -> None:
    """`is_impossible` means no answer; XTREME's stripped `{"answer_start": 0, "text": ""}` means an unknown one."""
    (impossible,) = spans(written(tmp_path, {"answers": [], "is_impossible": True}))
    assert (impossible.answers, impossible.answerable) == ((), False)
    (stripped,) = spans(written(tmp_path, {"answers": [{"text": "", "answer_start": 0}]}))
    assert (stripped.answers, stripped.answerable) == ((), True)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"answers": [{"text": "Oslo", "answer_start": 12}]}, r"'Oslo' at 12, where the context has ' Osl'"),
        ({"answers": [{"text": "Oslo", "answer_start": -5}]}, "the span must match"),
        ({"answers": [{"text": "Oslo", "answer_start": 13}], "is_impossible": True}, "impossible but has 1 answers"),
        (
            {"answers": [{"text": "Oslo"}]},
            r"data\[0\]\.paragraphs\[0\]\.qas\[0\]\.answers\[0\]\.answer_start is",
        ),
        ({"answers": "Oslo"}, 'answers is "Oslo", expected a list'),
        ({"answers": [], "id": 7}, "id is 7, expected text"),
    ],
)
def test_a_broken_question_names_its_place(tmp_path: Path, question: dict[str, Any], message: str) -> None:
    """A span that does not match, missing and mistyped values name file and place in the document."""
    with pytest.raises(DataError, match=message):
        list(spans(written(tmp_path, question)))


def test_a_span_that_is_off_is_told_with_how_many_are(tmp_path: Path) -> None:
    """One answer of two is shifted by a letter: nothing of the file is read, and nothing is left out unsaid."""
    answers = [{"text": "Oslo", "answer_start": 13}, {"text": "fell", "answer_start": 4}]
    with pytest.raises(DataError, match=r"1 of its 2 answers do not: the text was changed after .* Get the file again"):
        list(spans(written(tmp_path, {"answers": answers})))


def test_sentence_breaks_lie_inside_the_context(tmp_path: Path) -> None:
    """LAReQA's sentences are read, and one that goes beyond the context is refused."""
    (paragraph,) = paragraphs(written(tmp_path, {"answers": []}, sentence_breaks=[[0, 18]]))
    assert paragraph.sentences == ((0, 18),)
    with pytest.raises(DataError, match=r"\[0, 19\] is outside its context of 18 characters"):
        list(paragraphs(written(tmp_path, {"answers": []}, sentence_breaks=[[0, 19]])))


def test_a_document_without_paragraphs_is_an_error(tmp_path: Path) -> None:
    """An empty list of articles is not an empty data set."""
    path = tmp_path / "dev.json"
    path.write_text('{"data": []}', encoding="utf-8")
    with pytest.raises(DataError, match="no paragraphs"):
        list(spans(path))
