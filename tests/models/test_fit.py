"""models/fit: a model that cannot be used, or a tokenizer that is not its own, is refused by name."""

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers

from families import BERT_IDS, SMALL, XLMR_IDS, batch_of, made, make, sentencepiece, wordpiece
from isogloss.core.errors import ModelError
from isogloss.models.encoder import load
from isogloss.models.files import check_folder

BERT: dict[str, Any] = {"max_position_embeddings": 40, **SMALL}
ROBERTA: dict[str, Any] = {"max_position_embeddings": 42, **SMALL}
T5 = {"d_model": 32, "num_layers": 2, "num_heads": 2, "d_ff": 48, "d_kv": 16, "pad_token_id": 0}


@pytest.mark.parametrize(("family", "other"), [("camembert", wordpiece), ("distilbert", sentencepiece)])
def test_the_tokenizer_of_another_model_is_refused(family: str, other: Any, tmp_path: Path) -> None:
    """A tokenizer with more ids than the table has rows, or with another padding, cuts text into strangers' ids."""
    make(family, tmp_path)
    other().save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="tokenizer is another model's"):
        load(tmp_path)


@pytest.mark.parametrize(("kind", "settings"), [
    ("RobertaConfig", {**ROBERTA, **XLMR_IDS, "pad_token_id": 0, "tokenizer": "XLM-R's"}),
    ("BertConfig", {**BERT, "pad_token_id": 7}),
    ("BertConfig", {**BERT, "pad_token_id": 1, "bos_token_id": 5, "eos_token_id": 6}),
    ("BertConfig", {**BERT, "pad_token_id": 0, "cls_token_id": 3, "sep_token_id": 4}),
])  # fmt: skip
def test_special_tokens_of_another_model_are_refused(kind: str, settings: dict[str, Any], tmp_path: Path) -> None:
    """A padding that numbers positions, one that was chosen, and two or more special tokens none of which agrees."""
    made(kind, settings, tmp_path)
    with pytest.raises(ModelError, match=r"tokenizer is another model's: it.* id \d, and config\.json says \d\. Put"):
        load(tmp_path)


@pytest.mark.parametrize(("kind", "settings"), [
    ("BertConfig", {**BERT, "pad_token_id": 0, "tokenizer": "XLM-R's"}),
    ("BertConfig", {**BERT, "pad_token_id": 0, "bos_token_id": 0, "eos_token_id": 2}),
    ("NystromformerConfig", {**BERT, "num_landmarks": 40, "segment_means_seq_len": 40, "spare": 60, **XLMR_IDS}),
    ("ModernBertConfig", {**BERT, "pad_token_id": 0, "bos_token_id": 2, "cls_token_id": 1, "sep_token_id": 3,
                          "eos_token_id": 1}),
], ids=["Multilingual-MiniLM", "Chinese BERT", "Nystromformer", "mmBERT"])  # fmt: skip
def test_special_tokens_as_published_are_taken(kind: str, settings: dict[str, Any], tmp_path: Path) -> None:
    """What a configuration has from its class, what no tokenizer has, and one wrong id of several."""
    made(kind, settings, tmp_path)
    if kind == "NystromformerConfig":
        wordpiece().save_pretrained(tmp_path)
    encoder = load(tmp_path)
    batch_of(encoder)
    assert encoder.model.config.pad_token_id == encoder.subwords.pad


@pytest.mark.parametrize(("kind", "settings", "told"), [
    ("MT5EncoderModel", T5, "mt5 is an encoder-decoder"),
    ("UMT5EncoderModel", T5, "umt5 is an encoder-decoder"),
    ("CanineModel", {**BERT, **BERT_IDS}, "CanineModel has no table of sub-word vectors"),
    ("IBertModel", {**ROBERTA, **XLMR_IDS}, "IBertModel keeps them in a QuantEmbedding"),
])  # fmt: skip
def test_a_model_that_cannot_be_used_is_refused_when_it_is_loaded(
    kind: str, settings: dict[str, Any], told: str, tmp_path: Path
) -> None:
    """In one sentence, before anything is trained."""
    words = sentencepiece() if settings["pad_token_id"] == 1 else wordpiece()
    model = getattr(transformers, kind)
    model(model.config_class(vocab_size=len(words), **settings)).save_pretrained(tmp_path)
    words.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=rf"{tmp_path}: .*{told}"):
        load(tmp_path)


@pytest.mark.parametrize("landmarks", [8, 7])
def test_a_nystromformer_that_takes_one_length_alone_is_refused(landmarks: int, tmp_path: Path) -> None:
    """By name, whether its landmarks divide that length or not; a plan, which loads nothing, says it, too."""
    made("NystromformerConfig", {**BERT, "num_landmarks": landmarks, "segment_means_seq_len": 40, **BERT_IDS}, tmp_path)
    for act in (load, check_folder):
        with pytest.raises(ModelError, match=r"config\.json: this Nyströmformer takes texts of exactly 40 sub-words"):
            act(tmp_path)


def test_vectors_of_languages_without_names_are_refused(tmp_path: Path) -> None:
    """XLM's configuration says which vector is whose; without it a text would be read with none, or another's."""
    settings = {"emb_dim": 32, "n_layers": 2, "n_heads": 2, "max_position_embeddings": 40, **BERT_IDS}
    made("XLMConfig", {**settings, "n_langs": 3}, tmp_path)
    with pytest.raises(ModelError, match=r"a vector for each of 3 languages, and config\.json does not say which"):
        load(tmp_path)
    made("XLMConfig", {**settings, "n_langs": 3, "use_lang_emb": False}, tmp_path)
    assert not load(tmp_path).many_tongued


def test_a_family_that_shortens_texts_is_trained_and_not_read_by_layers(tmp_path: Path) -> None:
    """Funnel has two classes of models. Its last state is whole; those between have no states of single sub-words."""
    sizes = {"d_model": 32, "block_sizes": [1, 1], "n_head": 2, "d_head": 16, "d_inner": 48, "num_decoder_layers": 1}
    made("FunnelConfig", {**sizes, **BERT_IDS}, tmp_path)
    encoder = load(tmp_path)
    encoder.model.eval()
    ids = torch.full((1, 12), 7)
    assert encoder.states(ids, torch.ones_like(ids), None).shape == (1, 12, 32)
    with pytest.raises(ModelError, match="FunnelModel shortens a text between its layers"):
        encoder.all_states(ids, torch.ones_like(ids), None)
