"""Rows of users' tables: what is no answer is said with its row, and never becomes one by being turned into text."""

import json
from pathlib import Path
from typing import Any

import pytest

from isogloss import Task
from isogloss.core.errors import DataError
from isogloss.core.examples import Example

TEXT = {"text": "rain fell", "label": "yes"}
PICK = {"prompt": "p", "choices": ["a", "b"]}
ASK = {"question": "Who sat?", "context": "The cat sat. The cat!"}
NONE = float("nan")


def read(kind: str, *rows: dict[str, Any], folder: Path | None = None) -> list[Example]:
    """The examples of a task made of rows, in memory or in a file."""
    source: Any = list(rows)
    if folder is not None:
        source = folder / "rows.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return Task.from_table("own", {"train": {"en": source}}, type=kind).examples(Path(), "train", "en")


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        ("classification", TEXT | {"label": NONE}, "label is nan; expected text"),
        ("classification", TEXT | {"label": ["yes"]}, r"label is \['yes'\]; expected text"),
        ("classification", TEXT | {"label": "\ud800"}, "half a surrogate pair"),
        ("classification", TEXT | {"text": "a\udfff"}, "half a surrogate pair"),
        ("choice", PICK | {"label": 1.7}, "label is 1.7; expected the number of the right choice"),
        ("choice", PICK | {"label": True}, "label is True; expected the number"),
        ("choice", PICK | {"label": NONE}, "label is nan; expected the number"),
        ("choice", PICK | {"label": -1}, "label -1 of 2 choices"),
        ("choice", PICK | {"label": 2}, "label 2 of 2 choices"),
        ("choice", PICK | {"label": 0, "choices": ["a"]}, "1 choices; expected two or more"),
        ("choice", PICK | {"label": 0, "choices": ["a", None]}, "choices is .* expected a list of text"),
        ("choice", PICK | {"label": 0, "choices": {"a": 1, "b": 2}}, "choices is .* expected a list of text"),
        ("tagging", {"tokens": ["a", None], "tags": ["O", "O"]}, "tokens is .* expected a list of text"),
        ("tagging", {"tokens": ["a", "b"], "tags": ["O", NONE]}, "tags is .* expected a list of text"),
        ("tagging", {"tokens": ["a", "b"], "tags": ["O"]}, "2 tokens and 1 tags; expected one tag for each"),
        ("tagging", {"tokens": ["a", "\u3000"], "tags": ["O", "O"]}, "a token is empty"),
        ("span", ASK | {"answers": 3}, "answers is 3; expected a list of text"),
        ("span", ASK | {"answers": ["cat", "sat"], "starts": [4]}, "2 answers and 1 starts"),
        ("span", ASK | {"answers": {"text": ["cat"], "answer_start": [4, 17]}}, "1 answers and 2 starts"),
        ("span", ASK | {"answers": {"text": ["cat"], "answer_start": [None]}}, "starts is None; expected a whole"),
        ("span", ASK | {"answers": ["cat"], "starts": [4.5]}, "starts is 4.5; expected a whole number"),
        ("span", ASK | {"answers": ["cat", ""]}, "the answer '' does not stand in the context"),
        ("span", ASK | {"answers": ["CAT"]}, "the answer 'CAT' does not stand in the context; expected a part of it"),
    ],
)
def test_what_is_no_answer_is_refused_by_its_row(kind: str, row: dict[str, Any], said: str, tmp_path: Path) -> None:
    """In memory by the number of the row, in a file by the file and its line."""
    with pytest.raises(DataError, match=said):
        read(kind, row)
    with pytest.raises(DataError, match=rf"rows\.jsonl, line 1: .*{said}"):
        read(kind, row, folder=tmp_path)


@pytest.mark.parametrize("answers", [None, "", [], [""], {"text": [], "answer_start": []}, {"text": None}])
def test_a_question_without_its_answer_has_none(answers: Any) -> None:
    """An empty text is no answer that stands at the beginning of every context."""
    (found,) = read("span", ASK | {"answers": answers})
    assert (found.answers, found.starts) == ((), ())  # type: ignore[union-attr]


def test_a_label_has_no_blanks_around_it() -> None:
    """Else "yes" and "yes " would be two classes, of which one is never right."""
    labels = [found.label for found in read("classification", TEXT, TEXT | {"label": "yes "}, TEXT | {"label": " "})]  # type: ignore[union-attr]
    assert labels == ["yes", "yes", None]


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.tsv", "text\tlabel\na\tx\nb\ty\n\n\r\n"), ("a.csv", 'text,label\n"a",x\nb,y\n\n'),
     ("a.jsonl", '{"text": "a", "label": "x"}\n{"text": "b", "label": "y"}\n\n \n')],
)  # fmt: skip
def test_empty_lines_at_the_end_are_no_rows(name: str, text: str, tmp_path: Path) -> None:
    """Editors leave them; in the middle of a file they stay an error."""
    (tmp_path / name).write_text(text)
    task = Task.from_table("own", {"train": {"en": tmp_path / name}})
    assert [found.label for found in task.examples(Path(), "train", "en")] == ["x", "y"]  # type: ignore[union-attr]
    (tmp_path / name).write_text(text.replace("b", "\nb"))
    with pytest.raises(DataError, match=rf"{name}, line "):
        task.examples(Path(), "train", "en")
