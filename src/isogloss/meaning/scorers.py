"""Does a sentence mean what its translation does? Scorers of pairs; a higher score is more equivalent.

Without an encoder: the ratio of lengths, and the overlap of character trigrams. With one: the cosine of sentence
vectors, its margin over the neighbours of both (Artetxe & Schwenk 2019), and a ranking model trained on synthetic
divergences (Briakou & Carpuat 2020) over features of sub-words that find each other.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch

from isogloss.core.errors import DataError, MetricError
from isogloss.core.languages import ENGLISH
from isogloss.core.seeds import rng
from isogloss.core.shown import amount, quoted
from isogloss.core.texts import normal
from isogloss.core.typing import Float, Int, np
from isogloss.evaluation.retrieval.nearest import search_both
from isogloss.evaluation.retrieval.search import NEIGHBOURS, centre
from isogloss.evaluation.words import trigrams
from isogloss.meaning import synthetic
from isogloss.models.embedding import LENGTH, View, embed, reference
from isogloss.models.encoder import Encoder
from isogloss.models.features import Batch, Feature, pair_row
from isogloss.models.heads import limit_of
from isogloss.models.inference import numbers, per_feature

Pairs = Sequence[tuple[str, str]]
Scores = Float[np.ndarray, "n"]
FEATURES = (
    "cosine", "found left", "found right", "quarter left", "quarter right", "least left", "least right",
    "worst run left", "worst run right", "length", "trigrams", "numbers",
)  # fmt: skip
RUN = 4
"""Sub-words of the worst run."""
GROUP = 256
"""Pairs whose states are held at once."""
HELD_OUT = 5
"""Every fifth pair of the parallel text is kept to test the ranking on."""
RIDGE = 1e-3


def length_ratio(pairs: Pairs) -> Scores:
    """Shorter over longer, in characters, each side against its usual length; 1 is as long as usual."""
    ratios = np.array([_longer(one, two) for one, two in pairs])
    return np.asarray(np.exp(-np.abs(ratios - np.median(ratios))))


def _longer(one: str, two: str) -> float:
    """The logarithm of how many times as long one text is as the other, in characters of their normal form."""
    return float(np.log(max(1, len(normal(one))) / max(1, len(normal(two)))))


def overlap(pairs: Pairs) -> Scores:
    """Jaccard index of character trigrams: what names, numbers and cognates give away."""
    return np.array([_jaccard(trigrams(one), trigrams(two)) for one, two in pairs])


def cosine(encoder: Encoder, pairs: Pairs, language: str) -> tuple[Scores, Scores]:
    """Cosines of centred sentence vectors, and their margin (difference) over each side's nearest in this very list.

    The left side of every pair is English, the right one is in `language`, here and in all that follows.

    Raises MetricError for fewer pairs than neighbours, and where one side's vectors are all the same.
    """
    if len(pairs) <= NEIGHBOURS:
        raise MetricError(f"{amount(len(pairs), 'pair')}; a margin over neighbours needs more than {NEIGHBOURS}.")
    view = reference(encoder)
    sides = [
        embed(encoder, texts, [view], lambda *_: None, languages=[code] * len(texts))[view]
        for code, texts in zip((ENGLISH, language), zip(*pairs, strict=True), strict=True)
    ]
    one, two = (centre(side, centred=True) for side in sides)
    own = np.einsum("nd,nd->n", one, two, dtype=np.float64)
    forward, backward = search_both(one, two, NEIGHBOURS)
    there, back = (each.scores.mean(axis=1) for each in (forward, backward))
    return own, own - (there + back) / 2


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What is usual in the parallel text of two languages."""

    centres: tuple[Float[np.ndarray, "d"], Float[np.ndarray, "d"]]
    """The mean state of each side."""
    rarity: Float[np.ndarray, "v"]
    """Inverse document frequency of every sub-word."""
    ratio: float
    """Median logarithm of the ratio of lengths."""


@dataclass(frozen=True, kw_only=True)
class Ranker:
    """A linear model over features of a pair, and how well it ranks divergences it has not seen."""

    encoder: Encoder
    view: View
    language: str
    """Of the translations."""
    usual: Usual
    mean: Float[np.ndarray, "f"]
    scale: Float[np.ndarray, "f"]
    weights: Float[np.ndarray, "f"]
    ranked: Mapping[str, float]
    """Kind of divergence → share ranked below the pair it was made from, on held-out pairs."""
    held: Mapping[str, Scores]
    """"equivalent" and each kind → scores of held-out pairs."""
    seeds: int

    def __call__(self, pairs: Pairs) -> Scores:
        """Higher is more equivalent; unbounded."""
        return np.asarray((self._features(pairs) - self.mean) / self.scale @ self.weights)

    def _features(self, pairs: Pairs) -> Float[np.ndarray, "n f"]:
        return features(self.encoder, self.view, self.usual, pairs, self.language)


def train(encoder: Encoder, parallel: Pairs, language: str, say: Callable[[str], None] = lambda _: None) -> Ranker:
    """Learn to rank equivalent above divergent from parallel text. Raises DataError for too little of it."""
    view = reference(encoder)
    made = synthetic.divergences(parallel, (alike(encoder, [one for one, _ in parallel], ENGLISH),
                                            alike(encoder, [two for _, two in parallel], language)))  # fmt: skip
    say(f"{len(parallel)} pairs of parallel text, {len(made)} divergences made of them")
    usual = _usual(encoder, view, parallel, language)
    good = features(encoder, view, usual, parallel, language)
    bad = features(encoder, view, usual, [each.pair for each in made], language)
    seeds = np.array([each.seed for each in made])
    kept = seeds % HELD_OUT == 0
    others = rng("ranker", "other pairs").permutation(len(parallel))
    others = others[others % HELD_OUT != 0]
    mean, scale = good.mean(axis=0), np.maximum(np.concatenate([good, bad]).std(axis=0), 1e-6)
    x, y = (good - mean) / scale, (bad - mean) / scale
    learned = np.flatnonzero(~kept)
    # Above its own divergence, and above one of another pair: a score must compare between sentences too.
    gaps = np.concatenate(
        [x[seeds[learned]] - y[learned], x[others[np.arange(len(learned)) % len(others)]] - y[learned]]
    )
    weights = _fitted(gaps)
    ranked, held = {}, {"equivalent": x[::HELD_OUT] @ weights}
    for kind in synthetic.KINDS:
        rows = np.flatnonzero(kept & np.array([each.kind == kind for each in made]))
        if len(rows):
            held[kind] = y[rows] @ weights
            ranked[kind] = float((x[seeds[rows]] @ weights > held[kind]).mean())
    return Ranker(
        encoder=encoder, view=view, language=language, usual=usual, mean=mean, scale=scale, weights=weights,
        ranked=ranked, held=held, seeds=len(parallel),
    )  # fmt: skip


def fits(encoder: Encoder, pairs: Pairs) -> list[bool]:
    """Which pairs are read whole on both sides: what is cut differs between languages, and looks like divergence."""
    most = _longest(encoder) - encoder.subwords.frame.cost[0]
    sides = [[len(ids) for ids in encoder.subwords.ids(texts)] for texts in zip(*pairs, strict=True)]
    return [all(0 < length <= most for length in lengths) for lengths in zip(*sides, strict=True)]


def alike(encoder: Encoder, texts: Sequence[str], language: str) -> dict[str, list[str]]:
    """Word → its neighbours from the third to the twentieth by static vectors: related, and hardly ever the same."""
    kinds = synthetic.common(texts)
    if len(kinds) < 2 * synthetic.FEWEST:
        return {}
    view = View(layer=0, pooling="mean")
    vectors = embed(encoder, kinds, [view], lambda *_: None, languages=[language] * len(kinds))[view]
    try:
        vectors = centre(vectors, centred=True)
    except MetricError:  # none of these words is known, and all are one to it
        return {}
    near = np.argsort(-(vectors @ vectors.T), axis=1, kind="stable")[:, 3:21]
    return {word: [kinds[place] for place in row] for word, row in zip(kinds, near, strict=True)}


def features(
    encoder: Encoder,
    view: View,
    usual: Usual,
    pairs: Pairs,
    language: str,
) -> Float[np.ndarray, "n f"]:
    """FEATURES of each pair. "found" is how near each sub-word of a side is to its nearest on the other, weighted by
    rarity; "quarter", "least" and "worst run" say the same of the worst of them, where a divergence shows."""
    values = np.empty((len(pairs), len(FEATURES)))
    for start in range(0, len(pairs), GROUP):
        group = pairs[start : start + GROUP]
        lefts, rights = (sorted(set(side)) for side in zip(*group, strict=True))
        if encoder.many_tongued:
            here, there = _read(encoder, view, lefts, ENGLISH), _read(encoder, view, rights, language)
        else:  # both sides share batches
            here = there = _read(encoder, view, sorted({*lefts, *rights}), "")
        for row, (one, two) in enumerate(group, start):
            values[row] = _of_pair(here[one], there[two], usual, one, two)
    return values


@dataclass(frozen=True, slots=True)
class _States:
    ids: Int[np.ndarray, "t"]
    vectors: Float[np.ndarray, "t d"]


def _read(encoder: Encoder, view: View, texts: Sequence[str], language: str) -> dict[str, _States]:
    """The states of each text, read as this language where the encoder has parts of its own for each."""
    with encoder.speaking(language):
        return dict(zip(texts, _states(encoder, view, texts), strict=True))


def _states(encoder: Encoder, view: View, texts: Sequence[str]) -> list[_States]:
    """States of the sub-words of each text, specials left out."""
    encoder.model.eval()
    frame, length = encoder.subwords.frame, _longest(encoder)
    ids = [row[: length - frame.cost[0]] for row in encoder.subwords.ids(texts)]
    for text, row in zip(texts, ids, strict=True):
        if not len(row):
            raise DataError(f"{quoted(text)} has no sub-words, so it cannot be scored; leave it out.")
    wrapped = [Feature(place, (pair_row(frame, row, None, length)[0],), (0,)) for place, row in enumerate(ids)]
    begin = len(frame.prefix)

    def compute(batch: Batch) -> list[Float[np.ndarray, "t d"]]:
        states = numbers(encoder.states(batch.ids, batch.mask, batch.segments, view.layer))
        return [
            states[row, begin : begin + len(ids[feature.example])].copy() for row, feature in enumerate(batch.features)
        ]

    with torch.inference_mode():
        vectors = per_feature(encoder, wrapped, compute, lambda *_: None)
    return [_States(row, states_of) for row, states_of in zip(ids, vectors, strict=True)]


def _longest(encoder: Encoder) -> int:
    return min(LENGTH, limit_of(encoder))


def _of_pair(
    one: _States,
    two: _States,
    usual: Usual,
    left: str,
    right: str,
) -> list[float]:
    x, y = one.vectors - usual.centres[0], two.vectors - usual.centres[1]
    a, b = usual.rarity[one.ids], usual.rarity[two.ids]
    means = [(vectors * weight[:, None]).sum(axis=0) for vectors, weight in ((x, a), (y, b))]
    whole = float(means[0] @ means[1] / max(1e-9, np.linalg.norm(means[0]) * np.linalg.norm(means[1])))
    x, y = (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9) for vectors in (x, y))
    table = x @ y.T
    sides = [(table.max(axis=1), a), (table.max(axis=0), b)]
    digits = [Counter(_numbers(text)) for text in (left, right)]
    numbers = sum(((digits[0] - digits[1]) + (digits[1] - digits[0])).values())
    return [
        whole,
        *(float(np.average(near, weights=weight)) for near, weight in sides),
        *(float(np.quantile(near, 0.25)) for near, _ in sides),
        *(float(near.min()) for near, _ in sides),
        *(_worst_run(near) for near, _ in sides),
        -abs(_longer(left, right) - usual.ratio),
        _jaccard(trigrams(left), trigrams(right)),
        -float(min(numbers, 3)),
    ]


def _worst_run(near: Float[np.ndarray, "t"]) -> float:
    width = min(RUN, len(near))
    return float(np.convolve(near, np.full(width, 1 / width), "valid").min())


def _numbers(text: str) -> list[str]:
    return "".join(letter if letter.isdigit() else " " for letter in normal(text)).split()


def _jaccard(one: set[str], two: set[str]) -> float:
    return len(one & two) / max(1, len(one | two))


def _usual(encoder: Encoder, view: View, pairs: Pairs, language: str) -> Usual:
    centres = []
    for code, texts in zip((ENGLISH, language), zip(*pairs[:GROUP], strict=True), strict=True):
        with encoder.speaking(code):
            centres.append(_mean_state(_states(encoder, view, texts)))
    return Usual(
        centres=(centres[0], centres[1]),
        rarity=_rarity(encoder, pairs),
        ratio=float(np.median([_longer(one, two) for one, two in pairs])),
    )


def _mean_state(states: Sequence[_States]) -> Float[np.ndarray, "d"]:
    return np.asarray(np.concatenate([each.vectors for each in states]).mean(axis=0))


def _rarity(encoder: Encoder, pairs: Pairs) -> Float[np.ndarray, "v"]:
    """Inverse document frequency of every sub-word among both sides of the parallel text."""
    texts = [text for pair in pairs for text in pair]
    seen = np.zeros(encoder.subwords.rows)
    for ids in encoder.subwords.ids(texts):
        seen[np.unique(ids)] += 1
    return np.asarray(np.log((len(texts) + 1) / (seen + 0.5)))


def _fitted(gaps: Float[np.ndarray, "g f"]) -> Float[np.ndarray, "f"]:
    """Weights that put each gap above a margin of 1: squared hinge loss with a ridge, by L-BFGS."""
    from scipy.optimize import minimize

    def loss(weights: Float[np.ndarray, "f"]) -> tuple[float, Float[np.ndarray, "f"]]:
        short = np.maximum(0, 1 - gaps @ weights)
        slope = -2 * gaps.T @ short / len(gaps) + 2 * RIDGE * weights
        return float((short**2).mean() + RIDGE * weights @ weights), slope

    return np.asarray(minimize(loss, np.zeros(gaps.shape[1]), jac=True, method="L-BFGS-B").x)
