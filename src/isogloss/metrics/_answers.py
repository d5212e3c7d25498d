"""Comparing a predicted answer with the accepted ones, by the rules of SQuAD v1.1, SQuAD v2.0 and MLQA.

Every distinct text is normalised once. A gold of [] is a question without an answer.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from isogloss.core.typing import Float, np
from isogloss.metrics._counts import with_ones

Compare = Callable[[Sequence[str], Sequence[str]], float]
"""(tokens of the prediction, tokens of one accepted answer) → a score in [0, 1]."""

PRIVATE = range(0xE000, 0xF8FF)
"""Code points that mean nothing: neither letters nor spaces nor punctuation."""
REMEMBERED = 50_000


class Rule:
    """How a text becomes tokens: lower case, punctuation dropped, articles and the like replaced, split at spaces.

    All texts are normalised as one long string, parted by a character that no pattern touches, since a call per text
    costs more than the work. Tokens are remembered, so that exact match and F1 share them.
    """

    def __init__(self, punctuation: Iterable[str], replace: str = "", by: str = " ") -> None:
        self.punctuation = frozenset(punctuation)
        self.replace = re.compile(replace) if replace else None
        self.by = by
        self._known: dict[str, list[str]] = {}

    def tokens(self, texts: Iterable[str]) -> Mapping[str, list[str]]:
        """Tokens of each distinct text."""
        wanted = set(texts)
        new = list(wanted.difference(self._known))
        if new and len(self._known) + len(new) > REMEMBERED:  # not before: F1 asks for what exact match just asked for
            self._known, new = {}, list(wanted)
        if new:
            self._known.update(zip(new, self._split(new), strict=True))
        return self._known  # more than was asked for, so that nothing is copied

    def _split(self, texts: Sequence[str]) -> Iterator[list[str]]:
        codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        letters = set(map(chr, np.flatnonzero(np.bincount(codes)).tolist()))  # set(text) takes eight times as long
        border = next(chr(code) for code in PRIVATE if chr(code) not in letters)
        plain = border.join(texts).lower()
        for mark in self.punctuation & letters:  # a pattern of all 800 Unicode marks is slower than those that occur
            plain = plain.replace(mark, "")
        if self.replace is not None:
            plain = self.replace.sub(self.by, plain)
        return (text.split() for text in plain.split(border))


SQUAD = Rule(string.punctuation, r"\b(?:an?|the)\b")
"""SQuAD's rule: ASCII punctuation, English articles."""


def equal(prediction: Sequence[str], gold: Sequence[str]) -> float:
    """Exact match."""
    return float(prediction == gold)


def overlap(prediction: Sequence[str], gold: Sequence[str]) -> float:
    """F1 of the two bags of tokens; 0 when either is empty, as SQuAD v1.1 and MLQA count."""
    if prediction == gold:
        return float(bool(gold))
    if len(prediction) * len(gold) > 400:
        same = (Counter(prediction) & Counter(gold)).total()
    else:
        left = list(gold)
        for token in prediction:
            if token in left:
                left.remove(token)
        same = len(gold) - len(left)
    return 2.0 * same / (len(prediction) + len(gold)) if same else 0.0


def best(
    predictions: Sequence[str], golds: Sequence[Sequence[str]], rule: Rule, compare: Compare
) -> Float[np.ndarray, "n 2"]:
    """Rows of (best score over the accepted answers, 1). Without accepted answers, an empty prediction is right."""
    known = rule.tokens(chain(predictions, chain.from_iterable(golds)))
    scores = []
    for text, accepted in zip(predictions, golds, strict=True):
        tokens = known[text]
        if not accepted:
            scores.append(float(not tokens))
        elif text in accepted and tokens:
            scores.append(1.0)
        else:
            scores.append(max([compare(tokens, known[gold]) for gold in accepted]))
    return with_ones(scores)


def best_v2(predictions: Sequence[str], golds: Sequence[Sequence[str]], compare: Compare) -> Float[np.ndarray, "n 2"]:
    """The same by the rule of SQuAD v2.0: accepted answers that normalise to nothing do not count as answers."""
    known = SQUAD.tokens(chain.from_iterable(golds))
    return best(predictions, [[gold for gold in accepted if known[gold]] for accepted in golds], SQUAD, compare)
