"""models/encoder: load published checkpoints safely, build small ones, save both."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from isogloss.core.errors import ModelError
from isogloss.core.spec import Architecture
from isogloss.models.encoder import build, load, load_subwords, save
from isogloss.models.tokenizer import Subwords, train


@pytest.fixture
def copy(xlmr: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(xlmr, tmp_path / "copy"))


def test_a_published_checkpoint_gives_the_states_that_transformers_gives(xlmr: Path) -> None:
    """Our loading path changes no number: last and inner hidden states equal plain transformers'."""
    encoder = load(xlmr)
    encoder.model.eval()
    tokens = AutoTokenizer.from_pretrained(xlmr)(["the ferry leaves", "bees"], return_tensors="pt", padding=True)
    plain = AutoModel.from_pretrained(xlmr, add_pooling_layer=False).eval()
    with torch.inference_mode():
        expected = plain(**tokens, output_hidden_states=True)
        ours = encoder.all_states(tokens["input_ids"], tokens["attention_mask"], None)
        last = encoder.states(tokens["input_ids"], tokens["attention_mask"], None)
    real = tokens["attention_mask"].bool()
    for mine, theirs in zip(ours, expected.hidden_states, strict=True):
        torch.testing.assert_close(mine[real], theirs[real], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(last[real], expected.last_hidden_state[real], rtol=1e-5, atol=1e-6)


def test_a_saved_encoder_loads_in_plain_transformers(xlmr: Path, tmp_path: Path) -> None:
    """Weights and tokenizer written by us are read by AutoModel and AutoTokenizer, bit for bit."""
    encoder = load(xlmr)
    save(encoder, tmp_path / "saved")
    plain = AutoModel.from_pretrained(tmp_path / "saved", add_pooling_layer=False)
    for (name, mine), theirs in zip(encoder.model.state_dict().items(), plain.state_dict().values(), strict=True):
        assert torch.equal(mine, theirs), name
    assert Subwords(AutoTokenizer.from_pretrained(tmp_path / "saved")).fingerprint == encoder.subwords.fingerprint


def test_a_small_encoder_has_the_shape_its_architecture_asks() -> None:
    """Width, layers and vocabulary are those of the recipe, and the same seed gives the same weights."""
    subwords = Subwords(train(["one two three"] * 9, kind="words", vocabulary=50, positions=32))
    architecture = Architecture(width=32, layers=2, heads=2, hidden=48, positions=32, vocabulary=50)
    torch.manual_seed(3)
    encoder = build(architecture, subwords)
    torch.manual_seed(3)
    twin = build(architecture, subwords)
    assert (encoder.width, encoder.layers, encoder.word_embeddings().num_embeddings) == (32, 2, len(subwords))
    assert all(torch.equal(a, b) for a, b in zip(encoder.model.parameters(), twin.model.parameters(), strict=True))


def test_missing_weights_are_refused(copy: Path) -> None:
    """A checkpoint that lacks a layer is not silently filled with random numbers."""
    weights = load_file(copy / "model.safetensors")
    save_file(
        {key: value for key, value in weights.items() if "layer.1." not in key},
        copy / "model.safetensors",
        {"format": "pt"},
    )
    with pytest.raises(ModelError, match="weights are missing"):
        load(copy)


def test_weights_of_another_shape_are_refused(copy: Path) -> None:
    """A config.json of another size does not go with these weights."""
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "intermediate_size": 80}))
    with pytest.raises(ModelError, match=r"shape|size"):
        load(copy)


def test_unexpected_weights_are_refused(copy: Path) -> None:
    """Weights that the configuration does not describe mean that it is not the model's own."""
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 2}))
    with pytest.raises(ModelError, match=r"does not describe"):
        load(copy)


def test_a_pickle_is_refused(copy: Path) -> None:
    """Pickled weights can run code when read: they are named and refused."""
    (copy / "model.safetensors").unlink()
    (copy / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelError, match=r"pytorch_model\.bin.*safetensors only"):
        load(copy)


def test_a_truncated_file_is_refused(copy: Path) -> None:
    """Half a safetensors file is named, and said to be damaged."""
    whole = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    told = rf"^{copy / 'model.safetensors'}: it is cut short, or is no safetensors file\. The file is damaged; get it"
    with pytest.raises(ModelError, match=told):
        load(copy)


@pytest.mark.parametrize("reader", [load, load_subwords])
def test_a_truncated_tokenizer_is_refused(copy: Path, reader: Any) -> None:
    """Half a tokenizer.json is named, too, whatever its tokenizer is read for."""
    whole = (copy / "tokenizer.json").read_text("utf-8")
    (copy / "tokenizer.json").write_text(whole[: len(whole) // 2], "utf-8")
    with pytest.raises(
        ModelError, match=rf"^{copy / 'tokenizer.json'}: it is not JSON .*\. The file is damaged; get it"
    ):
        reader(copy)


@pytest.mark.parametrize("reader", [load, load_subwords])
def test_a_tokenizer_that_asks_for_a_package_is_told_with_what_needs_none(copy: Path, reader: Any) -> None:
    """XLM's class reads the authors' own files with sacremoses, and has no fast form either."""
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "model_type": "xlm"}))
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (copy / name).unlink()
    (copy / "vocab.json").write_text('{"<s>": 0, "</s>": 1, "<pad>": 2, "<unk>": 3, "a</w>": 4}')
    (copy / "merges.txt").write_text("a b 1\n")
    told = r"asks for a package, which a tokenizer\.json does not\. .*sacremoses.*installation\. Give a folder with"
    with pytest.raises(ModelError, match=told):
        reader(copy)


@pytest.mark.parametrize(("name", "content", "message"), [
    ("config.json", "{", "not JSON"),
    ("config.json", None, r"no config\.json"),
    ("model.safetensors", None, r"no model\.safetensors"),
    ("tokenizer.json", "[]", "cannot be loaded"),
])  # fmt: skip
def test_a_broken_folder_is_explained(copy: Path, name: str, content: str | None, message: str) -> None:
    """Whatever is missing or damaged, the message says which file it is about."""
    (copy / name).unlink()
    if content is not None:
        (copy / name).write_text(content)
    with pytest.raises(ModelError, match=message):
        load(copy)


def test_a_folder_that_is_not_there_is_not_taken_for_a_hub_name() -> None:
    """A path is never looked up on a hub."""
    with pytest.raises(ModelError, match="no such folder"):
        load("./nowhere")


def test_code_that_comes_with_a_model_is_not_run(copy: Path) -> None:
    """A config that points at its own Python file is refused."""
    config = json.loads((copy / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoModel": "own.Own", "AutoConfig": "own.Config"}}
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "own.py").write_text("raise SystemExit('this code was run')")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load(copy)
