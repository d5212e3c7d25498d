"""Translation by the Apertium that is installed here."""

import subprocess
from pathlib import Path

import pytest

from isogloss.core.errors import TranslationError, UnknownName
from isogloss.translation.apertium import Apertium, decoded, encoded
from isogloss.translation.engine import Pieces, plain

SENTENCES = ("The new law was praised by thirty colleagues.", "I don't know what you mean.", "She left the house")


@pytest.mark.parametrize(("language", "mode"), [("es", "eng-spa"), ("ca", "eng-cat")])
def test_sentences_read_as_the_program_itself_writes_them(apertium: Apertium, language: str, mode: str) -> None:
    """Each sentence is what `apertium -u MODE` prints for it alone, spaces apart."""
    found = apertium.translate([plain(sentence) for sentence in SENTENCES], language)
    for sentence, translation in zip(SENTENCES, found, strict=True):
        done = subprocess.run(["apertium", "-u", mode], input=sentence, capture_output=True, text=True, check=True)
        assert translation is not None
        assert translation.text.split() == done.stdout.split()


def test_company_changes_nothing(apertium: Apertium) -> None:
    """A sentence is translated alone as it is among others: what the cache keeps does not depend on who asked."""
    together = apertium.translate([plain(sentence) for sentence in SENTENCES], "es")
    assert [apertium.translate([plain(sentence)], "es")[0] for sentence in SENTENCES] == together


SIGNS = ("*", "#", "@", "[x]", "{y}", "^z$", "a/b", "<b>", "\\", "~", "\x07", "50%")


def test_signs_of_the_stream_come_back(apertium: Apertium) -> None:
    """Characters that mean something to Apertium's programs are text like any other."""
    found = apertium.translate([plain(f"The house {signs} is new.") for signs in SIGNS], "ca")
    for signs, translation in zip(SIGNS, found, strict=True):
        assert translation is not None
        assert all(sign in translation.text for sign in signs.strip("xyzab50"))


def test_unknown_words_stay_and_are_counted(apertium: Apertium) -> None:
    """A word that no dictionary has is left as it was, without Apertium's star, and counted."""
    (found,) = apertium.translate([plain("Zorblax sees the house.")], "es")
    assert found is not None
    assert "Zorblax" in found.text.split()
    assert "*" not in found.text
    assert found.unknown == 1


def test_marks_arrive_with_their_words(apertium: Apertium) -> None:
    """Noun and adjective change places in Spanish; each takes its mark along."""
    sentence: Pieces = (("The ", ()), ("new", (1,)), (" ", ()), ("law", (2,)), (" is good.", ()))
    (found,) = apertium.translate([sentence], "es")
    assert found is not None
    assert found.text.startswith("La ley nueva ")
    assert [piece for piece in found.pieces if piece[1]] == [("ley", (2,)), ("nueva", (1,))]


def test_nothing_to_translate_is_none(apertium: Apertium) -> None:
    """White space has no translation, and its neighbours keep theirs."""
    found = apertium.translate([plain("  "), plain("The house is new.")], "ca")
    assert found[0] is None
    assert found[1] is not None


def test_a_missing_program_is_said_with_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without Apertium the error names what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TranslationError, match=r"apt-get install apertium .*apertium-eng-spa"):
        Apertium().version("es")


def test_a_missing_pair_is_said(apertium: Apertium) -> None:
    """A mode that is not installed, and a language nobody named a mode for, are two errors."""
    with pytest.raises(TranslationError, match="apt-get install apertium-eng-xyz"):
        Apertium(modes={"xy": ("eng-xyz", "apertium-eng-xyz")}).version("xy")
    with pytest.raises(UnknownName, match="'zz'"):
        apertium.version("zz")


def test_a_version_stands_for_one_pair(apertium: Apertium) -> None:
    """The version names the pair, and is the same whenever it is asked for."""
    assert apertium.version("es") == Apertium().version("es") != apertium.version("ca")


def test_a_lent_full_stop_that_went_astray_is_noticed() -> None:
    """A stream with words after the place where the lent full stop was put is not taken for a translation."""
    assert encoded(plain("a house")) == "a house[end].[]"
    assert decoded("una casa[end].[]") is not None
    assert decoded("una [end].casa[]") is None
