"""What can go wrong with one word: a typing error, lost diacritics, inverted case.

Each is a function from a word to all that it may become; a word that cannot change becomes nothing. What is sensible
follows from the script of each letter, so that a name in another script is treated as its own script asks.
"""

import unicodedata
from collections.abc import Callable
from functools import cache

Rewrite = Callable[[str, str], list[str]]
"""(word, language) → what it may become, sorted; never the word itself."""

KEYBOARDS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"),
    (" ςερτυθιοπ", "ασδφγηξκλ", "ζχψωβνμ"),
    ("  קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ"),
    ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤر ىةوزظ"),
)
"""Rows of letters of the usual Latin, Russian, Greek, Hebrew and Arabic layouts, each row half a key to the right."""
DOTTED = ("az", "tr")
"""Languages in which i and ı are two letters, each with its own capital."""
_DOTS = {"i": "İ", "İ": "i", "ı": "I", "I": "ı"}
_LOST = ((0x300, 0x36F), (0x591, 0x5C7), (0x64B, 0x652), (0x670, 0x670))
"""Combining marks that writers leave out: of Latin, Greek and Cyrillic, Hebrew points, Arabic vowel signs."""
_GEORGIAN = (("\u10a0", "\u10ff"), ("\u1c90", "\u1cbf"), ("\u2d00", "\u2d2f"))
_KEPT = "йЙїЇўЎѓЃќЌ"
"""Letters of their own that Unicode decomposes and nobody writes without the mark."""


def typos(word: str, language: str = "") -> list[str]:
    """One typing error in a word of two letters or more. A letter and the marks on it are hit together."""
    del language
    word = unicodedata.normalize("NFC", word)
    letters = clusters(word)
    places = [place for place, letter in enumerate(letters) if letter[0].isalpha()]
    if len(places) < 2:
        return []
    wrong_words = set()
    for place in places:
        before, letter, after = letters[:place], letters[place], letters[place + 1 :]
        wrong = [*(_as(letter, key) + letter[1:] for key in beside(letter[0].lower())), "", letter * 2]
        wrong_words |= {"".join([*before, each, *after]) for each in wrong}
        if after and place + 1 in places:
            wrong_words.add("".join([*before, after[0], letter, *after[1:]]))
    return sorted(wrong_words - {word})


def diacritics(word: str, language: str = "") -> list[str]:
    """The word without its diacritics: what Unicode decomposes into a letter and marks that writers leave out.

    Vowel signs of Indic scripts, tone marks of Thai and voicing marks of kana are not diacritics in this sense.
    """
    del language
    word = unicodedata.normalize("NFC", word)
    bare = "".join(letter if letter in _KEPT else _bare(letter) for letter in word)
    return [] if bare in ("", word) else [bare]


def case(word: str, language: str = "") -> list[str]:
    """The word with small letters for capitals and capitals for small ones, letter by letter, where a letter has both.

    Georgian capitals exist in Unicode for headlines only: its letters stay.
    """
    word = unicodedata.normalize("NFC", word)
    dots = _DOTS if language in DOTTED else {}
    other = "".join(dots.get(letter) or _other(letter) for letter in word)
    return [] if other == word else [other]


REWRITES: dict[str, Rewrite] = {"typos": typos, "diacritics": diacritics, "case": case}


def clusters(word: str) -> list[str]:
    """Letters with the combining marks that follow them."""
    found: list[str] = []
    for letter in word:
        if found and unicodedata.category(letter).startswith("M"):
            found[-1] += letter
        else:
            found.append(letter)
    return found


@cache
def beside(letter: str) -> tuple[str, ...]:
    """The keys around a letter's key; none where no layout is known."""
    for rows in KEYBOARDS:
        keys = {key: (column + row / 2, row) for row, line in enumerate(rows) for column, key in enumerate(line)}
        if letter in keys and letter != " ":
            x, y = keys[letter]
            near = [key for key, (a, b) in keys.items() if abs(a - x) <= 1 and abs(b - y) <= 1]
            return tuple(sorted(key for key in near if key not in (letter, " ")))
    return ()


def _as(pattern: str, letter: str) -> str:
    return letter.upper() if pattern[0].isupper() else letter


def _bare(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    kept = "".join(part for part in parts if not any(low <= ord(part) <= high for low, high in _LOST))
    return unicodedata.normalize("NFC", kept)


def _other(letter: str) -> str:
    if any(first <= letter <= last for first, last in _GEORGIAN):
        return letter
    other = letter.swapcase()
    return other if len(other) == 1 and other.swapcase() == letter else letter
