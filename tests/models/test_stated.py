"""models/stated: what config.json says is held against the heads of the weights' files, whatever the family."""

import json
from pathlib import Path
from typing import Any

import pytest
import transformers
from transformers import AutoModelForMaskedLM

from families import BERT_IDS, FAMILIES, SMALL, XLMR_IDS, made
from isogloss.core.errors import ModelError
from isogloss.models import stated
from isogloss.models.encoder import quiet
from isogloss.models.memory import NAMES, number

BERT: dict[str, Any] = {"max_position_embeddings": 40, **BERT_IDS, **SMALL}
FUNNEL = {"d_model": 32, "block_sizes": [1, 1], "n_head": 2, "d_head": 16, "d_inner": 48, **BERT_IDS}
XLNET = {"d_model": 32, "n_layer": 2, "n_head": 2, "d_inner": 48, **BERT_IDS}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    **{name: each[:2] for name, each in FAMILIES.items()},
    "albert": ("AlbertConfig", {"embedding_size": 16, **BERT}),
    "rembert": ("RemBertConfig", {"input_embedding_size": 16, "output_embedding_size": 24, **BERT}),
    "convbert": ("ConvBertConfig", {"embedding_size": 16, **BERT}),
    "mobilebert": ("MobileBertConfig", {"embedding_size": 16, "intra_bottleneck_size": 16, **BERT}),
    "funnel": ("FunnelConfig", FUNNEL),
    "xlnet": ("XLNetConfig", XLNET),
    "fnet": ("FNetConfig", BERT),
    "longformer": ("LongformerConfig", {**BERT, **XLMR_IDS, "attention_window": 4, "max_position_embeddings": 42}),
    "nomic": ("NomicBertConfig", BERT),
}


@pytest.mark.parametrize("head", [True, False], ids=["with its head", "bare"])
@pytest.mark.parametrize("name", KINDS)
def test_a_configuration_of_any_family_agrees_with_its_own_weights_and_with_no_others(
    name: str, head: bool, tmp_path: Path
) -> None:
    """As saved nothing is said. With another number of layers, units or sub-word vectors it is refused by that; where
    layers share their weights, no number of layers can be told from another."""
    made(*KINDS[name], tmp_path, head=head)
    stated.check(tmp_path)
    config = tmp_path / "config.json"
    own = json.loads(config.read_text("utf-8"))
    wrong = {"layers": (1, 3, 12), "width": (20, 80), "vocabulary": (37, 5000)}
    for what, others in wrong.items():
        key = next((key for key in NAMES[what] if key in own), None)
        if key is None or (what, number(own, "groups")) == ("layers", 1):
            continue
        for other in others:
            config.write_text(json.dumps({**own, key: other}), "utf-8")
            with pytest.raises(ModelError, match=rf"config\.json: it says .*{other:,}.*(and|have) .*\d.*not its own"):
                stated.check(tmp_path)


def test_weights_in_several_files_are_counted_together(tmp_path: Path) -> None:
    """Each file holds a part of the layers."""
    with quiet():
        config = transformers.BertConfig(**{**BERT, "num_hidden_layers": 6}, vocab_size=100)
        AutoModelForMaskedLM.from_config(config).save_pretrained(tmp_path, max_shard_size="30KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 2
    stated.check(tmp_path)
    path = tmp_path / "config.json"
    path.write_text(path.read_text("utf-8").replace('"num_hidden_layers": 6', '"num_hidden_layers": 12'), "utf-8")
    with pytest.raises(ModelError, match="it says 12 layers, and the weights have 6"):
        stated.check(tmp_path)
