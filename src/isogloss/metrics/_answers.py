"""Comparing a predicted answer with the accepted ones, by the rules of SQuAD v1.1, SQuAD v2.0 and MLQA.

Every distinct text is normalised and tokenised once per call. A gold of [] is a question without an answer.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

from isogloss.core.typing import Float, np
from isogloss.metrics._counts import with_ones

Tokens = Callable[[str], list[str]]
"""A text → the tokens its normal form splits into; the normal form is these joined by one space."""
Compare = Callable[[list[str], list[str]], float]
"""(tokens of the prediction, tokens of one accepted answer) → a score in [0, 1]."""

ARTICLES = re.compile(r"\b(?:a|an|the)\b")
DROP_PUNCTUATION = str.maketrans("", "", string.punctuation)
SKIP = frozenset(("a", "an", "the"))


def squad_tokens(text: str) -> list[str]:
    """Lower case, without ASCII punctuation and English articles, split at white space: SQuAD's rule."""
    plain = text.lower().translate(DROP_PUNCTUATION)
    if plain.isascii() and plain.isprintable():  # then \b falls at white space only, and whole tokens are articles
        return [token for token in plain.split() if token not in SKIP]
    if "a" in plain or "the" in plain:
        plain = ARTICLES.sub(" ", plain)
    return plain.split()


def equal(prediction: list[str], gold: list[str]) -> float:
    """Exact match."""
    return float(prediction == gold)


def overlap(prediction: list[str], gold: list[str]) -> float:
    """F1 of the two bags of tokens; 0 when either is empty, as SQuAD v1.1 and MLQA count."""
    if prediction == gold:
        return float(bool(gold))
    if len(prediction) * len(gold) > 400:
        same = (Counter(prediction) & Counter(gold)).total()
    else:
        left = gold.copy()
        for token in prediction:
            if token in left:
                left.remove(token)
        same = len(gold) - len(left)
    return 2.0 * same / (len(prediction) + len(gold)) if same else 0.0


def best(
    predictions: Sequence[str], golds: Sequence[Sequence[str]], tokens: Tokens, compare: Compare
) -> Float[np.ndarray, "n 2"]:
    """Rows of (best score over the accepted answers, 1). Without accepted answers, an empty prediction is right."""
    cache = _Cache(tokens)
    return with_ones(
        [
            _best(cache[text], [cache[gold] for gold in accepted], compare)
            for text, accepted in zip(predictions, golds, strict=True)
        ]
    )


def best_v2(
    predictions: Sequence[str], golds: Sequence[Sequence[str]], tokens: Tokens, compare: Compare
) -> Float[np.ndarray, "n 2"]:
    """The same by the rule of SQuAD v2.0: accepted answers that normalise to nothing do not count as answers."""
    cache = _Cache(tokens)
    return with_ones(
        [
            _best(cache[text], [cache[gold] for gold in accepted if cache[gold]], compare)
            for text, accepted in zip(predictions, golds, strict=True)
        ]
    )


def _best(prediction: list[str], accepted: list[list[str]], compare: Compare) -> float:
    if not accepted:
        return float(not prediction)
    if len(accepted) == 1:
        return compare(prediction, accepted[0])
    return max(compare(prediction, gold) for gold in accepted)


class _Cache(dict[str, list[str]]):
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens

    def __missing__(self, text: str) -> list[str]:
        found = self[text] = self.tokens(text)
        return found
