"""Synthetic divergences, and scorers of translation pairs."""

from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest

from isogloss.core.errors import DataError, MetricError
from isogloss.meaning import scorers, synthetic
from isogloss.models.encoder import Encoder, load
from tongues import adapted

NOUNS = [
    "ferry",
    "bakery",
    "neighbour",
    "bees",
    "school",
    "garden",
    "bridge",
    "river",
    "market",
    "teacher",
    "engine",
    "letter",
]
VERBS = ["leaves", "opens", "keeps", "sees", "builds", "crosses"]


def parallel(count: int) -> list[tuple[str, str]]:
    """A made-up language: English words, each written twice over and in lower case."""
    stream = np.random.default_rng(3)
    found = []
    for _ in range(count):
        nouns = [NOUNS[each] for each in stream.integers(len(NOUNS), size=3)]
        words = f"the {nouns[0]} {VERBS[stream.integers(len(VERBS))]} the {nouns[1]} behind the {nouns[2]}".split()
        found.append((" ".join(words), " ".join(words)))
    return found


def test_each_kind_changes_one_side_alone() -> None:
    """A deletion is shorter, a replacement as long, a substitution changes one or two words, a mismatch another."""
    pairs = parallel(60)
    alike = {noun: [other for other in NOUNS if other != noun] for noun in NOUNS}
    made = synthetic.divergences(pairs, (alike, alike))
    assert {each.kind for each in made} == set(synthetic.KINDS)
    for each in made:
        before, after = pairs[each.seed], each.pair
        changed = [side for side in (0, 1) if before[side] != after[side]]
        assert len(changed) == 1
        old, new = before[changed[0]].split(), after[changed[0]].split()
        if each.kind == "deletion":
            assert len(new) < len(old)
        elif each.kind == "replacement":
            assert len(new) == len(old)
        elif each.kind == "substitution":
            assert 1 <= sum(a != b for a, b in zip(old, new, strict=True)) <= 2
        else:
            assert " ".join(new) in {pair[changed[0]] for pair in pairs}


def test_divergences_are_the_same_every_time() -> None:
    """Each pair has a stream of its own; another key makes others."""
    pairs = parallel(30)
    assert synthetic.divergences(pairs, ({}, {})) == synthetic.divergences(pairs, ({}, {}))
    assert synthetic.divergences(pairs, ({}, {})) != synthetic.divergences(pairs, ({}, {}), "other")


def test_too_little_parallel_text_is_said() -> None:
    """Nothing is learned from a handful of lines."""
    with pytest.raises(DataError, match="20 or more"):
        synthetic.divergences(parallel(5), ({}, {}))


def test_scripts_without_spaces_are_changed_by_characters() -> None:
    """A deleted run of characters leaves no spaces behind."""
    text = "渡船七点开面包店八点开门"
    made = synthetic.divergences([(text, text[::-1])] * 30, ({}, {}))
    assert made
    assert all(" " not in side for each in made for side in each.pair)


def test_a_ratio_of_lengths_is_one_where_it_is_usual() -> None:
    """French is longer than English; what counts is the distance from the usual ratio."""
    found = scorers.length_ratio([("ab", "abcd"), ("abc", "abcdef"), ("abcd", "ab")])
    assert found == pytest.approx([1.0, 1.0, 0.25])
    decomposed = [
        (one, normalize("NFD", two)) for one, two in (("ab", "한국어다"), ("abc", "한국어이다요"), ("abcd", "한다"))
    ]
    assert scorers.length_ratio(decomposed) == pytest.approx([1.0, 1.0, 0.25])  # in letters, however they are encoded


def test_copies_overlap_wholly() -> None:
    """And words of other letters not at all."""
    assert scorers.overlap([("a ferry", "a ferry"), ("bees", "pont")]).tolist() == [1.0, 0.0]


def test_a_ranker_learns_to_rank_divergences_it_has_not_seen(xlmr: Path) -> None:
    """Where a translation is a copy even random vectors find it: held-out divergences rank below what they were made
    from, nearly always, and an unseen pair above its own deletion."""
    ranker = scorers.train(load(xlmr), parallel(80), "de")
    assert ranker.ranked["deletion"] > 0.9
    assert ranker.ranked["mismatch"] > 0.9
    whole, cut = ranker(
        [("the ferry sees the garden", "the ferry sees the garden"), ("the ferry sees the garden", "the")]
    )
    assert whole > cut


def test_the_margin_is_over_the_neighbours_of_both(xlmr: Path) -> None:
    """By its definition, from cosines of all pairs at once: own minus the mean of both sides' four nearest."""
    pairs = [(f"the {noun} opens", f"the {noun} leaves at seven") for noun in NOUNS]
    own, margin = scorers.cosine(load(xlmr), pairs, "de")
    view = scorers.reference(load(xlmr))
    sides = [scorers.embed(load(xlmr), list(side), [view], lambda *_: None)[view] for side in zip(*pairs, strict=True)]
    one, two = ((side - side.mean(axis=0)).astype(np.float64) for side in sides)
    one, two = (side / np.linalg.norm(side, axis=1, keepdims=True) for side in (one, two))
    table = one @ two.T
    nearest = [np.sort(each, axis=1)[:, -4:].mean(axis=1) for each in (table, table.T)]
    assert own == pytest.approx(np.diag(table), abs=1e-4)
    assert margin == pytest.approx(np.diag(table) - (nearest[0] + nearest[1]) / 2, abs=1e-4)
    with pytest.raises(MetricError, match="more than 4"):
        scorers.cosine(load(xlmr), pairs[:3], "de")


PAIRS = [(f"the {noun} opens", f"the {noun} leaves at seven") for noun in NOUNS]


def test_each_side_is_read_as_its_language(xlmr: Path) -> None:
    """With adapters for languages the English of a pair is read with English's and its translation with its own; a
    language that has none is read with English's, in which tasks were trained."""
    encoder = adapted(xlmr, "en", "de")
    view = scorers.reference(encoder)
    english, german = adapted(xlmr, "en"), adapted(xlmr, "de")

    def vectors(by: Encoder, side: int) -> np.ndarray:
        found = scorers.embed(by, [pair[side] for pair in PAIRS], [view], lambda *_: None)[view].astype(np.float64)
        found -= found.mean(axis=0)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))

    for language, other in (("de", german), ("yo", english)):
        own, _ = scorers.cosine(encoder, PAIRS, language)
        assert own == pytest.approx((vectors(english, 0) * vectors(other, 1)).sum(axis=1), abs=1e-4)


def test_a_ranker_reads_each_side_as_its_language(xlmr: Path) -> None:
    """What is usual of each side, words used alike and every feature are those of encoders that know one language."""
    encoder, english, german = adapted(xlmr, "en", "de"), adapted(xlmr, "en"), adapted(xlmr, "de")
    text = parallel(40)
    ranker = scorers.train(encoder, text, "de")
    sides = [scorers.train(each, text, "de").usual.centres[place] for place, each in enumerate((english, german))]
    for found, expected in zip(ranker.usual.centres, sides, strict=True):
        assert found == pytest.approx(expected, abs=1e-5)
    words = [other for _, other in text]
    assert scorers.alike(encoder, words, "de") == scorers.alike(german, words, "de")
    known = [
        scorers._states(by, ranker.view, [pair[place] for pair in PAIRS])
        for place, by in enumerate((english, german))
    ]  # fmt: skip
    rows = [scorers._of_pair(*states, ranker.usual, *pair) for *states, pair in zip(*known, PAIRS, strict=True)]
    found = scorers.features(encoder, ranker.view, ranker.usual, PAIRS, "de")
    assert found == pytest.approx(np.array(rows), abs=1e-4)
    expected = (np.array(rows) - ranker.mean) / ranker.scale @ ranker.weights
    assert ranker(PAIRS) == pytest.approx(expected, abs=1e-3)
