"""training/phase with MAD-X's adapters: trained alone, saved alone, killed, stacked, and swapped when tested."""

import dataclasses
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from isogloss.core.errors import ModelError
from isogloss.core.parts import Bottleneck
from isogloss.core.phase import Phase
from isogloss.evaluation import zero_shot
from isogloss.models.embedding import View, embed
from isogloss.models.encoder import Encoder
from isogloss.models.open import load

from .conftest import PRETRAINED, TARGET, Stopped  # type: ignore[import-not-found]
from .test_variants import accuracy, go  # type: ignore[import-not-found]

SPOKEN = Phase(
    stage="intermediate", tasks=("lines",), languages=("en", "xx"), steps=12, batch=8, lr=5e-3, first=40,
    adapters=Bottleneck(width=8, per_language=True, invertible=True),
)  # fmt: skip
STACKED = dataclasses.replace(TARGET, epochs=0.0, steps=12, adapters=Bottleneck(width=4))


def files(folder: Path) -> dict[str, dict[str, torch.Tensor]]:
    """All weights that a run keeps, by file."""
    found = {path.name: load_file(path) for path in (folder / "encoder").glob("*.safetensors")}
    return found | {"head": load_file(folder / "head.safetensors")}


def same(one: Path, other: Path) -> bool:
    here, there = files(one), files(other)
    return here.keys() == there.keys() and all(
        torch.equal(here[name][key], there[name][key]) for name in here for key in here[name]
    )


def test_adapters_alone_are_trained_and_saved(pretrained: Path, tmp_path: Path) -> None:
    """A file for each language and a note of where the encoder lies; the encoder below is what it was; a task's adapter
    goes on top, leaves the languages' alone, and each language is tested and searched with its own."""
    spec = PRETRAINED.then(SPOKEN)
    record = go(spec, tmp_path / "spoken", pretrained)
    names = {path.name for path in (tmp_path / "spoken" / "encoder").iterdir()}
    assert names == {"adapters.json", "base.json", "language-en.safetensors", "language-xx.safetensors"}
    assert set(record["mixture"]) == {"text/en", "text/xx"}
    assert all(each["batches"] > 1 for each in record["mixture"].values())
    kept = tmp_path / "spoken" / "encoder"
    english, other = (load_file(kept / f"language-{code}.safetensors") for code in ("en", "xx"))
    assert any(not torch.equal(english[key], other[key]) for key in english)
    below, whole = load(pretrained / "encoder").model.state_dict(), load(kept).model.state_dict()
    assert all(torch.equal(value, whole[key]) for key, value in below.items())

    spoken = load(kept)
    view = View(layer=spoken.layers, pooling="mean")
    en, xx = (embed(spoken, ["one two"], [view], lambda *_: None, languages=[code])[view] for code in ("en", "xx"))
    both = embed(spoken, ["one two"] * 2, [view], lambda *_: None, languages=["xx", "en"])[view]
    assert np.allclose(both, np.concatenate([xx, en]), atol=1e-5)
    assert np.abs(en - xx).max() > 1e-3

    go(spec.then(STACKED), tmp_path / "stacked", tmp_path / "spoken")
    assert {path.name for path in (tmp_path / "stacked" / "encoder").iterdir()} == {
        "adapters.json", "base.json", "task.safetensors",
    }  # fmt: skip
    stacked = load(tmp_path / "stacked" / "encoder").model.state_dict()
    assert all(torch.equal(value, stacked[key]) for key, value in whole.items())
    assert set(accuracy(spec.then(STACKED), tmp_path / "stacked")) == {"en", "xx"}


def test_a_language_is_tested_with_its_own_adapter(
    pretrained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the test; the answers stand with their examples."""
    spec = PRETRAINED.then(SPOKEN).then(STACKED)
    go(PRETRAINED.then(SPOKEN), tmp_path / "spoken", pretrained)
    go(spec, tmp_path / "stacked", tmp_path / "spoken")
    read: list[str] = []
    answer = zero_shot.answer

    def heard(encoder: Encoder, *given: Any) -> Any:
        assert encoder.adapters is not None
        read.append(encoder.adapters.spoken)
        return answer(encoder, *given)

    monkeypatch.setattr(zero_shot, "answer", heard)
    accuracy(spec, tmp_path / "stacked")
    assert read == ["en", "xx"]


@pytest.mark.parametrize("which", ["spoken", "stacked"])
def test_a_phase_of_adapters_that_is_killed_goes_on_to_the_same_weights(
    pretrained: Path, tmp_path: Path, which: str, stopped: Stopped
) -> None:
    """Stopped twice, to the bit; and what it keeps on its way is the adapters, not the encoder."""
    spec, parent = (PRETRAINED.then(SPOKEN), pretrained)
    if which == "stacked":
        go(spec, tmp_path / "spoken", pretrained)
        spec, parent = spec.then(STACKED), tmp_path / "spoken"
    whole = go(spec, tmp_path / "whole", parent)
    for wanted in (4, 9):
        stopped(partial(go, spec, tmp_path / "killed", parent), wanted)
    state = next((tmp_path / "killed").glob("state*"))
    assert not any("word_embeddings" in key for key in load_file(state))
    assert go(spec, tmp_path / "killed", parent)["losses"] == whole["losses"]
    assert same(tmp_path / "whole", tmp_path / "killed")


@pytest.mark.parametrize("harm", ["gone", "cut", "nan", "path"])
def test_damaged_adapters_are_refused_by_name(pretrained: Path, tmp_path: Path, harm: str) -> None:
    """No file, half a file, no numbers, a language that is a path."""
    go(PRETRAINED.then(dataclasses.replace(SPOKEN, steps=1)), tmp_path / "run", pretrained)
    folder = tmp_path / "run" / "encoder"
    path = folder / "language-xx.safetensors"
    if harm == "gone":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif harm == "nan":
        path.write_bytes(path.read_bytes()[:-4] + b"\x00\x00\xc0\x7f")  # a NaN of float32 in the last place
    else:
        about = json.loads((folder / "adapters.json").read_text())
        (folder / "adapters.json").write_text(json.dumps({**about, "languages": ["../xx"]}))
    with pytest.raises(ModelError, match=str(folder)):
        load(folder)
