"""Tags are followed to the words that translate theirs, or the sentence is dropped."""

import pytest

from isogloss.core.examples import Tagging
from isogloss.translation import tags
from isogloss.translation.engine import Pieces, Translation
from isogloss.translation.fields import Dropped


def carried(tokens: str, given: str, made: Pieces) -> Tagging:
    source = Tagging(id="1", tokens=tuple(tokens.split()), tags=tuple(given.split()))
    (asked,) = tags.to_translate(source)
    return tags.rebuilt(source, {asked: Translation(made)}.__getitem__)


def test_every_word_is_marked_in_part_of_speech_tagging() -> None:
    """Marks are the positions of the tokens."""
    source = Tagging(id="1", tokens=("new", "law"), tags=("ADJ", "NOUN"))
    assert tags.to_translate(source) == [(("new", (0,)), (" ", ()), ("law", (1,)))]


def test_tags_change_places_with_their_words() -> None:
    """Noun before adjective."""
    made: Pieces = (("La ", (0,)), ("ley", (2,)), (" ", ()), ("nueva", (1,)), (".", (3,)))
    found = carried("The new law .", "DET ADJ NOUN PUNCT", made)
    assert found.tokens == ("La", "ley", "nueva", ".")
    assert found.tags == ("DET", "NOUN", "ADJ", "PUNCT")


def test_two_words_made_of_two_are_in_order() -> None:
    """Apertium puts article and noun into one piece; an elided article is a word of its own."""
    found = carried("the attack", "DET NOUN", (("l'atac", (0, 1)),))
    assert (found.tokens, found.tags) == (("l'", "atac"), ("DET", "NOUN"))


def test_a_word_that_passed_without_its_mark_is_known_by_itself() -> None:
    """Signs and names that stay as they are keep their tags."""
    found = carried("( Kabul )", "PUNCT PROPN PUNCT", (("(", ()), ("Kabul", (1,)), (")", ())))
    assert found.tags == ("PUNCT", "PROPN", "PUNCT")


@pytest.mark.parametrize(
    ("tokens", "given", "made", "reason"),
    [
        ("of the", "ADP DET", (("del", (0, 1)),), "words of two tags became one"),
        ("see him", "VERB PRON", (("veo ", (0,)), ("a ", ()), ("él", (1,))), "word without a source"),
    ],
)
def test_a_word_of_unknown_tag_drops_the_sentence(tokens: str, given: str, made: Pieces, reason: str) -> None:
    """Contractions have two tags, and words that the translator put in have none."""
    with pytest.raises(Dropped, match=reason):
        carried(tokens, given, made)


def test_names_are_marked_and_nothing_else() -> None:
    """Outside of names marks would only cost the engine its multi-word entries."""
    source = Tagging(id="1", tokens=("in", "New", "York"), tags=("O", "B-LOC", "I-LOC"))
    assert tags.to_translate(source) == [(("in", ()), (" ", ()), ("New", (1,)), (" ", ()), ("York", (2,)))]


def test_a_name_begins_anew_wherever_it_comes_to_stand() -> None:
    """B and I follow the new order; two names side by side stay two."""
    made: Pieces = (("York ", (2,)), ("Nueva ", (1,)), ("Roma", (3,)), (" en", ()))
    found = carried("in New York Rome", "O B-LOC I-LOC B-LOC", made)
    assert found.tokens == ("York", "Nueva", "Roma", "en")
    assert found.tags == ("B-LOC", "I-LOC", "B-LOC", "O")


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ((("York ", (2,)), ("de ", ()), ("Nueva", (1,))), "torn apart"),
        ((("aquí", ()),), "lost"),
        ((("NuevaRoma", (1, 3)),), "became one"),
    ],
)
def test_a_name_that_is_not_whole_drops_the_sentence(made: Pieces, reason: str) -> None:
    """Torn apart, lost, or joined with another."""
    with pytest.raises(Dropped, match=reason):
        carried("in New York Rome", "O B-LOC I-LOC B-LOC", made)
