"""models/hub: without a network a hub's name fails at once."""

import socket
import time

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


def test_known_encoders_have_names_of_a_hub() -> None:
    """Each is OWNER/NAME, once."""
    names = [each.name for each in hub.KNOWN]
    assert len(set(names)) == len(names)
    assert all(name.count("/") == 1 for name in names)
