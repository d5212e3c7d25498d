"""models/hub: without a network a hub's name fails at once."""

import json
import shutil
import socket
import time
from pathlib import Path

import pytest
from huggingface_hub import constants

from isogloss.core.errors import ModelError
from isogloss.models import hub
from isogloss.models.encoder import load


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub whose port on this machine nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    monkeypatch.delenv("https_proxy", raising=False)
    hub.reachable.cache_clear()


@pytest.mark.usefixtures("nowhere")
def test_a_hub_name_that_is_nowhere_fails_in_one_sentence_at_once() -> None:
    """No retries, no lines of another library; the error names what to do."""
    begin = time.monotonic()
    with pytest.raises(ModelError, match="the hub cannot be reached") as raised:
        load("nobody/no-such-encoder")
    assert time.monotonic() - begin < hub.PATIENCE
    assert "\n" not in str(raised.value)
    hub.reachable.cache_clear()


@pytest.mark.usefixtures("nowhere")
def test_a_model_in_the_cache_is_used_at_once_and_half_of_one_is_none(
    xlmr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the hub's client lays it out. Without its weights it was not fetched, whatever else is there."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("transformers.utils.hub.constants.HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--owner--name"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("0" * 40)
    there = folder / "snapshots" / ("0" * 40)
    shutil.copytree(xlmr, there)
    begin = time.monotonic()
    assert hub.cached("owner/name") == there / hub.CONFIG
    assert load("owner/name").width == load(xlmr).width
    (there / hub.WEIGHTS).rename(there / "part.safetensors")
    assert hub.cached("owner/name") is None
    (there / hub.INDEX).write_text(json.dumps({"weight_map": {"a": "part.safetensors"}}))
    assert hub.cached("owner/name") == there / hub.CONFIG
    (there / "part.safetensors").unlink()
    assert hub.cached("owner/name") is None
    with pytest.raises(ModelError, match="nor in the hub's cache on this disk"):
        load("owner/name")
    assert time.monotonic() - begin < 20
    hub.reachable.cache_clear()


def test_known_encoders_have_names_of_a_hub() -> None:
    """Each is OWNER/NAME, once."""
    names = [each.name for each in hub.KNOWN]
    assert len(set(names)) == len(names)
    assert all(name.count("/") == 1 for name in names)
