"""Lexicons: shared, misleading and ambiguous forms, counted in text."""

import numpy as np
import pytest

from isogloss.worlds import lexicon, retrieval
from isogloss.worlds.concepts import ADJECTIVE, CONCEPTS, HYPERNYM, HYPONYMS, NATIVE, TIME, VERB
from isogloss.worlds.language import Language
from isogloss.worlds.world import DEFAULT, World


def aligned(world: World) -> set[tuple[str, str]]:
    """Pairs of words in the same place of translations; word order must be English's."""
    passages = list(retrieval.examples(world, "test", "x"))
    half = len(passages) // 2
    pairs = set()
    for query, candidate in zip(passages[:half], passages[half:], strict=True):
        pairs |= set(zip(query.text.split(), candidate.text.split(), strict=True))
    return pairs


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_cognates_are_shared_words(beside, tokens_of, native, share: float) -> None:
    """The share of a language's words that English text has too is its share of cognates."""
    world = beside(cognates=share)
    english, other = native(tokens_of(world, "en")), native(tokens_of(world, "x"))
    assert len(other & english) / len(other) == pytest.approx(share, abs=0.02)


def test_cognates_are_nested(beside) -> None:
    """A language with fewer cognates has none that one with more lacks."""
    sets = [lexicon.cognates(beside(cognates=share), Language(code="x", cognates=share)) for share in (0.1, 0.3, 0.7)]
    assert sets[0] < sets[1] < sets[2]


def test_draws_differ(beside) -> None:
    """Two draws of the same dial choose other words."""
    one, two = (lexicon.cognates(beside(), Language(code="x", cognates=0.3, draw=draw)) for draw in (0, 1))
    assert len(one) == len(two)
    assert one != two


def test_false_friends_mislead(beside) -> None:
    """With false friends, words that look English never stand for the English word they look like."""
    for word, english in aligned(beside(cognates=0.0, false_friends=1.0)):
        assert word != english or not word.isalpha()


def test_false_friends_look_english(beside, tokens_of, native) -> None:
    """With half of the pairs of non-cognates false friends, half of the words occur in English text."""
    world = beside(cognates=0.0, false_friends=0.5)
    english, other = native(tokens_of(world, "en")), native(tokens_of(world, "x"))
    assert len(other & english) / len(other) == pytest.approx(0.5, abs=0.04)


def test_false_friends_leave_cognates_alone(beside) -> None:
    """A cognate stays a cognate, and no word is both another's false friend and a true one."""
    world = beside(cognates=0.4, false_friends=1.0)
    forms, english = lexicon.words(world, world.languages[1]), lexicon.words(world, world.languages[0])
    true = {concept for concept in range(NATIVE) if forms[concept] == english[concept]}
    assert true == lexicon.cognates(world, world.languages[1])
    assert len(set(forms)) == CONCEPTS


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_merged_words_have_one_form(beside, tokens_of, native, share: float) -> None:
    """Each merged pair costs the language one word form in its text; 24 + 16 + 8 pairs are candidates."""
    world = beside(merge=share)
    lost = len(native(tokens_of(world, "en"))) - len(native(tokens_of(world, "x")))
    assert lost == round(share * (24 + 16 + 8))


@pytest.mark.parametrize("seed", range(5))
def test_merged_words_decide_no_label(beside, seed: int) -> None:
    """No merged pair has one category, one antonym pair, or is of two classes."""
    pairs = lexicon.merged(beside(seed=seed), Language(code="x", merge=1.0))
    assert len(np.unique(pairs)) == pairs.size
    for a, b in pairs.tolist():
        assert max(a, b) < TIME
        if max(a, b) < HYPERNYM:
            assert a // HYPONYMS != b // HYPONYMS
        elif max(a, b) < ADJECTIVE:
            assert min(a, b) >= VERB
            assert (a - VERB) // 4 != (b - VERB) // 4
        else:
            assert (a - ADJECTIVE) // 2 != (b - ADJECTIVE) // 2


def test_words_are_unique_over_languages() -> None:
    """No two languages share a form by accident: what is shared is cognate, a name, a number or punctuation."""
    world = World(
        name="many", languages=(Language(code="en"), *(Language(code=f"x{i}", cognates=0.0) for i in range(20)))
    )
    native = [word for language in world.languages for word in lexicon.words(world, language)[:NATIVE]]
    assert len(set(native)) == len(native) == 21 * NATIVE


def test_a_dial_moves_nothing_but_itself() -> None:
    """A language's own words do not depend on its other dials, nor on the languages after it."""
    plain = lexicon.words(DEFAULT, DEFAULT.languages[1])
    same = Language(code="x1", cognates=0.5, order="VSO", usage=1.0, relations=1.0, topics=1.0)
    alone = World(name="alone", languages=(DEFAULT.languages[0], same))
    assert lexicon.words(alone, same) == plain
