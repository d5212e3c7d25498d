"""Words of any language, roughly: what trivial baselines look at."""

import re
import string

from isogloss.core.texts import normal

UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese: written without spaces, so each character stands for itself."""
TOKEN = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")
MARKS = string.punctuation + "،؛؟۔。、，！？：；「」『』（）《》“”„‘’«»…–—·।॥"
BORDER = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？؟۔।॥])\s*|\n+")
"""Where sentences part: after a mark and a space, so that "3.5" stays whole; after a mark that needs no space."""


def words(text: str) -> list[str]:
    """Lower-cased words without the punctuation around them; characters where a script has no spaces.

    However they are encoded: of the text's normal form (core/texts).
    """
    return [word for token in TOKEN.findall(normal(text).lower()) if (word := token.strip(MARKS))]


def trigrams(text: str) -> set[str]:
    """Character trigrams within words and at their borders."""
    padded = f" {' '.join(words(text))} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def sentences(text: str) -> list[str]:
    """The text cut at sentence borders; the text itself where there is none."""
    return [piece for part in BORDER.split(text) if (piece := part.strip())] or [text]
