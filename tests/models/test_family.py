"""models/family: what a family of encoders does otherwise than the others, read off its model."""

import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModel

from families import BERT_IDS, SMALL, XLMR_IDS, batch_of, made, make
from isogloss.models import family, vocabulary
from isogloss.models.encoder import load, quiet, save
from isogloss.models.features import Feature
from isogloss.models.heads import limit_of

BERT: dict[str, Any] = {"max_position_embeddings": 40, **BERT_IDS, **SMALL}
XLM: dict[str, Any] = {"emb_dim": 32, "n_layers": 2, "n_heads": 2, "max_position_embeddings": 40, "n_langs": 3,
                       "lang2id": {"de": 0, "en": 1, "fr": 2}, **BERT_IDS}  # fmt: skip


def test_xmod_reads_each_language_with_its_own_adapter(tmp_path: Path) -> None:
    """As the authors' class does when it is told the language; one that the model has no adapter for is read as
    English. Other families are read as they are."""
    make("xmod", tmp_path)
    encoder = load(tmp_path)
    encoder.model.eval()
    _, batch = batch_of(encoder)
    with quiet():
        plain = AutoModel.from_pretrained(tmp_path).eval()
    found = {}
    for ours, theirs in (("de", "de_DE"), ("en", "en_XX"), ("sw", "en_XX")):
        encoder.speak(ours)
        plain.set_default_language(theirs)
        with torch.inference_mode():
            found[ours] = encoder.states(batch.ids, batch.mask, batch.segments)
            expected = plain(batch.ids, attention_mask=batch.mask).last_hidden_state
        real = batch.mask.bool()
        torch.testing.assert_close(found[ours][real], expected[real], rtol=1e-4, atol=1e-5)
    assert not torch.equal(found["de"], found["en"])
    assert encoder.many_tongued
    assert encoder.tongues == ("de", "en")
    assert encoder.stands_in("de") == ""
    assert encoder.stands_in("sw").startswith("The encoder has parts for de, en: it reads sw")
    make("camembert", tmp_path / "other")
    plain = load(tmp_path / "other")
    assert (plain.many_tongued, plain.tongues, plain.stands_in("sw")) == (False, (), "")


def test_xlm_reads_each_language_with_its_own_vector(tmp_path: Path) -> None:
    """As the authors' class does when it is given the languages; one that has no vector is read as English."""
    made("XLMConfig", XLM, tmp_path)
    encoder = load(tmp_path)
    encoder.model.eval()
    _, batch = batch_of(encoder)
    with quiet():
        plain = AutoModel.from_pretrained(tmp_path).eval()
    real = batch.mask.bool()
    for ours, place in (("", 1), ("de", 0), ("fr", 2), ("sw", 1)):
        langs = torch.full_like(batch.ids, place)
        with torch.inference_mode():
            expected = plain(batch.ids, attention_mask=batch.mask, langs=langs, output_hidden_states=True)
            if ours:
                encoder.speak(ours)
            found = encoder.states(batch.ids, batch.mask, batch.segments)
            lower = encoder.all_states(batch.ids, batch.mask, batch.segments, 1)[1]
        torch.testing.assert_close(found[real], expected.last_hidden_state[real], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(lower[real], expected.hidden_states[1][real], rtol=1e-4, atol=1e-5)
    assert encoder.many_tongued
    assert encoder.tongues == ("de", "en", "fr")
    assert family.spoken(encoder.model) == "en"
    assert family.told(encoder.model, "fr") == "config.lang_id = 2"
    encoder.model.train()
    encoder.states(batch.ids, batch.mask, None).pow(3).sum().backward()
    learned = encoder.model.lang_embeddings.weight.grad
    assert learned is not None
    assert learned.abs().sum(dim=1).bool().tolist() == [False, True, False]


@pytest.mark.parametrize(("kind", "settings", "limit"), [
    ("YosoConfig", {**SMALL, **XLMR_IDS, "max_position_embeddings": 40}, 40),
    ("NystromformerConfig", {**BERT, "segment_means_seq_len": 40, "num_landmarks": 40}, 40),
    ("MraConfig", {**SMALL, **XLMR_IDS, "max_position_embeddings": 64}, 64),
    ("RobertaConfig", {**SMALL, **XLMR_IDS, "max_position_embeddings": 42}, 40),
    ("LongformerConfig", {**SMALL, **XLMR_IDS, "max_position_embeddings": 42, "attention_window": [8, 8]}, 40),
    ("XLNetConfig", {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 48, **BERT_IDS}, sys.maxsize),
])  # fmt: skip
def test_the_longest_row_is_what_the_model_can_read(
    kind: str, settings: dict[str, Any], limit: int, tmp_path: Path
) -> None:
    """Whatever the table of positions and the list of their numbers begin with; a length of -1 is no limit."""
    made(kind, settings, tmp_path)
    encoder = load(tmp_path)
    encoder.model.eval()
    assert limit_of(encoder) == limit
    row = torch.full((1, min(limit, 70)), 7)
    with torch.inference_mode():
        assert encoder.states(row, torch.ones_like(row), None).isfinite().all()


@pytest.mark.parametrize(("kind", "settings"), [
    ("LongformerConfig", {**SMALL, **XLMR_IDS, "max_position_embeddings": 42, "attention_window": [8, 8]}),
    ("BigBirdConfig", {**BERT, "max_position_embeddings": 64, "block_size": 2, "num_random_blocks": 1}),
])  # fmt: skip
def test_the_lower_layers_have_a_state_for_each_sub_word(kind: str, settings: dict[str, Any], tmp_path: Path) -> None:
    """Families that fill rows up to their window give the states of a whole pass, without the filling."""
    made(kind, settings, tmp_path)
    encoder = load(tmp_path)
    encoder.model.eval()
    ids = torch.full((2, 31), 7)
    ids[1, 20:] = encoder.subwords.pad
    mask = (torch.arange(31) < torch.tensor([[31], [20]])).long()
    with torch.inference_mode(), quiet():
        for layer in range(encoder.layers + 1):
            found = encoder.all_states(ids, mask, None, layer)
            assert [tuple(states.shape) for states in found] == [(2, 31, 32)] * (layer + 1)


@pytest.mark.parametrize("trimmed", [False, True], ids=["whole", "trimmed"])
def test_a_sub_word_that_config_json_takes_for_the_padding_is_trained(trimmed: bool, tmp_path: Path) -> None:
    """Multilingual-MiniLM's says 0, which is its tokenizer's <s>. An export has it right, and the same states."""
    make("multilingual minilm", tmp_path / "published")
    encoder = load(tmp_path / "published")
    _, batch = batch_of(encoder)
    assert batch.ids[0, 0] == 0
    if trimmed:
        vocabulary.trim(encoder, [Feature(0, tuple(batch.ids.numpy()), (0, 0))])
    encoder.states(batch.ids, batch.mask, batch.segments).pow(3).sum().backward()
    table = encoder.word_embeddings()
    assert table.weight.grad is not None
    assert table.weight.grad[0].abs().sum() > 0
    assert table.weight.grad[1].abs().sum() == 0
    with torch.no_grad():
        table.weight[0] += 1
    vocabulary.restore(encoder)
    encoder.model.eval()
    save(encoder, tmp_path / "saved")
    with quiet():
        plain = AutoModel.from_pretrained(tmp_path / "saved").eval()
    assert plain.embeddings.word_embeddings.padding_idx == 1
    with torch.inference_mode():
        ours = encoder.states(batch.ids, batch.mask, batch.segments)
        theirs = plain(batch.ids, attention_mask=batch.mask).last_hidden_state  # its tokenizer marks no segments
    torch.testing.assert_close(ours[batch.mask.bool()], theirs[batch.mask.bool()], rtol=1e-4, atol=1e-5)
