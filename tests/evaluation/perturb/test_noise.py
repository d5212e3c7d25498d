"""What can go wrong with one word."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from isogloss.evaluation.perturb.noise import REWRITES, beside, case, clusters, diacritics, typos


def test_a_typing_error_hits_a_key_beside_the_letter() -> None:
    """On a QWERTY keyboard the keys around g are f, h, t, y, v and b (ISO/IEC 9995 with US letters)."""
    assert set(beside("g")) == {"f", "h", "t", "y", "v", "b"}
    assert {"sog", "dpg", "dof", "ddog", "dgo", "do"} <= set(typos("dog"))
    assert "Sog" in typos("Dog"), "a capital stays a capital"


def test_a_script_without_a_known_keyboard_has_letters_swapped_lost_or_doubled() -> None:
    """Armenian: nothing but these; letters of other scripts never come in."""
    found = typos("տուն")
    assert {"ուն", "ոտւն", "տտուն"} <= set(found)
    assert all(set(each) <= set("տուն") for each in found)


def test_marks_go_with_their_letter() -> None:
    """A Devanagari vowel sign never stands without its consonant: नाव is ना + व."""
    assert clusters("नाव") == ["ना", "व"]
    assert set(typos("नाव")) == {"व", "ना", "वना", "नानाव", "नावव"}


@pytest.mark.parametrize("word", ["théâtre", "한국어", "đẹp", "Ёлка", "İstanbul", "Čeština", "ガソリン", "Ọjọ́"])
@pytest.mark.parametrize("kind", REWRITES)
def test_a_word_goes_wrong_in_the_same_ways_however_it_is_encoded(word: str, kind: str) -> None:
    """Canonically equivalent words are one word (Unicode, chapter 3, C6): a key is hit, not a part of its letter."""
    composed, decomposed = (unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
    assert composed != decomposed
    for language in ("fr", "tr"):
        assert REWRITES[kind](decomposed, language) == REWRITES[kind](composed, language)


@pytest.mark.parametrize(
    ("word", "bare"),
    [("Fähre", "Fahre"), ("façade", "facade"), ("việt", "viet"), ("Ελλάδα", "Ελλαδα"), ("ещё", "еще"), ("كَتَبَ", "كتب")],
)
def test_diacritics_are_lost_where_writers_leave_them_out(word: str, bare: str) -> None:
    """The letters are those of the word's canonical decomposition (Unicode, UAX #15) without the marks."""
    assert diacritics(word) == [bare]


@pytest.mark.parametrize("word", ["Mai", "नमस्ते", "ที่นี่", "がぎぐ", "한국", "мой", "Київ", "東京", "straße"])
def test_what_is_no_diacritic_stays(word: str) -> None:
    """Vowel signs, tone marks of Thai, voicing marks of kana, й and ї are parts of the letter."""
    assert diacritics(word) == []


def test_case_is_inverted_letter_by_letter() -> None:
    """As with caps lock; Turkish has two letters i (Unicode SpecialCasing.txt)."""
    assert case("McDonald") == ["mCdONALD"]
    assert case("Işık", "tr") == ["ıŞIK"]
    assert case("iyi", "tr") == ["İYİ"]


@pytest.mark.parametrize("word", ["東京", "नमस्ते", "שלום", "سلام", "ภาษา", "საქართველო", "1984", "한국", "ß"])
def test_scripts_without_case_are_unchanged_by_case(word: str) -> None:
    """Georgian too, whose capitals are for headlines only; and ß, whose usual capital is two letters."""
    assert case(word) == []


@given(st.text(st.characters(categories=["L", "M", "N", "P"]), max_size=12), st.sampled_from(sorted(REWRITES)))
def test_no_word_becomes_itself_or_nothing_or_two(word: str, kind: str) -> None:
    """Every rewriting is one word, and another one, not the same in another encoding."""
    for found in REWRITES[kind](word, "en"):
        assert found
        assert unicodedata.normalize("NFC", found) != unicodedata.normalize("NFC", word)
        assert not any(unicodedata.category(letter) == "Zs" for letter in found)


@example("\u2d00")  # a small letter of Georgian's oldest script, whose capitals stand in another block
@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=12))
def test_inverting_case_twice_gives_the_word_back(word: str) -> None:
    """Only letters with one partner each are changed; a letter that Unicode has twice is written as the first."""
    composed = unicodedata.normalize("NFC", word)
    assert [back for other in case(word) for back in case(other)] == [composed] * len(case(word))
