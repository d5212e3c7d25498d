"""evaluation/standalone.txt: the script of an exported folder reads texts as isogloss does."""

import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from families import BERT_IDS, made
from isogloss.evaluation import export
from isogloss.models.encoder import load, save

XLM = {"emb_dim": 32, "n_layers": 2, "n_heads": 2, "max_position_embeddings": 40, "n_langs": 2, **BERT_IDS}


@pytest.mark.parametrize("language", ["en", "de"])
def test_xlm_is_read_as_the_language_that_it_was_told(language: str, tmp_path: Path) -> None:
    """English unless `config.lang_id` is set otherwise, as the card says; a plain call would leave languages out."""
    made("XLMConfig", {**XLM, "lang2id": {"de": 0, "en": 1}}, tmp_path / "published")
    encoder = load(tmp_path / "published")
    save(encoder, tmp_path / "out")
    one = torch.eye(32)
    told = {"labels": "a\nb", "pooling": "first", "layer": "-1", "length": "40", "segments": "0", "type": "choice"}
    tensors = {"dense.weight": one, "dense.bias": one[0].clone(), "out.weight": one.clone(), "out.bias": one[1].clone()}
    save_file(tensors, tmp_path / "out" / "head.safetensors", told)
    place = spec_from_file_location("predict", shutil.copyfile(export.SCRIPT, tmp_path / "out" / "predict.py"))
    assert place is not None
    assert place.loader is not None
    script = module_from_spec(place)
    place.loader.exec_module(script)
    parts = script.loaded(tmp_path / "out")
    if language == "de":
        parts[1].config.lang_id = 0
    theirs = script.logits(parts, ["the bees left"])
    encoder.model.eval()
    with torch.inference_mode(), encoder.speaking(language):
        ids = torch.tensor([encoder.subwords.frame.wrap(encoder.subwords.ids(["the bees left"])[0])[0].tolist()])
        state = encoder.states(ids, torch.ones_like(ids), None)[:, 0]
    torch.testing.assert_close(theirs, torch.tanh(state + one[0]) + one[1], rtol=1e-4, atol=1e-5)
