"""What a command left: what is finished, what is torn, and every result as a hash."""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from _killed import Verb
from _struck import Place

PARTIAL = ".partial-"
VOLATILE = ("seconds", "seconds_per_step", "processor_seconds", "energy", "translated_now", "checksum")
"""Keys of JSON files that tell times, or what this sitting did of the work; and the hash of all that."""
FIXED = ("evaluations", "baselines", "translations")
"""Folders of a store whose files never change once they are there."""


def landed(place: Place, verb: Verb) -> dict[str, str]:
    """What is finished in a store, by its markers: path → hash, "" for what may be replaced by more of its kind."""
    found: dict[str, str] = {}
    for path in _files(place.store):
        name = path.relative_to(place.store)
        first = name.parts[0]
        if first in FIXED and _is_marked(path):
            found[str(name)] = _hash(path)
        elif first == "runs" and not verb.frees and (path.parents[len(name.parts) - 3] / "done.json").is_file():
            found[str(name)] = _hash(path) if not name.name.startswith("state") else ""
        elif first in ("studies", "divergences", "drifts", "analyses"):
            found[str(name)] = ""
    return {name: what for name, what in found.items() if not Path(name).name.startswith("state")}


def _is_marked(path: Path) -> bool:
    return path.suffix == ".json" or (path.parent / "scores.json").is_file()


def torn(place: Place) -> list[str]:
    """Files that do not end as their kind does, and finished things without a part of theirs.

    At a URL things come file by file, the marker last.
    """
    found = []
    for path in [*_files(place.store), *_files(place.root / "out")]:
        try:
            _read(path)
        except Exception as error:  # each kind of file has errors of its own
            found.append(f"{path.relative_to(place.root)}: {type(error).__name__}: {error}")
    for folder in place.store.glob("runs/[!.]*"):
        record = folder / "done.json"
        phases = json.loads((folder / "spec.json").read_text("utf-8")).get("phases") if record.is_file() else None
        if phases and not ((folder / "encoder").is_dir() and (folder / "head.safetensors").is_file()):
            found.append(f"{folder.relative_to(place.root)}: it is marked as finished and lacks weights")
    for folder in place.store.glob("evaluations/*/[!.]*"):
        there = {path.name for path in folder.iterdir()}
        if place.url and "scores.json" not in there:
            continue
        if not {"scores.json", "predictions.parquet"} <= there:
            found.append(f"{folder.relative_to(place.root)}: it has {' and '.join(sorted(there)) or 'nothing'}")
    return found


def _read(path: Path) -> None:
    """Raises what the library for such files raises; Exception for what ends too early."""
    data = path.read_bytes()
    match path.suffix:
        case ".json":
            json.loads(data)
        case ".jsonl":
            for line in data.decode().splitlines():
                json.loads(line)
        case ".parquet":
            import pyarrow.parquet

            pyarrow.parquet.read_table(path)
        case ".safetensors":
            from safetensors.numpy import load

            load(data)
        case ".npy":
            import numpy as np

            np.load(path, allow_pickle=False)
        case ".html" | ".svg" | ".pdf" | ".csv" | ".tex":
            end = {".html": b"</html>", ".svg": b"</svg>", ".pdf": b"%%EOF"}.get(path.suffix, b"\n")
            if not data.rstrip(b" \n" if end != b"\n" else b"").endswith(end):
                raise EOFError("it ends in the middle")


def _files(folder: Path) -> Iterator[Path]:
    """Files under names of their own."""
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(PARTIAL) for part in below) and below[0] != "locks":
            yield path


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bits(place: Place, output: str, verb: Verb) -> dict[str, str]:
    """Every result as a hash, without the times that were taken: the store, what was written out, and what was said."""
    found = {}
    for path in [*_files(place.store), *_files(place.root / "out")]:
        name = path.relative_to(place.root)
        if "cache" in name.parts or any(part.startswith("state") for part in name.parts[3:4]):
            continue  # the state of a finished run goes with gc, which is looked at apart
        text = path.read_bytes()
        if path.suffix == ".pdf":  # its library numbers objects in random order
            text = b"\n".join(sorted(re.sub(rb"\d+ (\d+ (R|obj|n|f))", rb"\1", line) for line in text.split(b"\n")))
        if path.suffix == ".json":
            text = _timeless(text.decode("utf-8"), place).encode()
        found[str(name)] = hashlib.sha256(text).hexdigest()
    if not verb.frees:
        found["(what it says)"] = hashlib.sha256(_timeless(output, place).encode()).hexdigest()
    return found


def _timeless(text: str, place: Place) -> str:
    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if key not in VOLATILE}
        return [without(each) for each in value] if isinstance(value, list) else value

    with contextlib.suppress(ValueError):
        text = json.dumps(without(json.loads(text)), sort_keys=True)
    return text.replace(str(place.root), "")


def unlike(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """What is there in one and not, or not the same, in the other."""
    gone = [f"{name} is not there" for name in one.keys() - other.keys()]
    more = [f"{name} is there" for name in other.keys() - one.keys()]
    return sorted(
        [*gone, *more, *(f"{name} differs" for name in one.keys() & other.keys() if one[name] != other[name])]
    )
