"""Supertags, from small files of our own."""

from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.formats.ccgbank import derivations, piped

AUTO = (
    "ID=wsj_9999.1 PARSER=GOLD NUMPARSE=1\n"
    "(<T S[dcl] 0 2> (<T S[dcl] 1 2> (<L NP NNP NNP Oslo NP>) "
    "(<L S[dcl]\\NP VBZ VBZ sleeps S[dcl]\\NP_1>) ) (<L . . . . .>) ) \n"
)


def written(folder: Path, text: str) -> Path:
    path = folder / "wsj_9999.auto"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_derivation_gives_words_and_categories_in_order(tmp_path: Path) -> None:
    """Leaves are read from left to right, whatever the tree above them; punctuation has its own category."""
    ((name, sentence),) = derivations(written(tmp_path, AUTO))
    assert (name, sentence.tokens, sentence.tags) == (
        "wsj_9999.1",
        ("Oslo", "sleeps", "."),
        ("NP", "S[dcl]\\NP", "."),
    )


def test_piped_sentences_are_one_per_line(tmp_path: Path) -> None:
    """The C&C tools write word|POS|category; a word may itself hold a bar."""
    text = "# this file was generated\n\na|b|SYM|N sleeps|VBZ|S[dcl]\\NP\n"
    (sentence,) = piped(written(tmp_path, text))
    assert (sentence.line, sentence.tokens, sentence.tags) == (3, ("a|b", "sleeps"), ("N", "S[dcl]\\NP"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (AUTO[:90], "line 2: it is not a derivation"),
        (AUTO.split("\n", 1)[1], "line 1: it is not a derivation"),
        ("ID=x\n", "holds no derivation"),
    ],
)
def test_a_cut_off_derivation_is_named(tmp_path: Path, text: str, message: str) -> None:
    """An open bracket, a missing ID line and a missing derivation are errors."""
    with pytest.raises(DataError, match=message):
        list(derivations(written(tmp_path, text)))


def test_a_broken_token_is_named(tmp_path: Path) -> None:
    """A token needs its three parts."""
    with pytest.raises(DataError, match=r"line 1: a token is not word\|POS\|category"):
        list(piped(written(tmp_path, "Oslo|NNP\n")))
