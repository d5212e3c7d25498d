"""Words of any language, roughly: what trivial baselines look at."""

import re
import string

from isogloss.core.texts import UNSPACED, normal

TOKEN = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")
"""A word; in scripts without spaces each character stands for itself."""
MARKS = string.punctuation + "،؛؟۔。、，！？：；「」『』（）《》“”„‘’«»…–—·।॥"


def words(text: str) -> list[str]:
    """Lower-cased words without the punctuation around them; characters where a script has no spaces.

    However they are encoded: of the text's normal form (core/texts).
    """
    return [word for token in TOKEN.findall(normal(text).lower()) if (word := token.strip(MARKS))]


def trigrams(text: str) -> set[str]:
    """Character trigrams within words and at their borders."""
    padded = f" {' '.join(words(text))} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}
