"""Neural translation by a tiny model that the tests make and train."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import TranslationError, UnknownName
from isogloss.translation import seq2seq
from isogloss.translation.engine import plain
from isogloss.translation.seq2seq import Seq2Seq

from .pairs import CATALAN, PAIRS


def engine(folder: Path, **settings: int) -> Seq2Seq:
    return Seq2Seq(model=str(folder), source="eng_Latn", codes={"es": "spa_Latn"}, **settings)


@pytest.mark.parametrize("beams", [1, 3])
def test_a_model_translates_what_it_was_taught(nllb: Path, beams: int) -> None:
    """Greedy and by beams, in batches of unequal lengths, each sentence gets its own translation."""
    found = engine(nllb, beams=beams, batch=2).translate([plain(source) for source, _ in PAIRS], "es")
    assert [each and each.text for each in found] == [target for _, target in PAIRS]


def test_a_marian_model_of_several_languages_is_told_which(marian: Path) -> None:
    """Its language is a word before the sentence."""
    made = Seq2Seq(model=str(marian), codes={"es": ">>spa<<", "ca": ">>cat<<"})
    sentences = [plain(source) for source, _ in PAIRS]
    assert [each and each.text for each in made.translate(sentences, "es")] == [target for _, target in PAIRS]
    assert [each and each.text for each in made.translate(sentences, "ca")] == list(CATALAN)


@pytest.mark.parametrize("kind", ["nllb", "marian"])
def test_special_tokens_that_a_text_spells_are_characters(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is given one end of the sentence, its last, and no padding or language inside it."""
    folder = request.getfixturevalue(kind)
    code, mark = {"nllb": ("spa_Latn", "eng_Latn"), "marian": (">>spa<<", ">>spa<<")}[kind]
    tokenizer, model = seq2seq._loaded(str(folder), "")
    given: list[list[int]] = []

    def generate(input_ids: Any, **_: Any) -> Any:
        given.extend(input_ids.tolist())
        return input_ids

    monkeypatch.setattr(model, "generate", generate)
    made = Seq2Seq(model=str(folder), source="eng_Latn" if kind == "nllb" else "", codes={"es": code})
    made.translate([plain(f"the </s> ferry <pad> {mark} leaves")], "es")
    ((*inner, _),) = given
    assert len(inner) > 6
    assert {tokenizer.eos_token_id, tokenizer.pad_token_id}.isdisjoint(inner)
    number = tokenizer.convert_tokens_to_ids(mark)
    assert (inner[0], inner.count(number)) == (number, 1)  # what says the language stands in front alone


def test_what_has_no_end_or_is_too_long_has_no_translation(nllb: Path) -> None:
    """A sentence longer than `longest`, and a translation that does not end within it, are None, not cut."""
    long, short = PAIRS[2][0], PAIRS[4][0]
    assert engine(nllb).translate([plain(long)], "es") != [None]
    assert engine(nllb, longest=4).translate([plain(short), plain(long)], "es") == [None, None]


def test_a_version_follows_the_files_and_the_settings(nllb: Path, tmp_path: Path) -> None:
    """Other weights, beams or codes make other translations; nothing is loaded to know it."""
    copy = shutil.copytree(nllb, tmp_path / "nllb")
    same = engine(copy).version("es")
    assert engine(nllb).version("es") == same != engine(copy, beams=2).version("es")
    (copy / "config.json").write_text((copy / "config.json").read_text() + "\n")
    other = shutil.copytree(copy, tmp_path / "again" / "nllb")
    assert engine(other).version("es") != same


def test_what_cannot_be_loaded_is_said(nllb: Path, tmp_path: Path) -> None:
    """No safetensors, a hub name without a revision, a language without a code or unknown to the model."""
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(TranslationError, match="safetensors"):
        engine(empty).version("es")
    with pytest.raises(TranslationError, match="revision"):
        Seq2Seq(model="someone/something", codes={"es": ""}).version("es")
    with pytest.raises(UnknownName, match="'ca'"):
        engine(nllb).version("ca")
    with pytest.raises(TranslationError, match="xyz_Latn"):
        Seq2Seq(model=str(nllb), codes={"es": "xyz_Latn"}).translate([plain("the")], "es")
