"""A model is its own folder: safetensors and JSON, all in the fingerprint, and nothing that they name elsewhere."""

import json
import resource
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from isogloss.core.errors import ModelError
from isogloss.core.spec import Published
from isogloss.models import files
from isogloss.models.adapters import lora
from isogloss.models.memory import shape_of
from isogloss.models.open import load, load_subwords


@pytest.fixture
def copy(xlmr: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(xlmr, tmp_path / "copy"))


def index(folder: Path, shard: object) -> Path:
    """The model with an index instead of its one file, and its weights where the index may say."""
    weights = load_file(folder / files.WEIGHTS)
    (folder / files.WEIGHTS).unlink()
    torch.save(weights, folder / "weights.bin")
    (folder / "below").mkdir()
    for place in (folder / "own.safetensors", folder / "below" / "w.safetensors", folder.parent / "w.safetensors"):
        save_file(weights, place, {"format": "pt"})
    named = {"metadata": {"total_size": 1}, "weight_map": dict.fromkeys(weights, shard)}
    (folder / files.INDEX).write_text(json.dumps(named))
    return folder


def edit(path: Path, **more: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **more}))


@pytest.mark.parametrize("shard", ["weights.bin", "../w.safetensors", "below/w.safetensors", "gone.safetensors", 3, "",
                                   "..\\w.safetensors", "own.safetensors/../weights.bin"])  # fmt: skip
def test_an_index_names_only_safetensors_of_its_own_folder(copy: Path, shard: object) -> None:
    """Any other file would be opened, as a pickle or unseen by the fingerprint; it is refused by both by name."""
    index(copy, shard)
    for reader in (load, files.fingerprint):
        with pytest.raises(ModelError, match=r"index\.json: .* is not (a \.safetensors file of this folder|there)"):
            reader(copy)


def test_shards_of_the_folder_are_loaded_and_are_the_fingerprint(copy: Path) -> None:
    """A model in several files is a model; other weights are another one."""
    assert torch.equal(
        load(copy).word_embeddings().weight, load(index(copy, "own.safetensors")).word_embeddings().weight
    )
    before = files.fingerprint(copy)
    weights = load_file(copy / "own.safetensors")
    save_file({key: value + 1 for key, value in weights.items()}, copy / "own.safetensors", {"format": "pt"})
    assert files.fingerprint(copy) != before


def test_an_index_on_a_hub_is_held_to_the_same(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files that a hub's client would fetch are looked at before transformers opens any."""
    index(copy, "weights.bin")

    def fetched(model: str, name: str, **_: object) -> str | None:
        return str(copy / name) if model == "somebody/model" and (copy / name).is_file() else None

    monkeypatch.setattr("isogloss.models.hub.reachable", lambda: True)
    monkeypatch.setattr("transformers.utils.cached_file", fetched)
    with pytest.raises(ModelError, match=r"'weights\.bin' is not a \.safetensors file"):
        files.check("somebody/model", "abc")


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "tokenizer.json", files.INDEX])
def test_brackets_without_end_are_a_model_error(copy: Path, name: str) -> None:
    """JSON that is nested deeper than Python's stack, in any file that is read."""
    if name == files.INDEX:
        index(copy, "own.safetensors")
    (copy / name).write_text("[" * 100_000)
    with pytest.raises(ModelError):
        load(copy)
    if name == files.CONFIG:
        assert shape_of(Published(name=str(copy))) is None


def test_a_configuration_names_no_weights_and_no_kernel(copy: Path) -> None:
    """`transformers_weights` would open a pickle called adapter_model.bin; `attn_implementation` would fetch code."""
    torch.save(load_file(copy / files.WEIGHTS), copy / "adapter_model.bin")
    edit(copy / files.CONFIG, attn_implementation="somebody/kernel")
    assert load(copy).model.config._attn_implementation in ("sdpa", "eager")
    edit(copy / files.CONFIG, transformers_weights="adapter_model.bin")
    with pytest.raises(ModelError, match="names a file of weights"):
        load(copy)


def test_a_folder_does_not_stand_for_another_model(copy: Path, xlmr: Path) -> None:
    """With an adapter_config.json, transformers would load the model that it names."""
    (copy / files.ADAPTERS).write_text(json.dumps({"base_model_name_or_path": str(xlmr), "peft_type": "LORA"}))
    with pytest.raises(ModelError, match="the adapters of another model"):
        load(copy)


@pytest.mark.parametrize("open_it", [load, load_subwords])
def test_a_panic_in_rust_is_a_model_error(copy: Path, open_it: Any, capfd: pytest.CaptureFixture[str]) -> None:
    """A normaliser's table that is cut short: pyo3's PanicException is no Exception, and would end the process."""
    edit(copy / "tokenizer.json", normalizer={"type": "Precompiled", "precompiled_charsmap": "AAAA"})
    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be used"):
        open_it(copy)
    assert "Precompiled" in capfd.readouterr().err  # Rust says it, too


def test_adapters_import_no_module_that_their_file_names(copy: Path, tmp_path: Path) -> None:
    """peft imports what `megatron_core` says; only the four settings that we write are read."""
    pytest.importorskip("peft")
    folder = tmp_path / "adapted"
    folder.mkdir()
    (folder / files.BASE).write_text(json.dumps({"name": str(copy)}))
    named = {"peft_type": "LORA", "r": 2, "lora_alpha": 2, "lora_dropout": 0.0, "target_modules": ["query"],
             "megatron_config": {"a": 1}, "megatron_core": "antigravity"}  # fmt: skip
    (folder / files.ADAPTERS).write_text(json.dumps(named))
    save_file({"x": torch.zeros(1)}, folder / lora.WEIGHTS)
    with pytest.raises(ModelError, match="its adapters are not those of"):
        load(folder)
    assert "antigravity" not in sys.modules


def test_adapters_that_lead_back_to_themselves_are_refused(tmp_path: Path) -> None:
    """Two runs' notes that name each other."""
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / one / "encoder").mkdir(parents=True)
        (tmp_path / one / "encoder" / files.BASE).write_text(json.dumps({"run": other}))
    for open_it in (load, load_subwords):
        with pytest.raises(ModelError, match="leads back to itself"):
            open_it(tmp_path / "a" / "encoder")


@pytest.mark.parametrize("more", [
    {"hidden_size": 10**9}, {"intermediate_size": 10**12}, {"num_hidden_layers": 10**9}, {"num_labels": 10**9},
    {"vocab_size": 10**9}, {"max_position_embeddings": 10**9}, {"hidden_size": 1e9}, {"vocab_size": -(10**9)},
    {"num_hidden_layers": 10**6}, {"num_hidden_layers": 1000, "num_hidden_groups": 1000},
    {"hidden_size": 2**20}, {"vocab_size": 10**7}, {"intermediate_size": 10**7}, {"max_position_embeddings": 10**7},
    {"num_hidden_layers": 1000}, {"text_config": {"hidden_size": 10**10}},
], ids=str)  # fmt: skip
def test_sizes_are_refused_before_they_are_allocated(copy: Path, more: dict[str, Any]) -> None:
    """A network of any size, asked for by a few bytes: a ModelError at once, with hardly any memory."""
    edit(copy / "config.json", **more)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ModelError):
        load(copy)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kB


def test_a_large_size_is_named(copy: Path) -> None:
    """By its key in the file, and where all are possible but together more than the weights, by both numbers."""
    edit(copy / "config.json", hidden_size=10**9)
    for reader in (load, load_subwords):
        with pytest.raises(ModelError, match=r"config\.json: hidden_size is 1000000000; no encoder is larger"):
            reader(copy)
    edit(copy / "config.json", hidden_size=2**16)
    with pytest.raises(ModelError, match=r"describes [\d,]+ numbers, and its weights are [\d,]+\."):
        load(copy)
