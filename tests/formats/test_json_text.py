"""JSON: broken files and values of the wrong type name their place."""

from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.formats.json_text import document, fetch, objects, texts


def written(folder: Path, text: str) -> Path:
    path = folder / "train.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}\n{"a": ', r"train\.jsonl, line 2: it is not JSON .*cut off"),
        ("[1, 2]", r"line 1: it holds \[1, 2\], expected an object"),
        ("[" * 100_000, "line 1: it is not JSON"),
        ("1" * 10_000, "line 1: it is not JSON that can be read"),
    ],
)
def test_a_line_that_is_no_object_names_its_line(tmp_path: Path, text: str, message: str) -> None:
    """Cut off, of another kind, too deep for the parser, too large a number: always a DataError."""
    with pytest.raises(DataError, match=message):
        list(objects(written(tmp_path, text)))


def test_a_document_names_the_line_where_it_breaks_off(tmp_path: Path) -> None:
    """A document over several lines is broken at one of them."""
    with pytest.raises(DataError, match="line 3: it is not JSON"):
        document(written(tmp_path, '{"data": [\n{"a": 1},\n{"b" 2}]}'))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "key is missing; the keys are none"),
        ({"key": 3}, "key is 3, expected text"),
        ({"key": "\ud800"}, "half a surrogate pair"),
        ([], r"the value is \[\], expected an object with 'key'"),
    ],
)
def test_a_value_of_another_type_is_an_error(values: object, message: str) -> None:
    """The message shows the value that was seen."""
    with pytest.raises(DataError, match=message):
        fetch(values, "key", str, Path("x.jsonl"), 7)


def test_true_is_no_number() -> None:
    """JSON's true must not pass as label 1."""
    with pytest.raises(DataError, match="key is true, expected a whole number"):
        fetch({"key": True}, "key", int, Path("x.jsonl"), 7)


def test_a_list_of_text_holds_only_text() -> None:
    """Every item of the list is checked."""
    assert texts({"endings": ["a", "b"]}, "endings", Path("x.jsonl"), 7) == ["a", "b"]
    with pytest.raises(DataError, match=r"endings\.1 is null, expected text"):
        texts({"endings": ["a", None]}, "endings", Path("x.jsonl"), 7)
