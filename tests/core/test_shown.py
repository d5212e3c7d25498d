"""Text of others does nothing to a terminal and fills no screen."""

import json
import unicodedata

import pytest

from isogloss.core.shown import QUOTED, amount, quoted, some, visible

# https://www.unicode.org/Public/UCD/latest/ucd/PropList.txt, Bidi_Control
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NO_XML = "\ufffe\uffff"  # https://www.w3.org/TR/xml/#charsets, beside control characters and surrogates


def test_what_a_terminal_obeys_is_escaped_and_nothing_else() -> None:
    """Control characters but tab and newline, bidi controls, what no XML may hold; letters of all scripts stay."""
    everything = "".join(map(chr, range(0x110000)))
    controls = {letter for letter in everything if unicodedata.category(letter) in ("Cc", "Cs")}
    obeyed = (controls | {*BIDI, *NO_XML}) - {"\t", "\n"}
    assert {letter for letter in everything if visible(letter) != letter} == obeyed
    assert visible("\x1b]0;owned\x07\x1b[2J\u202e") == r"\u001b]0;owned\u0007\u001b[2J\u202e"
    assert visible("نمی‌خواهم\tनमस्ते\n") == "نمی‌خواهم\tनमस्ते\n"  # U+200C is part of Persian spelling


def test_in_json_the_escapes_mean_the_same() -> None:
    """What is escaped stands inside strings of JSON, where a reader undoes it."""
    text = f"a{BIDI}\x1b\x7f\x9b"
    assert json.loads(visible(json.dumps([text], ensure_ascii=False))) == [text]


@pytest.mark.parametrize(
    "seen", ["neutrall", "", "it's", "x" * QUOTED, "x" * 10**6, "\x1b" * 500, ["x" * 99], 1.5, None]
)
def test_what_was_seen_is_quoted_in_one_short_line(seen: object) -> None:
    """Python's own quotes; what is longer is cut, and says so."""
    text = quoted(seen)
    assert len(text) <= QUOTED + 2
    assert text.isprintable()
    assert text == repr(seen) if len(repr(seen)) <= QUOTED + 2 else "…" in text


@pytest.mark.parametrize(("count", "said"), [(0, ""), (2, "0; 1"), (3, "0; 1; 2"), (4, "0; 1 and 2 more")])
def test_a_list_of_names_is_cut_where_that_makes_it_shorter(count: int, said: str) -> None:
    """A count stands for two names or more; one more name is as short as saying so."""
    assert some(map(str, range(count)), 2, "; ") == said


@pytest.mark.parametrize(("number", "said"), [(0, "0 pairs"), (1, "1 pair"), (1204, "1,204 pairs")])
def test_one_thing_is_not_several(number: int, said: str) -> None:
    """A noun after a number, whose plural may be irregular."""
    assert amount(number, "pair") == said
    assert amount(number, "pair of shoes", "pairs of shoes") == f"{said} of shoes"
