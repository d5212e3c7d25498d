"""Every row is held against what its type must be before anything is written."""

import json
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import DataError
from isogloss.formats.table import Table
from isogloss.setup.checked import check

GOOD: dict[str, dict[str, Any]] = {
    "tagging": {"tokens": ["Ada", "sleeps"], "tags": ["N", "V"]},
    "choice": {"prompt": "It rained.", "choices": ["wet", "dry"], "label": 0},
    "classification": {"text": "so good", "label": "plus"},
}


def table(folder: Path, kind: str, *rows: dict[str, Any]) -> Table:
    """English training data that is good, and a German test with these rows."""
    files: dict[str, dict[str, Path]] = {}
    for split, code, of in (("train", "en", (GOOD[kind],)), ("test", "de", rows)):
        path = folder / f"{split}-{code}.jsonl"
        path.write_text("".join(f"{json.dumps(row)}\n" for row in of), "utf-8")
        files[split] = {code: path}
    return Table(name="mine", files=files, kind=kind, columns={}, header=())


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("tagging", {"tags": ["N"]}, "2 tokens and 1 tags"),
        ("tagging", {"tokens": ["Ada", " "]}, "a token is empty"),
        ("choice", {"label": 7}, "label 7 of 2 choices"),
        ("choice", {"choices": ["wet"]}, "1 choices; expected two or more"),
        ("classification", {"label": "minus"}, "the label 'minus' is in no row of the training table"),
        ("classification", {"label": None}, "none of its 1 rows is labelled"),
    ],
)
def test_a_row_that_no_task_takes_is_an_error(tmp_path: Path, kind: str, change: dict[str, Any], said: str) -> None:
    """The file is named, and nothing was written."""
    with pytest.raises(DataError, match=rf"test-de\.jsonl.*{said}"):
        check(table(tmp_path, kind, {**GOOD[kind], **change}))


def test_the_same_id_twice_is_an_error(tmp_path: Path) -> None:
    """With both places."""
    with pytest.raises(DataError, match=r"line 2.*the id 'a' occurs twice, first at line 1"):
        check(table(tmp_path, "choice", *[{**GOOD["choice"], "id": "a"}] * 2))


def test_labels_are_counted_in_the_training_table_alone(tmp_path: Path) -> None:
    """A tag that only a test has is a note and a label."""
    found = check(table(tmp_path, "tagging", GOOD["tagging"], {**GOOD["tagging"], "tags": ["X", "V"]}))
    assert dict(found.counts) == {"N": 1, "V": 1}
    assert found.labels == ("N", "V", "X")
    assert found.rows == {"train": {"en": 1}, "test": {"de": 2}}
    (note,) = found.notes
    assert "The tag 'X'" in note
    assert "line 2" in note
