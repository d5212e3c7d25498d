"""models/rows: an encoder is written without the sub-word vectors that it shares with the published one."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from isogloss.core.errors import ModelError
from isogloss.core.spec import Published
from isogloss.core.typing import np
from isogloss.models import open as opening
from isogloss.models import rows, vocabulary
from isogloss.models.encoder import Encoder, load
from isogloss.models.features import Feature
from isogloss.models.files import BASE, WEIGHTS, fingerprint

ASKED = [5, 9, 20]


def trained(folder: Path, decay: float = 1.0) -> Encoder:
    """An encoder after a phase that asked for a few sub-words, and moved all that it trained."""
    encoder = load(folder)
    vocabulary.trim(encoder, [Feature(0, (np.array(ASKED),), (0,))])
    with torch.no_grad():
        for weight in encoder.model.parameters():
            weight.add_(0.5)
    vocabulary.restore(encoder, decay)
    return encoder


def same(one: Encoder, other: Encoder) -> bool:
    """Whether all weights are the same to the bit."""
    mine, theirs = one.model.state_dict(), other.model.state_dict()
    return mine.keys() == theirs.keys() and all(torch.equal(value, theirs[key]) for key, value in mine.items())


@pytest.mark.parametrize("decay", [1.0, 0.9987654321])
def test_an_encoder_comes_back_to_the_bit(xlmr: Path, tmp_path: Path, decay: float) -> None:
    """Weight decay changes every row, and rows that no text asked for are made again from its factor."""
    encoder = trained(xlmr, decay)
    rows.save(encoder, tmp_path / "run", start=Published(name=str(xlmr)))
    kept = load_file(tmp_path / "run" / rows.ROWS)
    asked = {*ASKED, *encoder.subwords.tokenizer.all_special_ids}
    assert set(kept["ids"].tolist()) == asked
    assert kept["factors"].tolist() == ([decay] if decay < 1 else [])
    assert not any("word_embeddings" in key for key in load_file(tmp_path / "run" / WEIGHTS))
    assert same(opening.load(tmp_path / "run"), encoder)
    assert opening.load_subwords(tmp_path / "run").fingerprint == encoder.subwords.fingerprint


def test_a_phase_after_a_phase_is_saved_from_the_published_one_too(xlmr: Path, tmp_path: Path) -> None:
    """Its file holds the rows of both, and the factors of both in their order; neither needs the other's folder."""
    start = Published(name=str(xlmr))
    rows.save(trained(xlmr, 0.999), tmp_path / "first", start=start)
    encoder = opening.load(tmp_path / "first")
    vocabulary.trim(encoder, [Feature(0, (np.array([30]),), (0,))])
    with torch.no_grad():
        encoder.word_embeddings().weight.mul_(3)
    vocabulary.restore(encoder, 0.997)
    rows.save(encoder, tmp_path / "second", start=start)
    shutil.rmtree(tmp_path / "first")
    kept = load_file(tmp_path / "second" / rows.ROWS)
    assert kept["factors"].tolist() == [0.999, 0.997]
    assert {*ASKED, 30} <= set(kept["ids"].tolist())
    assert same(opening.load(tmp_path / "second"), encoder)


def test_an_encoder_whose_rows_have_mostly_changed_is_written_whole(xlmr: Path, tmp_path: Path) -> None:
    """Plain transformers reads it, and nothing else is needed."""
    encoder = load(xlmr)
    with torch.no_grad():
        encoder.word_embeddings().weight.add_(1)
    rows.save(encoder, tmp_path / "run", start=Published(name=str(xlmr)))
    assert not (tmp_path / "run" / BASE).exists()
    assert same(load(tmp_path / "run"), encoder)


def test_another_published_encoder_is_refused(xlmr: Path, tmp_path: Path) -> None:
    """One number of a row that no run asked for, in the published file: what would be put together is not what was."""
    published = tmp_path / "published"
    shutil.copytree(xlmr, published)
    rows.save(trained(published), tmp_path / "run", start=Published(name=str(published)))
    state = load_file(published / WEIGHTS)
    name = next(key for key in state if "word_embeddings" in key)
    state[name][100, 3] += 0.001
    save_file(state, published / WEIGHTS, {"format": "pt"})
    with pytest.raises(ModelError, match="another one than the run was trained from"):
        opening.load(tmp_path / "run")


@pytest.mark.parametrize("told", [True, False])
def test_a_published_encoder_that_changed_elsewhere_is_refused_too(xlmr: Path, tmp_path: Path, told: bool) -> None:
    """Its tokenizer, of which the table's hash says nothing: by what the run's spec says of it, or the note alone."""
    published = tmp_path / "published"
    shutil.copytree(xlmr, published)
    start = Published(name=str(published), fingerprint=fingerprint(published))
    rows.save(trained(published), tmp_path / "run", start=start)
    assert same(opening.load(tmp_path / "run", start=start), opening.load(tmp_path / "run"))
    vocabulary_file = published / "tokenizer.json"
    vocabulary_file.write_text(vocabulary_file.read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(ModelError, match="it holds another encoder than when the study was planned"):
        opening.load(tmp_path / "run", start=start if told else None)


@pytest.mark.parametrize("name", [rows.ROWS, WEIGHTS])
def test_files_that_cannot_be_read_are_named(xlmr: Path, tmp_path: Path, name: str) -> None:
    """Cut short, gone, or of another shape."""
    rows.save(trained(xlmr), tmp_path / "run", start=Published(name=str(xlmr)))
    whole = (tmp_path / "run" / name).read_bytes()
    (tmp_path / "run" / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="cannot be put together"):
        opening.load(tmp_path / "run")
    (tmp_path / "run" / name).write_bytes(whole)
    kept = load_file(tmp_path / "run" / rows.ROWS)
    kept["ids"][-1] = 100_000
    save_file(kept, tmp_path / "run" / rows.ROWS, {rows.HASH: ""})
    with pytest.raises(ModelError, match="cannot be put together"):
        opening.load(tmp_path / "run")
