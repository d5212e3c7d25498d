"""Which script a text is in."""

import unicodedata

import pytest

from isogloss.core.languages import table
from isogloss.data.scripts import BLOCKS, MIXED, letters, share

PREFIX = {
    "Latn": "LATIN", "Grek": "GREEK", "Cyrl": "CYRILLIC", "Armn": "ARMENIAN", "Hebr": "HEBREW", "Arab": "ARABIC",
    "Deva": "DEVANAGARI", "Beng": "BENGALI", "Guru": "GURMUKHI", "Gujr": "GUJARATI", "Taml": "TAMIL",
    "Telu": "TELUGU", "Mlym": "MALAYALAM", "Thai": "THAI", "Mymr": "MYANMAR", "Geor": "GEORGIAN",
    "Ethi": "ETHIOPIC", "Khmr": "KHMER", "Hang": "HANGUL", "Hani": "CJK",
}  # fmt: skip
"""How the names of a script's letters begin in the Unicode character database (Python's unicodedata)."""


@pytest.mark.parametrize("script", PREFIX)
def test_every_letter_of_the_database_is_in_its_block(script: str) -> None:
    """All letters of the basic plane whose name begins with the script are counted as it, but for rare extensions."""
    points = (chr(point) for point in range(0x10000) if not 0xD800 <= point < 0xE000)
    named = [
        each for each in points
        if unicodedata.category(each).startswith("L") and unicodedata.name(each, "").startswith(f"{PREFIX[script]} ")
    ]  # fmt: skip
    counts = letters(named)
    assert counts[script] / len(named) > 0.85
    assert sum(counts.values()) - counts[script] == 0


def test_every_language_has_a_script_that_can_be_counted() -> None:
    """The table of languages names no script without a block."""
    assert {language.script for language in table().values()} <= BLOCKS.keys() | MIXED.keys()


def test_shares_count_letters_only() -> None:
    """Digits, spaces and punctuation belong to no script; Japanese is kana and Han together."""
    counts = letters(["東京へ 2024!", "OK"])
    assert counts == {"Hani": 2, "Kana": 1, "Latn": 2}
    assert share(counts, "Jpan") == 0.6
    assert letters(["12 !?"]) == {}
