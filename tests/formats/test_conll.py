"""Token and tag per line."""

from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.core.left_out import listening
from isogloss.formats.conll import sentences


def written(folder: Path, text: str) -> Path:
    path = folder / "dev-de.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_blank_lines_part_sentences(tmp_path: Path) -> None:
    """Several blank lines are one, and the last sentence needs none; the line is where a sentence begins."""
    found = list(sentences(written(tmp_path, "Oslo\tB-LOC\nschläft\tO\n\n\nBerg\tB-PER")))
    assert [(s.line, s.tokens, s.tags) for s in found] == [
        (1, ("Oslo", "schläft"), ("B-LOC", "O")),
        (5, ("Berg",), ("B-PER",)),
    ]


def test_a_file_without_tags_is_unlabelled(tmp_path: Path) -> None:
    """XTREME's test files hold tokens only."""
    (sentence,) = sentences(written(tmp_path, "Oslo\nschläft\n"))
    assert (sentence.tokens, sentence.tags) == (("Oslo", "schläft"), None)


def test_published_panx_has_the_language_before_the_token(tmp_path: Path) -> None:
    """The token begins after the first colon, so that a token of colons survives; a stray line ends the sentence."""
    found = list(sentences(written(tmp_path, "de:Oslo\tB-LOC\nde::\tO\nstray\nde:Berg\tO\n"), prefix=True))
    assert [s.tokens for s in found] == [("Oslo", ":"), ("Berg",)]


@pytest.mark.parametrize("nothing", ["", " ", "\u00a0", "\u3000", "\u2003 "])
@pytest.mark.parametrize(("separator", "prefix"), [("\t", False), (" ", False), ("\t", True)])
def test_a_tag_without_a_word_is_left_out_and_counted(
    tmp_path: Path, nothing: str, separator: str, prefix: bool
) -> None:
    """As in MasakhaNER 2.0's train file of isiXhosa; the sentence stands without that line, and one of such lines alone
    is no sentence."""
    before = "xh:" if prefix else ""
    lines = [
        ("Oslo", "B-LOC"),
        (nothing, "O"),
        ("schläft", "O"),
        None,
        (nothing, "O"),
        None,
        (nothing, "O"),
        ("ja", "O"),
    ]
    text = "".join("\n" if line is None else f"{before}{line[0]}{separator}{line[1]}\n" for line in lines)
    with listening() as left_out:
        found = list(sentences(written(tmp_path, text), separator=separator, prefix=prefix))
    assert [(each.tokens, each.tags) for each in found] == [(("Oslo", "schläft"), ("B-LOC", "O")), (("ja",), ("O",))]
    assert [(each.at.line, each.what) for each in left_out] == [
        (line, "with the tag O and no word") for line in (2, 5, 7)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Oslo\tB-LOC\nschläft\n", r"dev-de\.tsv, line 2: 1 column, expected 2"),
        ("a\tb\tc\n", "line 1: 3 columns, expected 1 or 2"),
        ("Oslo\tO\n\tB-LOC\n", "line 2: the token is empty"),
        ("Oslo\tO\n\u3000\tNOUN\n", "line 2: the token is empty"),
        ("Oslo\t \n", "line 1: the token 'Oslo' has an empty tag"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, text: str, message: str) -> None:
    """Missing and empty cells name file and line."""
    with pytest.raises(DataError, match=message):
        list(sentences(written(tmp_path, text)))
