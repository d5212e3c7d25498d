"""An exported folder as a repository of a hub, which is here a small server on loopback that keeps what it gets."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from isogloss.core.errors import ModelError, SpecError
from isogloss.models import pushed

TOKEN = "hf_of_nobody"


class Hub(ThreadingHTTPServer):
    """The part of a hub's interface that an upload needs: create, preupload, LFS, commit."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, bytes] = {}
        self.created: list[dict[str, Any]] = []
        self.large: dict[str, bytes] = {}
        self.refuses = False

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answer(BaseHTTPRequestHandler):
    """One request."""

    server: Hub

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def say(self, status: int, value: Any) -> None:
        """JSON."""
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Whatever else is asked is not there."""
        self.say(404, {"error": "not found"})

    def do_PUT(self) -> None:
        """A large file, by its hash."""
        self.server.large[self.path.rpartition("/")[2]] = self.rfile.read(int(self.headers["Content-Length"]))
        self.say(200, {})

    def do_POST(self) -> None:
        """Each step of an upload."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.server.refuses or self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.say(401, {"error": "Invalid credentials in Authorization header"})
        elif self.path == "/api/validate-yaml":
            self.say(200, {"errors": [], "warnings": []})
        elif self.path == "/api/repos/create":
            self.server.created.append(json.loads(body))
            self.say(200, {"url": f"{self.server.url}/me/topics"})
        elif "/preupload/" in self.path:
            asked = json.loads(body)["files"]
            self.say(200, {"files": [{"path": each["path"], "shouldIgnore": False, "uploadMode": "lfs" if each["path"]
                                      .endswith(".safetensors") else "regular"} for each in asked]})  # fmt: skip
        elif self.path.endswith("/objects/batch"):
            objects = [{**each, "actions": {"upload": {"href": f"{self.server.url}/large/{each['oid']}", "header": {}}}}
                       for each in json.loads(body)["objects"]]  # fmt: skip
            self.say(200, {"transfer": "basic", "objects": objects})
        elif "/commit/" in self.path:
            for line in map(json.loads, body.splitlines()):
                value = line["value"]
                if line["key"] == "file":
                    self.server.files[value["path"]] = base64.b64decode(value["content"])
                elif line["key"] == "lfsFile":
                    self.server.files[value["path"]] = self.server.large[value["oid"]]
            self.say(200, {"commitUrl": f"{self.server.url}/me/topics/commit/0", "commitOid": "0" * 40})
        else:
            self.say(404, {"error": self.path})


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that knows one token, and the client's settings that lead there."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What an export leaves, in small."""
    (tmp_path / "README.md").write_text("---\ntags: [isogloss]\n---\n# A model\n")
    (tmp_path / "model.safetensors").write_bytes(bytes(range(200)))
    (tmp_path / "config.json").write_text("{}")
    return tmp_path


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # huggingface_hub on its own client
def test_every_file_arrives_as_it_is(hub: Hub, folder: Path) -> None:
    """Small ones in the commit, weights before it; the repository is made, private where that is asked."""
    planned = pushed.upload(folder, "me/topics")
    assert pushed.push(folder, planned, private=True) == f"{hub.url}/me/topics"
    assert hub.files == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(planned.files) == set(hub.files)
    (created,) = hub.created
    assert created == {"name": "topics", "organization": "me", "visibility": "private"}


def test_what_the_hub_refuses_is_one_error_that_says_how_to_go_on(hub: Hub, folder: Path) -> None:
    """The folder is there; the hub's own command uploads it later."""
    hub.refuses = True
    with pytest.raises(ModelError, match=r"was not uploaded to http://127.*401.*`hf upload me/topics") as caught:
        pushed.push(folder, pushed.upload(folder, "me/topics"), private=False)
    assert TOKEN not in str(caught.value)
    assert hub.files == {}


@pytest.mark.parametrize("name", ["topics", "me/", "/topics", "me/to pics", "a/b/c", "me/.."])
def test_a_name_that_no_hub_takes_is_refused_before_anything_is_done(name: str) -> None:
    """It needs an owner, too."""
    with pytest.raises(SpecError, match="expected OWNER/NAME"):
        pushed.check(name)
