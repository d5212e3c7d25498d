"""MultiCheckList's table of templates."""

from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.formats.checklist import Variant, languages, templates

HEADER = "Field\ten\tde\tde-placeholders\tde\tde-placeholders"
TABLE = f"""{HEADER}
Name\tSizes\t\t\t\t
Capability\tVocabulary\t\t\t\t
Context\tThere is {{obj}}.\tDa ist {{obj}}.\t\t\t
Question\tWhat is there?\tWas ist da?\ta sofa, the sofa\tWer ist da?\ta cat
Answer\t{{obj}}\t{{obj}}\t\t\t
obj\ta sofa\tein Sofa\t\t\t
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "checklist_templates.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_translations_know_what_they_are_restricted_to(tmp_path: Path) -> None:
    """A language's columns are variants of one row; restrictions are compared by last words."""
    path = written(tmp_path, TABLE)
    (test,) = templates(path, "de")
    assert languages(path) == ["en", "de"]
    assert (test.name, test.capability) == ("Sizes", "Vocabulary")
    sofa, cat = Variant("Was ist da?", frozenset({"sofa"})), Variant("Wer ist da?", frozenset({"cat"}))
    assert test.questions == [("What is there?", [sofa, cat])]
    assert test.values == {"obj": [("a sofa", [Variant("ein Sofa", frozenset())])]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "\nContext\ta\tb\t\t\t\n", "line 2: a row 'Context' before any Name"),
        (HEADER + "\nName\ta\n", "line 2: 2 columns, expected 6"),
        (TABLE.rsplit("Answer", 1)[0], "lacks contexts, questions or answers"),
        (TABLE.replace("Field", "Row"), "no 'Field', 'en' and 'de' columns"),
    ],
)
def test_a_broken_table_says_where(tmp_path: Path, text: str, message: str) -> None:
    """Rows out of place, too short, or missing are errors."""
    with pytest.raises(DataError, match=message):
        templates(written(tmp_path, text), "de")
