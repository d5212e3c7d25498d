"""Normalising answers language by language, after MLQA."""

import string
import sys
import unicodedata
from collections.abc import Sequence
from functools import cache

from isogloss.core.typing import Float, np
from isogloss.metrics._answers import Compare, Rule, best

ARTICLES = {
    "en": r"\b(?:a|an|the)\b",
    "es": r"\b(?:un|una|unos|unas|el|la|los|las)\b",
    "vi": r"\b(?:của|là|cái|chiếc|những)\b",
    "de": r"\b(?:ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b",
    # MLQA's script means the Arabic article at the start of a word; its pattern removes it anywhere, and so do we.
    "ar": "ال",
}
CHARACTERS = {
    "zh": "[\u4e00-\u9fa5]",  # as MLQA writes it
    "ja": "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]",
    "th": "[\u0e00-\u0e7f]",
    "my": "[\u1000-\u109f]",
}


def best_by_language(
    predictions: Sequence[str], golds: Sequence[Sequence[str]], languages: Sequence[str], compare: Compare
) -> Float[np.ndarray, "n 2"]:
    """Rows of (best score over the accepted answers, 1), each normalised as its language asks."""
    rows = np.zeros((len(golds), 2))
    for language in dict.fromkeys(languages):
        where = [row for row, other in enumerate(languages) if other == language]
        here = best([predictions[row] for row in where], [golds[row] for row in where], rule_of(language), compare)
        rows[where] = here
    return rows


@cache
def rule_of(language: str) -> Rule:
    """The rule of one language: Unicode punctuation, its articles; split at white space, or by character.

    Of a pair such as "es-de" the first is the context's language, in which the answer is.
    """
    language = language.split("-", 1)[0]
    if language in CHARACTERS:
        return Rule(_punctuation(), f"({CHARACTERS[language]})", r" \1 ")
    return Rule(_punctuation(), ARTICLES.get(language, ""))


@cache
def _punctuation() -> frozenset[str]:
    unicode = {chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)).startswith("P")}
    return frozenset(unicode | set(string.punctuation))
