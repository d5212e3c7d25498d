"""training/held_out: no sentence a model is tested on stays in its training text."""

from pathlib import Path
from unicodedata import normalize

import pytest

from isogloss.core.errors import DataError, SpecError
from isogloss.core.examples import Classification, Span, Tagging, Text
from isogloss.training.held_out import drop, key, sentences

from .conftest import TASKS, make  # type: ignore[import-not-found]


def test_a_test_sentence_goes_in_every_language() -> None:
    """The German line is a test sentence, so its English and Turkish translations go too; other lines stay."""
    found = {
        "lines": {
            language: [Text(id="1", text=f"{language} one", row="1"), Text(id="2", text=f"{language} two", row="2")]
            for language in ("en", "de", "tr")
        },
        "wiki": {"de": [Text(id="1", text="de one"), Text(id="2", text="de three")]},
    }
    kept, dropped = drop(found, {key("de one")})
    assert [text.id for language in ("en", "de", "tr") for text in kept["lines"][language]] == ["2", "2", "2"]
    assert [text.text for text in kept["wiki"]["de"]] == ["de three"]
    assert dropped == {"lines": 3, "wiki": 1}


def test_tokens_and_spacing_do_not_hide_a_sentence() -> None:
    """A treebank's "Das ist gut ." is the text "Das ist gut."."""
    kept, _ = drop({"wiki": {"de": [Text(id="1", text="Das ist gut.")]}}, {key("Das ist gut .")})
    assert kept["wiki"]["de"] == []


def test_another_encoding_does_not_hide_a_sentence() -> None:
    """Decomposed letters and marks of direction are the test sentence all the same, in training as in testing."""
    test = "Cô ấy đến Hà Nội."
    wiki = {"vi": [Text(id="1", text=normalize("NFD", test)), Text(id="2", text=f"\u200e{test}\u200b")]}
    kept, dropped = drop({"wiki": wiki}, {key(test)})
    assert (kept["wiki"]["vi"], dropped) == ([], {"wiki": 2})


def test_a_sentence_of_a_test_paragraph_is_found(tmp_path: Path) -> None:
    """Questions, whole paragraphs and their single sentences all count as test text."""

    def read(_folder: Path, _split: str, language: str) -> list[Span]:
        return [
            Span(id="1", context=f"{language} one. Two here! Three?", question="Who?", answers=("one",), starts=(3,))
        ]

    task = make("qa", "span", read)
    found = sentences(("qa/test",), {"qa": task}.__getitem__, tmp_path)
    assert {key("en one."), key("xx one."), "Twohere!", "Three?", "Who?"} <= found


def test_a_mark_of_direction_hides_no_sentence_of_a_paragraph(tmp_path: Path) -> None:
    """Texts of right-to-left languages have them after full stops."""
    paragraph = "הספר על השולחן.\u200f הכלב ישן בחוץ.\u200f"
    task = make("qa", "span", lambda *_: [Span(id="1", context=paragraph, question="מי?")])
    tests = sentences(("qa/test",), {"qa": task}.__getitem__, tmp_path)
    kept, _ = drop({"wiki": {"he": [Text(id="1", text="הספר על השולחן."), Text(id="2", text="הספר")]}}, tests)
    assert [each.id for each in kept["wiki"]["he"]] == ["2"]


def test_a_pair_goes_when_either_side_is_a_test_sentence(tmp_path: Path) -> None:
    """Hypotheses of a test count as much as premises; tagged words count as their sentence."""

    def read(_folder: Path, _split: str, _language: str) -> list[Tagging]:
        return [Tagging(id="1", tokens=("a", "b", "c"), tags=None)]

    found = sentences(("tags/test",), {"tags": make("tags", "tagging", read)}.__getitem__, tmp_path)
    pair = Classification(id="1", text="something", text_pair="a b c", label="x")
    kept, dropped = drop({"nli": {"en": [pair]}}, found)
    assert (kept["nli"]["en"], dropped) == ([], {"nli": 1})


def test_a_comparison_with_nothing_is_an_error(tmp_path: Path) -> None:
    """A test that is not on the disk, or a name without its split, must not pass for clean text."""
    with pytest.raises(SpecError, match="task/split"):
        sentences(("text",), TASKS.__getitem__, tmp_path)
    with pytest.raises(DataError, match="no such data"):
        sentences(("text/nowhere",), TASKS.__getitem__, tmp_path)
