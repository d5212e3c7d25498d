"""Published encoders beyond XLM-R's layout: BERT-like and DeBERTa-v2-like checkpoints, loaded by the same code."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    BertTokenizer,
    DebertaV2Config,
    DebertaV2Model,
    DebertaV2Tokenizer,
    PreTrainedConfig,
    XLMRobertaConfig,
)

from isogloss.core.spec import Published
from isogloss.models.encoder import Encoder, load, quiet, save
from isogloss.models.heads import limit_of
from isogloss.models.memory import PUBLISHED, shape_of

WORDS = ("the", "ferry", "leaves", "at", "seven", "bees", "##s", "die", "fähre", "семь")
SIZES: Mapping[str, Any] = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48,
    "max_position_embeddings": 24,
}  # fmt: skip


def bert(folder: Path) -> None:
    """mBERT's layout: WordPiece, two segments, absolute positions, a language-model head beside it."""
    specials = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    tokenizer = BertTokenizer(vocab={word: number for number, word in enumerate((*specials, *WORDS))})
    BertForMaskedLM(BertConfig(vocab_size=len(tokenizer), **SIZES)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def deberta(folder: Path) -> None:
    """mDeBERTa-v3's layout: Unigram, relative positions in buckets and no absolute ones, no segments."""
    specials = ("[PAD]", "[CLS]", "[SEP]", "[UNK]")
    pieces = [(word, 0.0) for word in specials] + [(f"▁{word}", -float(n)) for n, word in enumerate(WORDS, 1)]
    pieces += [(letter, -20.0) for letter in "abcdefghijklmnopqrstuvwxyz"]
    tokenizer = DebertaV2Tokenizer(vocab=[*pieces, ("[MASK]", 0.0)], unk_id=3)
    config = DebertaV2Config(
        vocab_size=len(tokenizer), relative_attention=True, position_buckets=8, pos_att_type=["p2c", "c2p"],
        position_biased_input=False, share_att_key=True, norm_rel_ebd="layer_norm", type_vocab_size=0, **SIZES,
    )  # fmt: skip
    DebertaV2Model(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


@pytest.fixture(params=[bert, deberta], ids=["bert", "deberta"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    torch.manual_seed(0)
    make: Callable[[Path], None] = request.param
    with quiet():
        make(tmp_path / "published")
    return tmp_path / "published"


def test_other_architectures_give_the_states_that_transformers_gives(folder: Path) -> None:
    """All layers, with padding in the batch, equal plain transformers'."""
    encoder = load(folder)
    encoder.model.eval()
    tokens = AutoTokenizer.from_pretrained(folder)(["the ferry leaves", "bees"], return_tensors="pt", padding=True)
    with quiet():
        plain = AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        expected = plain(**tokens, output_hidden_states=True).hidden_states
        ours = encoder.all_states(tokens["input_ids"], tokens["attention_mask"], tokens.get("token_type_ids"))
    real = tokens["attention_mask"].bool()
    assert len(ours) == len(expected) == SIZES["num_hidden_layers"] + 1
    for mine, theirs in zip(ours, expected, strict=True):
        torch.testing.assert_close(mine[real], theirs[real], rtol=1e-5, atol=1e-6)


def test_other_architectures_are_saved_and_loaded_to_the_bit(folder: Path, tmp_path: Path) -> None:
    """Weights in safetensors, and a tokenizer that gives the same ids."""
    encoder = load(folder)
    save(encoder, tmp_path / "saved")
    again = load(tmp_path / "saved")
    assert all(torch.equal(a, b) for a, b in zip(encoder.model.parameters(), again.model.parameters(), strict=True))
    assert again.subwords.fingerprint == encoder.subwords.fingerprint
    with safe_open(tmp_path / "saved" / "model.safetensors", "pt") as file:
        assert len(list(file.keys())) == len(encoder.model.state_dict())


def test_relative_positions_have_no_limit(tmp_path: Path) -> None:
    """DeBERTa-v2 takes a row three times as long as its config's positions; BERT's limit is its table's length."""
    torch.manual_seed(0)
    with quiet():
        bert(tmp_path / "bert")
        deberta(tmp_path / "deberta")
    assert limit_of(load(tmp_path / "bert")) == 24
    encoder = load(tmp_path / "deberta")
    assert limit_of(encoder) > 10**6
    ids = torch.full((1, 72), 5)
    with torch.inference_mode():
        states = encoder.states(ids, torch.ones_like(ids), None)
    assert states.shape == (1, 72, 32)
    assert bool(states.isfinite().all())


def test_remote_code_of_any_architecture_is_not_run(folder: Path) -> None:
    """An auto_map in config.json names code that comes with the model; the known class is used, the code never."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["auto_map"] = {"AutoModel": "evil.Model", "AutoConfig": "evil.Config"}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "evil.py").write_text("raise SystemExit('ran')", "utf-8")
    assert isinstance(load(folder), Encoder)


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("xlm-roberta-base", XLMRobertaConfig()),
        ("xlm-roberta-large", XLMRobertaConfig()),
        ("facebook/xlm-v-base", XLMRobertaConfig()),
        ("bert-base-multilingual-cased", BertConfig()),
        ("microsoft/mdeberta-v3-base", DebertaV2Config(relative_attention=True, share_att_key=True)),
    ],
)
def test_a_known_shape_has_the_size_of_transformers_own_model(name: str, config: PreTrainedConfig) -> None:
    """Parameters by arithmetic are those of transformers' class, within one percent; nothing is loaded."""
    shape = shape_of(Published(name=name))
    assert shape == PUBLISHED[name.rpartition("/")[2]]
    config.update(
        {"vocab_size": shape.vocabulary, "hidden_size": shape.width, "num_hidden_layers": shape.layers,
         "num_attention_heads": shape.heads, "intermediate_size": shape.hidden,
         "max_position_embeddings": shape.positions}
    )  # fmt: skip
    with torch.device("meta"):
        model = AutoModel.from_config(config)
    counted = sum(each.numel() for name, each in model.named_parameters() if not name.startswith("pooler."))
    assert shape.table + shape.body == pytest.approx(counted, rel=0.01)
