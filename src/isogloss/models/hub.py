"""A hub's encoders: which are on this disk already, and whether the hub can be asked at all.

Its client retries for a minute where there is no network; here that is found out at once and said in a sentence.
"""

import json
import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from isogloss.core.errors import NOT_JSON, ModelError

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
"""What a model's files are called, on a hub as in a folder."""
PATIENCE = 3.0
"""Seconds to wait for a connection."""


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
        raise ModelError(
            f"{name}: neither a folder nor in the hub's cache on this disk, and the hub cannot be reached. Give the "
            "folder of an encoder, or one that is at hand: isogloss encoders"
        )
    return config.parent


@cache
def reachable() -> bool:
    """Whether the hub answers, asked once a process. With a proxy, its client has to find out by itself."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    if os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy"):
        return True
    place = urlsplit(constants.ENDPOINT)
    try:
        with socket.create_connection((place.hostname or "", place.port or 443), timeout=PATIENCE):
            return True
    except OSError:
        return False
