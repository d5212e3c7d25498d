"""What an example says, and when two texts are the same."""

import sys
import unicodedata

import pytest

from isogloss.core.examples import Choice, Classification, Passage, Span, Tagging, Text
from isogloss.core.texts import characters, key, normal, sentences, texts


def test_every_type_of_example_has_its_texts() -> None:
    """Questions and contexts, prompts and choices, both sides of a pair, words joined."""
    assert texts(Tagging(id="1", tokens=("Oslo", "schläft"))) == ("Oslo schläft",)
    assert texts(Span(id="1", context="c", question="q")) == ("q", "c")
    assert texts(Choice(id="1", prompt="p", choices=("a", "b"))) == ("p", "a", "b")
    assert texts(Classification(id="1", text="a")) == ("a",)
    assert texts(Text(id="1", text="a", text_pair="b")) == ("a", "b")
    assert texts(Passage(id="1", side="query", text="q", keys=(), context="not shown")) == ("q",)


def test_white_space_makes_no_difference() -> None:
    """A tokenised sentence is the same as the plain one; ideographic and no-break spaces are white space, too."""
    assert key("Don 't go .") == key("Don't go.") == key("Don't\u3000go\u00a0.")


def test_sentences_end_at_their_marks() -> None:
    """Latin marks need a space after them, those of Chinese and Hindi none; a line's end parts sentences, too."""
    assert list(sentences("It is 3.5 m. So! Yes")) == ["It is 3.5 m.", "So!", "Yes"]
    assert list(sentences("好。不好？यह है।")) == ["好。", "不好？", "यह है।"]
    assert list(sentences("他来了。她走了!真的?OK")) == ["他来了。", "她走了!", "真的?", "OK"]
    assert list(sentences("พ.ศ. 2540 ดี")) == ["พ.ศ.", "2540 ดี"]  # an abbreviation has no space inside
    assert list(sentences("no mark\nnor here")) == ["no mark", "nor here"]
    assert list(sentences(" \u200b")) == []


@pytest.mark.parametrize(
    "other",
    [
        "Đẹp quá.\u200f Đi chợ! 好。行吗？",  # marks of direction, joiners and spaces of no width after a stop
        "Đẹp quá.\u200b\u00a0Đi\u2060 chợ!\u202f好｡行吗?",
        "\ufeffĐẹp quá．\u3000Đi chợ！\u3000好。\ufe00行吗？\u2069",
        unicodedata.normalize("NFD", "Đẹp quá. Đi chợ!\n好。行吗？"),
    ],
)
def test_sentences_part_at_the_same_places_however_they_are_encoded(other: str) -> None:
    """What is ignorable hides no end of a sentence, nor does a full-width or half-width mark."""
    assert [key(each) for each in sentences(other)] == ["Đẹpquá.", "Đichợ!", "好。", "行吗?"]


def test_a_character_is_a_letter_with_what_belongs_to_it() -> None:
    """Marks, decomposed Hangul and what is ignorable stand with the letter before them."""
    text = "e\u0301\u00adﬁ한".replace("한", unicodedata.normalize("NFD", "한"))
    assert list(characters(text)) == [(0, 3, "é"), (3, 4, "fi"), (4, 7, "한")]
    assert list(characters("")) == []


SAME = [
    ("Tiếng Việt có dấu.", unicodedata.normalize("NFD", "Tiếng Việt có dấu.")),
    ("한국어 문장", unicodedata.normalize("NFD", "한국어 문장")),
    ("Å", "\u212b"),  # the sign for ångström is canonically the letter
    ("q\u0307\u0323", "q\u0323\u0307"),  # marks of different classes in another order
    ("می‌روم", "میروم"),  # zero-width non-joiner, which XTREME's preprocessing drops
    ("Donau\u00addampf", "Donaudampf"),
    ("\ufeffHallo \u202bWelt\u202c", "Hallo Welt"),
    ("❤\ufe0f", "❤"),
    ("e\u034f\u0301", "é"),  # a joiner between a letter and its mark
    ("ﬁnal ＡＢＣ … ½", "final ABC ... 1⁄2"),
    ("東京\u3000タワー", "東京ﾀﾜｰ"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_ways_to_encode_a_text_are_one_text(one: str, other: str) -> None:
    """Canonically equivalent strings are the same (Unicode, chapter 3, C6), compatible characters stand for others
    (UAX #15), and what is ignorable is ignored; the key of a key is itself."""
    assert one != other
    assert key(one) == key(other)
    assert key(key(one)) == key(one)


@pytest.mark.parametrize(("one", "other"), [("Haus", "haus"), ("über", "uber"), ("किताब", "कताब"), ("„so“", '"so"')])
def test_other_letters_marks_and_quotes_are_other_texts(one: str, other: str) -> None:
    """Case, diacritics, vowel signs and quotation marks tell texts apart."""
    assert key(one) != key(other)


def test_what_is_ignorable_is_what_unicode_ignores() -> None:
    """NFKC_Casefold, which the regex package does not have either, drops Default_Ignorable_Code_Point: of the format
    characters (Cf) all but those that are seen, such as Arabic number signs and the interlinear annotation's."""
    formats = {chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"}
    seen = {f"{ord(each):04X}" for each in formats if normal(each)}
    egyptian = {f"{code:04X}" for code in range(0x13430, 0x13440)}
    assert seen - egyptian == {
        *(f"{code:04X}" for code in (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)),
        "FFF9", "FFFA", "FFFB",
    }  # fmt: skip
