"""REFreSD's sentence labels are read as they are, and what is wrong is said with its line."""

from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.formats.sentence_labels import Pair, pairs

GOOD = "#binary_label #3_labels #english_sentence #french_sentence\ndivergent\tunrelated\tA ferry .\tUn pont .\n"


def test_labels_and_both_sides_are_read(tmp_path: Path) -> None:
    """The first line is a comment, as in the release."""
    path = tmp_path / "labels"
    path.write_text(GOOD + "equivalent\tno_meaning_difference\tBees .\tDes abeilles .\n", encoding="utf-8")
    assert pairs(path) == [
        Pair(line=2, english="A ferry .", other="Un pont .", label="unrelated", equivalent=False),
        Pair(line=3, english="Bees .", other="Des abeilles .", label="no_meaning_difference", equivalent=True),
    ]


def test_two_columns_are_pairs_without_labels(tmp_path: Path) -> None:
    """For lists of which nobody has said what is divergent."""
    path = tmp_path / "list"
    path.write_text("Bees .\tDes abeilles .\n", encoding="utf-8")
    assert pairs(path) == [Pair(line=1, english="Bees .", other="Des abeilles .")]


@pytest.mark.parametrize(
    "rows", [["#metoo changed it.\t#metoo a tout changé.", "Bees .\tAbeilles .", "#1 here.\tNo 1."]]
)
@pytest.mark.parametrize("comment", ["", "#English and French\n", "#binary_label\t#3_labels\t#english\t#french\n"])
def test_a_sentence_may_begin_with_a_number_sign(rows: list[str], comment: str, tmp_path: Path) -> None:
    """A row with the right number of columns is a pair: the layout has one comment, its first line."""
    path = tmp_path / "list"
    path.write_text(comment + "\n".join(rows) + "\n", encoding="utf-8")
    assert [pair.english for pair in pairs(path)] == ["#metoo changed it.", "Bees .", "#1 here."]
    labelled = [f"equivalent\tno_meaning_difference\t{row}" for row in rows]
    path.write_text(comment + "\n".join(labelled) + "\n", encoding="utf-8")
    assert [pair.english for pair in pairs(path)] == ["#metoo changed it.", "Bees .", "#1 here."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\tb\tc\n", "3 columns"),
        ("maybe\tx\tBees .\tAbeilles .\n", "binary label 'maybe'"),
        ("Bees .\t \n", "empty"),
        (GOOD + "Bees .\tAbeilles .\n", "some rows have labels"),
        ("# nothing\n", "no pairs"),
        ("Bees .\tAbeilles .\n#metoo changed it.\n", "line 2: 1 column, expected 4"),
        ("#metoo\tchanged\tit\n", "line 1: 3 columns, expected 4"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str, tmp_path: Path) -> None:
    """Nothing is guessed."""
    path = tmp_path / "labels"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        pairs(path)


def test_the_real_file_has_every_second_pair(real: Path) -> None:
    """520 of 1,039 pairs lie here: 185 + 209 + 126 by class (MANIFEST.md of the data; all: 369 + 418 + 252, Briakou &
    Carpuat 2020, table 2)."""
    found = pairs(real / "refresd" / "REFreSD_sentence_labels")
    labels = [pair.label for pair in found]
    assert [labels.count(name) for name in ("no_meaning_difference", "some_meaning_difference", "unrelated")] == [
        185, 209, 126,
    ]  # fmt: skip
    assert all(pair.equivalent == (pair.label == "no_meaning_difference") for pair in found)
