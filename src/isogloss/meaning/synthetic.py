"""Divergent translations made from equivalent ones, so that a scorer can be trained without labels.

After Briakou & Carpuat 2020: a phrase is deleted, a phrase is replaced, words are replaced by words used alike; after
Vyas, Niu & Carpuat 2018 the translation of another sentence. Phrases are runs of words here, not subtrees of a parse,
and words used alike are neighbours among an encoder's own vectors, not relations of WordNet: nothing but parallel text
is needed, in any language.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isogloss.core.errors import DataError
from isogloss.core.seeds import rng
from isogloss.core.shown import amount
from isogloss.core.typing import np

KINDS = ("deletion", "replacement", "substitution", "mismatch")
FEWEST = 20
"""Pairs below which nothing is made."""
SHORTEST = 5
"""Words a sentence must have to lose some."""
Alike = Mapping[str, Sequence[str]]
"""Word → words used alike."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """A pair made divergent; `seed` is the place of the pair it was made from."""

    seed: int
    kind: str
    pair: tuple[str, str]


def divergences(pairs: Sequence[tuple[str, str]], alike: tuple[Alike, Alike], key: str = "") -> list[Edit]:
    """For each pair one divergence of every kind that can be made of it, on a side drawn at random.

    Raises DataError for fewer than 20 pairs.
    """
    if len(pairs) < FEWEST:
        raise DataError(f"{amount(len(pairs), 'pair')} of parallel text; divergences are made from {FEWEST} or more.")
    words = [tuple(split(text) for text in pair) for pair in pairs]
    by_length = np.argsort([len(one) for one, _ in words], kind="stable")
    rank = np.argsort(by_length, kind="stable")
    edits = []
    for seed in range(len(pairs)):
        stream = rng(f"{key}/{seed}", "synthetic divergence")
        for kind in KINDS:
            side = int(stream.integers(2))
            here = words[seed][side]
            if kind == "mismatch":
                near = int(np.clip(rank[seed] + stream.choice((-3, -2, -1, 1, 2, 3)), 0, len(pairs) - 1))
                made = words[by_length[near]][side] if by_length[near] != seed else None
            elif len(here) < SHORTEST:
                made = None
            elif kind == "deletion":
                start, length = _run(len(here), stream)
                made = [*here[:start], *here[start + length :]]
            elif kind == "replacement":
                start, length = _run(len(here), stream)
                there = words[int(stream.integers(len(pairs)))][side]
                begin = int(stream.integers(max(1, len(there) - length + 1)))
                made = [*here[:start], *there[begin : begin + length], *here[start + length :]]
            else:
                made = _substituted(here, alike[side], stream)
            if made is not None and made != here:
                texts = list(pairs[seed])
                texts[side] = joined(made)
                edits.append(Edit(seed=seed, kind=kind, pair=(texts[0], texts[1])))
    return edits


def split(text: str) -> list[str]:
    """Words; characters where a text of some length has no spaces."""
    found = text.split()
    return found if len(found) > 1 or len(text) < SHORTEST else list(text)


def joined(parts: Sequence[str]) -> str:
    """The text of words; of characters where there are only these."""
    return ("" if all(len(part) == 1 for part in parts) else " ").join(parts)


def common(texts: Sequence[str], most: int = 4000) -> list[str]:
    """Words of three letters or more that occur twice or more, the most frequent first, without the hundred first."""
    counts = Counter(word for text in texts for word in split(text) if len(word) > 2 and word.isalpha())
    return [word for word, seen in counts.most_common(most + 100)[100:] if seen > 1]


def _run(words: int, stream: np.random.Generator) -> tuple[int, int]:
    """Where a phrase starts and how long it is: two words to a third of the sentence."""
    length = int(stream.integers(2, max(3, words // 3 + 1)))
    return int(stream.integers(words - length + 1)), length


def _substituted(words: Sequence[str], alike: Alike, stream: np.random.Generator) -> list[str] | None:
    """One or two words replaced by others used alike; None where no word has any."""
    places = [place for place, word in enumerate(words) if alike.get(word)]
    if not places:
        return None
    made = list(words)
    for place in stream.choice(places, size=min(len(places), int(stream.integers(1, 3))), replace=False):
        others = alike[words[place]]
        made[place] = others[int(stream.integers(len(others)))]
    return made
