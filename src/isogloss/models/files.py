"""The files of a published model: what they amount to, and that none but safetensors of its own would be opened.

transformers loads what `model.safetensors.index.json`, `config.json` and `adapter_config.json` name: a pickle, a file
of another folder, another model. Here a model is its own folder, all of which is in the fingerprint.
"""

import hashlib
import json
from functools import cache
from pathlib import Path, PurePath
from typing import Any

from isogloss.core.errors import NOT_JSON, ModelError
from isogloss.core.shown import quoted
from isogloss.models import hub, sizes

SUFFIXES = (".safetensors", ".json", ".model", ".spm", ".txt")
"""Weights, configuration, tokenizer."""
CONFIG, WEIGHTS, INDEX = hub.CONFIG, hub.WEIGHTS, hub.INDEX
TOKENIZERS = (("tokenizer.json",), ("vocab.txt",), ("vocab.json", "merges.txt"), ("*.model",), ("*.spm",))
"""What a folder's vocabulary may be in: all files of one of these."""
DESCRIBED = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json")
"""What a tokenizer may be described in."""
AGAIN = "The file is damaged; get it again."
ADAPTERS = "adapter_config.json"
BASE = "base.json"
"""What our own folders of adapters hold: a note of the encoder to which they belong (models/adapters)."""


def fingerprint(folder: Path) -> str:
    """12 hex digits over a model's weights, configuration and tokenizer. Raises ModelError without weights."""
    files = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    if not any(path.suffix == ".safetensors" for path in files):
        raise ModelError(f"{folder}: no .safetensors file. Only safetensors weights are read, never pickles.")
    if not (folder / BASE).is_file():
        _weights(str(folder), "")
    digest = hashlib.sha256()
    for path in files:
        about = path.stat()
        digest.update(f"{path.name}:{_hash(path.resolve(), about.st_size, about.st_mtime_ns)}\n".encode())
    return digest.hexdigest()[:12]


@cache
def _hash(path: Path, _size: int, _changed: int) -> str:
    """The hash of a file, read once a process for as long as it stays as it is."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(name: str | Path, revision: str = "") -> None:
    """Raise ModelError unless the weights of a folder or hub name are safetensors files of its own, all of them.

    Asks a hub for the same files as transformers then does, and raises what its client raises.
    """
    model = str(name)
    config = file_of(model, CONFIG, revision)
    if config is None and Path(model).expanduser().is_dir():
        raise ModelError(f"{model}: there is no {CONFIG}; a Hugging Face model folder has one.")
    if config is None:
        return  # transformers has its own words for a hub's model that is not there
    check_sizes(name, revision)
    _any_length(config)
    if "transformers_weights" in read_json(config):
        raise ModelError(f"{config}: it names a file of weights; only {WEIGHTS} and what {INDEX} names are read.")
    if file_of(model, ADAPTERS, revision):
        raise ModelError(
            f"{model}: {ADAPTERS} makes it the adapters of another model. Merge them into that model, save it with "
            "save_pretrained, and give its folder."
        )
    _weights(model, revision)
    check_tokenizer(model)


def _any_length(config: Path) -> None:
    """Raise ModelError for a model that computes texts of one length alone: a Nyströmformer with fewer landmarks than
    sub-words, whose class divides the texts that it was trained on, and no others, into means.
    """
    told = read_json(config)
    landmarks, length = (told.get(key, 64) for key in ("num_landmarks", "segment_means_seq_len"))  # its class's
    if told.get("model_type") == "nystromformer" and landmarks != length:
        raise ModelError(
            f"{config}: this Nyströmformer takes texts of exactly {length} sub-words (segment_means_seq_len), as means "
            f"of {landmarks} landmarks; isogloss reads texts of any length. Give one where both numbers are the same."
        )


def check_folder(folder: Path) -> None:
    """Raise ModelError for a folder of which its small files and the heads of its weights say that it cannot be opened.

    No weights are read. Of our own adapters and changed rows, whose encoder lies elsewhere, nothing is said here.
    """
    if (folder / BASE).is_file():
        return
    check(folder)
    for path in weights(folder):
        if why := _cut(path):
            raise ModelError(why)


def check_tokenizer(name: str | Path) -> None:
    """Raise ModelError for a model's folder without a tokenizer: transformers makes one up, of special tokens alone."""
    folder = Path(name).expanduser()
    if not (folder / CONFIG).is_file() or any(all(any(folder.glob(file)) for file in each) for each in TOKENIZERS):
        return
    *others, last = (" with ".join(each) for each in TOKENIZERS)
    raise ModelError(
        f"{folder}: it has no tokenizer ({', '.join(others)} or {last}); put the one that the model was trained with "
        f"there, with tokenizer.save_pretrained({str(folder)!r})."
    )


def check_sizes(name: str | Path, revision: str = "") -> None:
    """Raise ModelError for a configuration that asks for sizes no encoder has; reading it would take all memory."""
    config = file_of(str(name), CONFIG, revision)
    if config is not None:
        sizes.bounded(config, read_json(config))


def file_of(model: str, name: str, revision: str = "") -> Path | None:
    """A file of a model's folder, or of a hub's model, fetched if need be; None where the model has none."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder / name if (folder / name).is_file() else None
    if not hub.reachable():  # its client would try for a minute
        return hub.kept(model, name, revision)
    from transformers.utils import cached_file

    path = cached_file(model, name, revision=revision or None, _raise_exceptions_for_missing_entries=False)
    return None if path is None else Path(path)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a model's JSON file. Raises ModelError."""
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, *NOT_JSON) as error:
        raise ModelError(f"{path}: it is not JSON that can be read ({error}).") from None
    if not isinstance(values, dict):
        raise ModelError(f"{path}: it holds a {type(values).__name__}, expected an object.")
    return values


def damage(model: str) -> str:
    """Which file of a folder is cut short or otherwise broken, in two sentences; nothing where all can be opened."""
    folder = Path(model).expanduser()
    for path in (folder / name for name in DESCRIBED if (folder / name).is_file()):
        try:
            json.loads(path.read_text("utf-8"))
        except NOT_JSON as error:
            return f"{path}: it is not JSON that can be read ({error}). {AGAIN}"
    return next(filter(None, map(_cut, sorted(folder.glob("*.safetensors")))), "")


def _cut(path: Path) -> str:
    """What a safetensors file that does not end where its head says is said to be; nothing of a whole one."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np"):
            return ""
    except SafetensorError:
        return f"{path}: it is cut short, or is no safetensors file. {AGAIN}"


def weights(name: str | Path, revision: str = "") -> list[Path]:
    """The files that hold a model's weights, on this disk; none where there are none. Raises ModelError."""
    model = str(name)
    whole = file_of(model, WEIGHTS, revision)
    if whole is not None:
        return [whole]
    shards = (file_of(model, shard, revision) for shard in _weights(model, revision))
    return [shard for shard in shards if shard is not None]


def _weights(model: str, revision: str) -> list[str]:
    """Names of the files that an index names; none where the weights are one file, or where there are none."""
    if file_of(model, WEIGHTS, revision):
        return []
    index = file_of(model, INDEX, revision)
    if index is None:
        _refuse(Path(model).expanduser())
        return []
    shards = read_json(index).get("weight_map")
    if not isinstance(shards, dict) or not shards:
        raise ModelError(f"{index}: it has no weight_map; it does not say where the weights are.")
    folder = Path(model).expanduser()
    named = list(dict.fromkeys(map(str, shards.values())))
    for shard in named:
        if PurePath(shard).name != shard or "\\" in shard or not shard.endswith(".safetensors"):
            raise ModelError(f"{index}: {quoted(shard)} is not a .safetensors file of this folder; it is not opened.")
        if folder.is_dir() and not (folder / shard).is_file():
            raise ModelError(f"{index}: {quoted(shard)} is not there. The model is not whole.")
    return named


def _refuse(folder: Path) -> None:
    """A folder without weights that are read."""
    hub.refuse_pickles(folder)
    if folder.is_dir():
        raise ModelError(f"{folder}: there is no {WEIGHTS}.")
