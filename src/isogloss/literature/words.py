"""Words of English text as search compares them: stems without stop words; numbers spelled out count as digits."""

import re
from functools import cache, lru_cache
from typing import Any

from isogloss.core.texts import normal

_STOP = """
a about above after again all also am an and any are as at be because been before being below between both but by
can could did do does doing down during each few for from further had has have having he her here hers him his how i
if in into is it its itself just may me might more most must my no nor not now of off on once one only or other our
ours out over own same shall she should so some such than that the their theirs them then there these they this
those through to too under until up upon us very was we were what when where which while who whom whose why will
with within without would yet you your yours et al eg ie
"""
_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
STOP = frozenset(_STOP.split())
NUMBERS = {word: value for value, word in enumerate(_NUMBERS.split())}
TENS = {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 10**12}
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?\d*", re.UNICODE)


def stems(text: str) -> list[str]:
    """Stems of the content words of a text, in order, however it is encoded; of words with hyphens their parts."""
    return [
        stem(word)
        for word in _WORD.findall(normal(text).lower())
        if word not in STOP and (len(word) > 1 or word.isdigit())
    ]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of one word; a number word becomes its digits."""
    if word in NUMBERS:
        return str(NUMBERS[word])
    if word in TENS:
        return str(TENS[word])
    return str(_stemmer().stemWord(word.removesuffix("’s").removesuffix("'s")))


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
