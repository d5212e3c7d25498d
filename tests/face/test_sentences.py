"""Measures on two lists of sentences."""

from pathlib import Path

import pytest

from isogloss.core.errors import MetricError, ModelError
from isogloss.core.folder import names
from isogloss.face.sentences import Measures
from isogloss.models.encoder import load
from tongues import adapted

HERE = ["the bees left the school", "a ferry leaves at seven", "snow lay on the quay", "the bakery opens"] * 4
THERE = ["prices rose in the spring", "the bank lends money", "interest is low", "shares fell again"] * 4


def test_every_measure_is_there_by_its_name() -> None:
    """And another name is an AttributeError, as of any module."""
    measures = Measures()
    assert dir(measures) == names("measures")
    assert all(getattr(measures, name).measure.name == name for name in names("measures"))
    with pytest.raises(AttributeError, match="mdd"):
        _ = measures.mdd


def test_the_room_does_not_take_the_place_of_the_measures() -> None:
    """Importing a measure's file, as isogloss does, leaves `isogloss.measures.mmd` ready to be called."""
    import isogloss.measures.mmd

    assert repr(isogloss.measures).startswith("isogloss.measures: ")
    assert callable(isogloss.measures.mmd)


def test_a_corpus_is_nearer_to_itself_than_to_another(xlmr: Path) -> None:
    """Lexical and distributional distances; the value has an interval and a floor."""
    measures, encoder = Measures(), load(xlmr)
    for name in ("jaccard", "jensen_shannon", "mmd", "energy"):
        compare = getattr(measures, name)
        far, near = compare(HERE, THERE, encoder=encoder), compare(HERE, HERE, encoder=encoder)
        assert near < far
        assert far.null_high is not None


def test_an_encoder_may_be_a_folder_and_read_at_a_layer(xlmr: Path) -> None:
    """Another layer is another value; a layer that is not there is refused."""
    measures = Measures()
    first = measures.energy(HERE, THERE, encoder=str(xlmr), layer=0)
    last = measures.energy(HERE, THERE, encoder=xlmr, layer=1)
    assert first != last
    assert last == measures.energy(HERE, THERE, encoder=str(xlmr), layer=1)
    with pytest.raises(ModelError, match=r"e5-small: no such folder"):
        measures.energy(HERE, THERE, encoder=xlmr / "e5-small")
    with pytest.raises(MetricError, match="layer 99"):
        measures.energy(HERE, THERE, encoder=str(xlmr), layer=99)


def test_label_aware_measures_take_labels(xlmr: Path) -> None:
    """One for each sentence."""
    labels = ["a", "b"] * 8
    assert Measures().logme(HERE, THERE, encoder=str(xlmr), labels=(labels, labels)) == pytest.approx(
        Measures().logme(HERE, THERE, encoder=str(xlmr), labels=(labels, labels))
    )
    with pytest.raises(MetricError, match="2 labels for the 16 sentences"):
        Measures().logme(HERE, THERE, encoder=str(xlmr), labels=(labels[:2], labels))


def test_languages_are_compared_without_sentences() -> None:
    """URIEL's distances need codes alone; German is nearer to English than Swahili is."""
    distance = Measures().uriel_geographic
    assert distance(languages=("en", "de")) < distance(languages=("en", "sw"))


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ("one text", ["x"], "a is one text"),
        (["fine"], ["fine", " "], "sentence 1 of b"),
        ([], ["fine"], "a has no sentences"),
    ],
)
def test_what_is_not_a_list_of_sentences_is_refused(a: list[str], b: list[str], said: str, xlmr: Path) -> None:
    """One text, an empty sentence, nothing."""
    with pytest.raises(MetricError, match=said):
        Measures().jaccard(a, b, encoder=str(xlmr))


def test_each_list_is_read_as_its_language(xlmr: Path) -> None:
    """As an encoder that knows this language alone reads it; English unless said otherwise."""
    energy = Measures().energy
    encoder = adapted(xlmr, "de", "en")
    for code in ("de", "en"):
        alone = energy(HERE, THERE, encoder=adapted(xlmr, code))
        assert energy(HERE, THERE, encoder=encoder, languages=(code, code)) == pytest.approx(alone, abs=1e-6)
    assert energy(HERE, THERE, encoder=encoder) == energy(HERE, THERE, encoder=encoder, languages=("en", "en"))
    assert energy(HERE, HERE, encoder=encoder, languages=("en", "de")) > energy(HERE, HERE, encoder=encoder) + 1e-3
