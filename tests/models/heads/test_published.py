"""models/heads/published: the language-model head of a published encoder goes on as its authors' class computes it."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForMaskedLM

from families import BERT_IDS, FAMILIES, SMALL, XLMR_IDS, made, make
from isogloss.core.errors import ModelError
from isogloss.core.folder import load as task_of
from isogloss.core.phase import Phase
from isogloss.models import masked
from isogloss.models.encoder import load, quiet
from isogloss.models.files import BASE
from isogloss.models.heads import head_for, published, restored, saved

BERT: dict[str, Any] = {"max_position_embeddings": 40, **BERT_IDS, **SMALL}
HEADS: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: FAMILIES[name][:2] for name in ("distilbert", "modernbert", "electra", "camembert", "multilingual minilm",
                                             "luke")},
    "albert": ("AlbertConfig", {"embedding_size": 16, **BERT}),
    "gte": ("GteConfig", {"max_position_embeddings": 40, **XLMR_IDS, **SMALL}),
    "nomic": ("NomicBertConfig", BERT),
    "bert with relu": ("BertConfig", {**BERT, "hidden_act": "relu"}),
    "distilbert with relu": ("DistilBertConfig", {**FAMILIES["distilbert"][1], "activation": "relu"}),
    "xlm": FAMILIES["xlm"][:2],
    "flaubert": ("FlaubertConfig", FAMILIES["xlm"][1]),
    "funnel": ("FunnelConfig", {"d_model": 32, "block_sizes": [1, 1], "n_head": 2, "d_head": 16, "d_inner": 48,
                                "num_decoder_layers": 1, **BERT_IDS}),
    "xlm-r with relu": ("XLMRobertaConfig", {**FAMILIES["camembert"][1], "hidden_act": "relu"}),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADS)
def test_the_published_language_model_head_is_taken_over(name: str, tmp_path: Path) -> None:
    """Its logits of masked text are those of the family's own masked-LM class, with that class's activation."""
    made(*HEADS[name], tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    for key, value in weights.items():  # biases begin as zeros, which any head has
        if key.endswith("bias"):
            torch.nn.init.normal_(value, std=0.5)
    if name == "luke":  # whose class keeps the matrix apart, and whose authors left it the table
        weights["lm_head.decoder.weight"] = weights["luke.embeddings.word_embeddings.weight"].clone()
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    taken = published.language_model(str(tmp_path))
    assert taken is not None
    encoder = load(tmp_path)
    head = head_for(task_of("tasks", "ntrex"), (), encoder, Phase(stage="pretrain", tasks=("ntrex",), epochs=1))
    head.take_shape(taken)
    head.load_state_dict(taken)
    bare = {*taken} == {"bias"}
    if (
        not bare and name != "modernbert"
    ):  # which has torch's own 1e-5, as ours; it shows in weights as small as these alone
        head.norm.eps = 1e-12
    with quiet():
        plain = AutoModelForMaskedLM.from_pretrained(tmp_path, attn_implementation="eager").eval()
    encoder.model.eval()
    ids = torch.tensor([[2, 7, 8, 9, 3]])
    with torch.inference_mode():
        ours, theirs = head(encoder.states(ids, None, None)[0]), plain(ids).logits[0]
    torch.testing.assert_close(ours, theirs, **({"rtol": 0, "atol": 1e-5} if bare else {"rtol": 1e-3, "atol": 1e-4}))


@pytest.mark.parametrize(("kind", "settings"), [
    ("BertConfig", {**BERT, "tie_word_embeddings": False}),
    ("RemBertConfig", {**BERT, "input_embedding_size": 16, "output_embedding_size": 24}),
    ("EuroBertConfig", {"max_position_embeddings": 40, **BERT_IDS, **SMALL}),
])  # fmt: skip
def test_a_head_with_a_matrix_of_its_own_is_not_taken_over(kind: str, settings: dict[str, Any], tmp_path: Path) -> None:
    """Its output layer is not the table of sub-word vectors, which is ours; the reason names the size of its own."""
    made(kind, settings, tmp_path)
    assert published.language_model(str(tmp_path)) is None
    assert "its output layer has a matrix of its own" in masked.found(str(tmp_path)).why


def test_a_head_in_several_files_is_taken_over(tmp_path: Path) -> None:
    """The same weights as of one file; a bare encoder has none, and that is said."""
    make("camembert", tmp_path / "one")
    with quiet():
        model = AutoModelForMaskedLM.from_pretrained(tmp_path / "one")
        model.save_pretrained(tmp_path / "several", max_shard_size="20KB")
        model.base_model.save_pretrained(tmp_path / "bare")
    assert len(list((tmp_path / "several").glob("*.safetensors"))) > 2
    one, several = (published.language_model(str(tmp_path / name)) for name in ("one", "several"))
    assert one is not None
    assert several is not None
    assert one.keys() == several.keys()
    assert all(torch.equal(weight, several[key]) for key, weight in one.items())
    assert masked.found(str(tmp_path / "bare")).why == "its weights have none that is known"


@pytest.mark.parametrize("part", ["dense.weight", "layer_norm.bias", "lm_head.bias"])
def test_a_head_that_is_not_all_numbers_is_refused_by_name(part: str, tmp_path: Path) -> None:
    """Before it is trained, as an encoder's weights are."""
    make("camembert", tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    key = next(key for key in weights if key.startswith("lm_head.") and key.endswith(part))
    weights[key].view(-1)[3] = float("nan")
    save_file(weights, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=rf"model\.safetensors: the weights of {key} are not all numbers\. .* get it"):
        published.language_model(str(tmp_path))


def test_a_head_of_a_bias_alone_is_kept_as_it_was_trained(tmp_path: Path) -> None:
    """XLM's, written with a run's heads and opened again."""
    make("xlm", tmp_path)
    encoder, phase = load(tmp_path), Phase(stage="pretrain", tasks=("ntrex",), epochs=1)
    head = head_for(task_of("tasks", "ntrex"), (), encoder, phase)
    taken = published.language_model(str(tmp_path))
    assert taken is not None
    head.take_shape(taken)
    head.load_state_dict(taken)
    torch.nn.init.normal_(head.bias)
    saved.write({"ntrex": head}, tmp_path / "heads.safetensors")
    again = restored(tmp_path / "heads.safetensors", "ntrex", "text", encoder, phase)
    states = torch.randn(3, encoder.width)
    assert torch.equal(head(states), again(states))


def test_changes_to_another_encoder_have_no_head_of_their_own(tmp_path: Path) -> None:
    """A run's folder of adapters or changed rows, given as an encoder: its text head is fresh, which is no error."""
    (tmp_path / BASE).write_text("{}", "utf-8")
    assert masked.found(str(tmp_path)).tensors == {}
    assert "changes to another encoder" in masked.found(str(tmp_path)).why
    assert published.language_model(str(tmp_path)) is None


def test_a_header_of_weights_that_is_no_json_is_an_error_of_the_file(tmp_path: Path) -> None:
    """With its name, and what to do."""
    path = tmp_path / "model.safetensors"
    path.write_bytes((2).to_bytes(8, "little") + b"{[")
    with pytest.raises(ModelError, match=r"model\.safetensors: it is cut short, or is no safetensors file"):
        masked.tensors([path])
