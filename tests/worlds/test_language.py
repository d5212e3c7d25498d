"""Languages: each dial of word order does what it says, seen in tagged text."""

from itertools import pairwise

import pytest

from isogloss.core.errors import SpecError, UnknownName
from isogloss.core.examples import Tagging
from isogloss.worlds import tagging
from isogloss.worlds.concepts import SLOTS
from isogloss.worlds.language import ORDERS, Language


def tagged(world) -> list[Tagging]:
    return list(tagging.parts_of_speech(world, "test", "x"))


def bigrams(sentences: list[Tagging]) -> set[tuple[str, str]]:
    return {pair for sentence in sentences for pair in pairwise(sentence.tags or ())}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("swap", [False, True])
def test_permutation_is_a_permutation(order: str, swap: bool) -> None:
    """Every language says each slot exactly once, in both voices."""
    language = Language(code="x", order=order, adjective_after=swap, postpositions=swap, time_first=swap)
    assert [sorted(row) for row in language.permutation.tolist()] == [list(range(SLOTS))] * 2


def test_verb_second_in_svo(beside) -> None:
    """In SVO the verb stands between two noun phrases: something nominal before it and after it."""
    for sentence in tagged(beside(order="SVO")):
        at = sentence.tags.index("VERB")
        assert {"NOUN", "PROPN"} & set(sentence.tags[:at])
        assert {"NOUN", "PROPN"} & set(sentence.tags[at + 1 :])


def test_verb_last_in_sov(beside) -> None:
    """In SOV nothing nominal follows the verb."""
    for sentence in tagged(beside(order="SOV")):
        at = sentence.tags.index("VERB")
        assert not {"NOUN", "PROPN", "ADJ", "NUM"} & set(sentence.tags[at + 1 :])


def test_verb_first_in_vso(beside) -> None:
    """In VSO nothing nominal precedes the verb."""
    for sentence in tagged(beside(order="VSO")):
        at = sentence.tags.index("VERB")
        assert not {"NOUN", "PROPN", "ADJ", "NUM"} & set(sentence.tags[:at])


def test_adjective_after_its_noun(beside) -> None:
    """With adjective_after a noun is followed by its adjective, and no adjective by a noun."""
    before, after = bigrams(tagged(beside(order="VSO"))), bigrams(tagged(beside(order="VSO", adjective_after=True)))
    assert ("ADJ", "NOUN") in before
    assert ("NOUN", "ADJ") in after


def test_adpositions_change_sides(beside) -> None:
    """A preposition opens its phrase; a postposition ends it, so a full stop can follow."""
    assert ("ADP", "PUNCT") not in bigrams(tagged(beside()))
    assert ("ADP", "PUNCT") in bigrams(tagged(beside(postpositions=True)))


def test_negation_after_the_verb(beside) -> None:
    """With negation_after the negation follows the verb instead of preceding it."""
    world = beside(negation_after=True)
    assert ("PART", "VERB") in bigrams(list(tagging.parts_of_speech(world, "test", "en")))
    assert ("VERB", "PART") in bigrams(tagged(world))


def test_time_first(beside) -> None:
    """With time_first the adverb of time is never the last word."""
    assert ("ADV", "PUNCT") in bigrams(tagged(beside()))
    assert ("ADV", "PUNCT") not in bigrams(tagged(beside(time_first=True)))


def test_plural_first(beside) -> None:
    """With plural_first the plural stands right after the number."""
    assert ("NUM", "PART") not in bigrams(tagged(beside()))
    assert ("NUM", "PART") in bigrams(tagged(beside(plural_first=True)))


def test_a_share_is_a_share() -> None:
    """A dial outside [0, 1] is refused by name."""
    with pytest.raises(SpecError, match=r"merge=1\.5; it is a share"):
        Language(code="x", merge=1.5)


def test_unknown_order() -> None:
    """An unknown word order is answered with the known ones."""
    with pytest.raises(UnknownName, match="Did you mean 'SOV'"):
        Language(code="x", order="SOVV")
