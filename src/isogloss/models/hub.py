"""A hub's encoders: which are on this disk already, and whether the hub can be asked at all.

Its client retries for a minute where there is no network; here that is found out at once and said in a sentence.
"""

import json
import socket
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from isogloss.core.encoders import meant
from isogloss.core.errors import NOT_JSON, ModelError

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
"""What a model's files are called, on a hub as in a folder."""
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
PATIENCE = 3.0
"""Seconds to wait for a connection."""
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Known:
    """A published multilingual encoder, as its model card describes it."""

    name: str
    millions: int
    """Weights, in millions."""
    languages: str
    longest: int
    """Sub-words of the longest input."""
    licence: str


KNOWN = (
    Known(name="FacebookAI/xlm-roberta-base", millions=278, languages="100", longest=512, licence="MIT"),
    Known(name="FacebookAI/xlm-roberta-large", millions=560, languages="100", longest=512, licence="MIT"),
    Known(name="facebook/xlm-v-base", millions=779, languages="116", longest=512, licence="MIT"),
    Known(name="google-bert/bert-base-multilingual-cased", millions=178, languages="104", longest=512,
          licence="Apache-2.0"),
    Known(name="distilbert/distilbert-base-multilingual-cased", millions=135, languages="104", longest=512,
          licence="Apache-2.0"),
    Known(name="microsoft/mdeberta-v3-base", millions=278, languages="100", longest=512, licence="MIT"),
    Known(name="microsoft/Multilingual-MiniLM-L12-H384", millions=118, languages="100", longest=512, licence="MIT"),
    Known(name="jhu-clsp/mmBERT-base", millions=307, languages="1833", longest=8192, licence="MIT"),
)  # fmt: skip
"""Encoders that XTREME's users start from. Any other hub name works, too."""


def cached(name: str, revision: str = "") -> Path | None:
    """Where the hub's client keeps the configuration of a model that it fetched before, with all of its weights; None
    where it did not."""
    config, index = (kept(name, file, revision) for file in (CONFIG, INDEX))
    shards = [WEIGHTS] if index is None or kept(name, WEIGHTS, revision) else _shards(index)
    return config if shards and all(kept(name, shard, revision) for shard in shards) else None


def kept(name: str, file: str, revision: str = "") -> Path | None:
    """Where its client keeps a file of a model."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(name, file, revision=revision or None)
    except HFValidationError:  # not the form of a hub's name
        return None
    return Path(found) if isinstance(found, str) else None


def _shards(index: Path) -> list[str]:
    """The files that an index names; none where it cannot be read."""
    try:
        return sorted({str(shard) for shard in json.loads(index.read_text("utf-8"))["weight_map"].values()})
    except (OSError, KeyError, TypeError, AttributeError, *NOT_JSON):
        return []


def refuse_pickles(folder: Path, name: str = "") -> None:
    """Raise ModelError for a folder, of a model of this name, whose only weights are of a kind that is not read."""
    pickles = sorted(path.name for path in folder.glob("*") if path.suffix in PICKLES)
    if pickles:
        where = f"{name}: the hub's cache on this disk has" if name else f"{folder}:"
        raise ModelError(
            f"{where} only pickled weights ({', '.join(pickles)}), which can run code when read. "
            "isogloss reads safetensors only; convert them once with save_pretrained(safe_serialization=True)."
        )


def refuse_kept_pickles(name: str, revision: str = "") -> None:
    """The same of what the hub's client keeps of a model."""
    config = kept(name, CONFIG, revision)
    if config is not None and not any(config.parent.glob("*.safetensors")) and not kept(name, INDEX, revision):
        refuse_pickles(config.parent, name)


def malformed(name: str) -> bool:
    """Whether no hub could have this name: then it is a path."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return True
    return name.startswith("~")


def here(name: str, revision: str = "", *, tokenizer: bool = False) -> Path | None:
    """The folder of a model that must do with the files on this disk; None where the hub can be asked.

    Raises ModelError where they are not all here; of the `tokenizer` alone weights are no part.
    """
    if reachable():
        return None
    config = kept(name, CONFIG, revision) if tokenizer else cached(name, revision)
    if config is None:
        refuse_kept_pickles(name, revision)
        raise ModelError(
            f"{name}: neither a folder nor in the hub's cache on this disk, and the hub cannot be reached."
            f"{meant(name)} Give the folder of an encoder, or one that is at hand: isogloss encoders"
        )
    return config.parent


@cache
def reachable() -> bool:
    """Whether the hub answers, through the proxy that its client would take; asked once a process."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    hub = urlsplit(constants.ENDPOINT)
    try:
        return _answers(hub, _proxy(hub))
    except (OSError, HTTPException, ValueError):  # of an address that is none, the client would say no more
        return False


def _proxy(hub: SplitResult) -> SplitResult | None:
    """The proxy that the surroundings name for the hub; None where it is asked directly."""
    named = getproxies()
    found = named.get(hub.scheme) or named.get("all")
    if not found or proxy_bypass(hub.netloc.rpartition("@")[2]):
        return None
    return urlsplit(found if "://" in found else f"http://{found}")


def _answers(hub: SplitResult, proxy: SplitResult | None) -> bool:
    """Whether a line to the hub can be opened. A proxy may answer where there is no network behind it, so it is asked
    for that line; of one that speaks otherwise it is enough that it is there."""
    first = proxy or hub
    place = first.hostname or "", first.port or PORTS.get(first.scheme, 1080)
    if proxy is None or (proxy.scheme, hub.scheme) != ("http", "https"):
        with socket.create_connection(place, timeout=PATIENCE):
            return True
    line = HTTPConnection(*place, timeout=PATIENCE)
    told = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}"
    key = {"Proxy-Authorization": f"Basic {b64encode(told.encode()).decode()}"} if proxy.username else {}
    line.set_tunnel(hub.hostname or "", hub.port or PORTS["https"], key)
    with closing(line):
        line.connect()
        return True
