"""models/hub: without a network a hub's name fails at once."""

import base64
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants

from isogloss.core.errors import ModelError, TranslationError
from isogloss.models import hub
from isogloss.models.encoder import load, load_subwords
from isogloss.translation import seq2seq


def closed() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hub whose port on this machine nobody listens on, and no proxy."""
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{closed()}")
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)
    hub.reachable.cache_clear()
    yield
    hub.reachable.cache_clear()


class Answering(BaseHTTPRequestHandler):
    """A proxy that gives everybody who asks for a line the status it is told."""

    def do_CONNECT(self) -> None:
        """A name the server calls."""
        self.server.asked.append((self.path, self.headers.get("Proxy-Authorization")))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def proxy(nowhere: None) -> Iterator[HTTPServer]:  # noqa: ARG001
    """One on this machine, which gives lines."""
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        server.status, server.asked = 200, []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("form", ["http://127.0.0.1:{}", "127.0.0.1:{}", "socks5://127.0.0.1:{}"])
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_behind_a_proxy_that_is_not_there_a_hub_name_fails_at_once(
    name: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its client would try again for 82 seconds."""
    monkeypatch.setattr(constants, "ENDPOINT", "https://hub.invalid")
    monkeypatch.setenv(name, form.format(closed()))
    begin = time.monotonic()
    with pytest.raises(ModelError, match="the hub cannot be reached"):
        load("nobody/no-such-encoder")
    assert time.monotonic() - begin < hub.PATIENCE


@pytest.mark.parametrize(("status", "reached"), [(200, True), (403, False), (407, False), (502, False)])
def test_a_proxy_is_asked_for_a_line_to_the_hub(
    proxy: HTTPServer, status: int, reached: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the key that its address holds; it may be there and have no network behind it, or forbid the hub."""
    monkeypatch.setattr(constants, "ENDPOINT", "https://hub.invalid")
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:p%40ss@127.0.0.1:{proxy.server_port}")
    proxy.status = status  # type: ignore[attr-defined]
    assert hub.reachable() == reached
    key = base64.b64encode(b"me:p@ss").decode()
    assert proxy.asked == [("hub.invalid:443", f"Basic {key}")]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("spared", ["127.0.0.1", "*"])
def test_a_hub_that_no_proxy_names_is_asked_directly(spared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy is not there, the hub is."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(constants, "ENDPOINT", f"https://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed()}")
        assert not hub.reachable()
        hub.reachable.cache_clear()
        monkeypatch.setenv("NO_PROXY", spared)
        assert hub.reachable()


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("name", "question"),
    [("e5-smal", "e5-small"), ("E5-small", "e5-small"), ("minilm6", "minilm"), ("xlm-roberta-base", ""),
     ("t5-small", ""), ("bert-base-cased", ""), ("intfloat/e5-small", "")],
)  # fmt: skip
def test_a_slip_of_a_packaged_encoders_name_is_asked_after(name: str, question: str) -> None:
    """A hub's own name is not, however near."""
    for opened in (load, load_subwords):
        with pytest.raises(ModelError, match="the hub cannot be reached") as raised:
            opened(name)
        assert re.findall(r"Did you mean '(.*)'\?", str(raised.value)) == ([question] if question else [])


def in_cache(model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a model "owner/name" in a cache as the hub's client lays it out."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("transformers.utils.hub.constants.HF_HUB_CACHE", str(cache))
    folder = cache / "models--owner--name"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("0" * 40)
    there = folder / "snapshots" / ("0" * 40)
    shutil.copytree(model, there)
    return there


@pytest.mark.usefixtures("nowhere")
def test_a_hub_name_that_is_nowhere_fails_in_one_sentence_at_once() -> None:
    """No retries, no lines of another library; the error names what to do."""
    begin = time.monotonic()
    with pytest.raises(ModelError, match="the hub cannot be reached") as raised:
        load("nobody/no-such-encoder")
    assert time.monotonic() - begin < hub.PATIENCE
    assert "\n" not in str(raised.value)


@pytest.mark.usefixtures("nowhere")
def test_a_model_in_the_cache_is_used_at_once_and_half_of_one_is_none(
    xlmr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its weights it was not fetched, whatever else is there."""
    there = in_cache(xlmr, tmp_path, monkeypatch)
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


@pytest.mark.usefixtures("nowhere")
def test_a_model_in_the_cache_whose_weights_are_pickled_is_refused_as_such(
    xlmr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a folder is; what its tokenizer needs is all there. A translator's weights are told the same way."""
    there = in_cache(xlmr, tmp_path, monkeypatch)
    (there / hub.WEIGHTS).rename(there / "pytorch_model.bin")
    assert hub.cached("owner/name") is None
    said = r"^owner/name: .* cache .* only pickled weights \(pytorch_model\.bin\).*safetensors only"
    with pytest.raises(ModelError, match=said):
        load("owner/name")
    with pytest.raises(TranslationError, match=r"only pickled weights \(pytorch_model\.bin\)"):
        seq2seq._loaded("owner/name", "main")
    assert load_subwords("owner/name").rows


@pytest.mark.usefixtures("nowhere")
def test_behind_a_proxy_that_is_not_there_a_model_in_the_cache_is_used_at_once(
    xlmr: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As without a network."""
    in_cache(xlmr, tmp_path, monkeypatch)
    monkeypatch.setattr(constants, "ENDPOINT", "https://hub.invalid")
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed()}")
    begin = time.monotonic()
    assert load("owner/name").width == load(xlmr).width
    assert time.monotonic() - begin < 20


def test_known_encoders_have_names_of_a_hub() -> None:
    """Each is OWNER/NAME, once."""
    names = [each.name for each in hub.KNOWN]
    assert len(set(names)) == len(names)
    assert all(name.count("/") == 1 for name in names)
