"""A file that carries its own hash, so that damage to any of its bytes is noticed when it is read.

JSON, Parquet and safetensors each have a place for a word of ours. There MARK stands, and behind it the SHA-256 of the
whole file as it was with zeros in that place. What was written before there were seals has none, and is read unchecked.
A folder of weights lists its files with their hashes in a sealed file beside them.
"""

import functools
import hashlib
import json
import mmap
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from isogloss.core.errors import NOT_JSON, StoreError
from isogloss.store.disk import reaching, there
from isogloss.store.links import linkless
from isogloss.store.remedy import near

KEY = "checksum"
"""What the seal is called in JSON and in the metadata of Parquet and safetensors."""
PLACE = "path"
"""Where in its store a file belongs, beside the seal: one that lies elsewhere was copied or swapped."""
MARK = "isogloss-sha256:"
EMPTY = MARK + "0" * 64
FILES = "files.json"
"""The list of the files of a folder."""
GONE = "it is gone"
_SEALS = re.compile(MARK.encode() + rb"([0-9a-f]{64})")
_BLOCK = 1 << 20


def stamped(data: bytes) -> bytes:
    """Bytes that hold EMPTY, with the hash in its place."""
    return data.replace(EMPTY.encode(), f"{MARK}{hashlib.sha256(data).hexdigest()}".encode(), 1)


def stamp(path: Path, *, last: bool = False) -> None:
    """Seal a file that holds EMPTY, before it takes its name; `last` takes the last place where there are several."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as data:
        place = data.rfind(EMPTY.encode()) if last else data.find(EMPTY.encode())
        seal = f"{MARK}{hashlib.sha256(data).hexdigest()}".encode()
        data[place : place + len(seal)] = seal


def whole(data: "bytes | mmap.mmap") -> bool | None:
    """Whether bytes are what they were when they were sealed; None where they bear no seal."""
    marks = [(each.span(1), bytes(each[1])) for each in _SEALS.finditer(data)]
    if not marks:
        return False if data.find(MARK.encode()) >= 0 else None
    with memoryview(data) as view:
        for (begin, end), seal in marks:
            digest = hashlib.sha256(view[:begin])
            digest.update(b"0" * 64)
            digest.update(view[end:])
            if digest.hexdigest().encode() == seal:
                return True
    return False


def whole_file(path: Path) -> bool | None:
    """The same of a large file, which is not read into memory; an empty one is not whole."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return whole(data)


def append(path: Path, name: str) -> None:
    """Seal a file at its end, for formats whose readers pass over what follows; `name` is what it will be called."""
    seal = _ending(path, path.stat().st_size, name)
    with path.open("ab") as file:
        file.write(seal)


def appended(path: Path, size: int) -> bool:
    """Whether a file of `size` bytes with a seal behind them is whole; so is one of that size that bears no seal."""
    if path.stat().st_size == size:
        return True
    with path.open("rb") as file:
        file.seek(size)
        return file.read() == _ending(path, size, path.name)


def _ending(path: Path, size: int, name: str) -> bytes:
    digest = hashlib.sha256(name.encode())
    with path.open("rb") as file:
        while size > 0 and (block := file.read(min(_BLOCK, size))):
            digest.update(block)
            size -= len(block)
    return f"{MARK}{digest.hexdigest()}".encode()


def json_text(value: Any, indent: int | None = 1) -> str:
    """A value as a JSON file has it."""
    return json.dumps(value, ensure_ascii=False, indent=indent) + "\n"


def sealed_json(value: Mapping[str, Any], place: str = "", indent: int | None = 1) -> bytes:
    """An object as a sealed JSON file."""
    told = {name: each for name, each in value.items() if name not in (KEY, PLACE)}
    return stamped(json_text({KEY: EMPTY, **({PLACE: place} if place else {}), **told}, indent).encode())


class Damage(ValueError):
    """What is wrong with bytes that were read."""


def read_json(data: bytes, place: str = "") -> Any:
    """What sealed JSON holds, without the seal; JSON without a seal as it is. Raises Damage."""
    state = whole(data)
    if state is False:
        raise Damage("its bytes are not those that were written")
    try:
        value = json.loads(data)
        if re.search(
            rb"\\u[dD][89a-fA-F]", data
        ):  # half a surrogate pair is not a character, and none of our files has one
            json.dumps(value, ensure_ascii=False).encode()
    except NOT_JSON as error:
        raise Damage(f"no JSON: {error!s:.60}") from None
    if not isinstance(value, dict):
        return value
    first = next(iter(value.values()), None)  # where a seal stands, even if damage to its name hides it
    seal, lies = value.pop(KEY, None), value.pop(PLACE, None)
    marked = seal is not None or lies is not None or (isinstance(first, str) and len(first) == len(EMPTY))
    if marked and state is None:
        raise Damage("its checksum is not whole")
    if state and place and lies is not None and lies != place:
        raise Damage(f"it belongs at {lies!s:.80}; somebody copied or swapped it")
    return value


def read_safetensors(path: Path) -> dict[str, Any]:
    """The metadata of a safetensors file, once it is whole, without its seal. Raises Damage; nothing else is loaded.

    An eight-byte length, JSON with the place of each tensor, and the tensors (github.com/huggingface/safetensors).
    """
    state = whole_file(path)
    if state is False:
        raise Damage("its bytes are not those that were written")
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > path.stat().st_size:
                raise ValueError("it is cut short")
            header = json.loads(file.read(length))
        about = dict(header.pop("__metadata__", {}))
        end = 8 + length + max((each["data_offsets"][1] for each in header.values()), default=0)
        if end != path.stat().st_size:
            raise ValueError(f"{path.stat().st_size:,} bytes, expected {end:,}")
    except (*NOT_JSON, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Damage(f"no safetensors: {error!s:.60}") from None
    if (about.pop(KEY, None) is not None or PLACE in about) and state is None:
        raise Damage("its checksum is not whole")
    return about


def by_content(body: bytes) -> str:
    """What a file is called that is named by what is in it: so damage to it shows."""
    return hashlib.sha256(body).hexdigest()[:16]


def file_hash(path: Path) -> str:
    """The SHA-256 of a file; computed once by a process as long as the file stays as it is."""
    with reaching(path):
        return _hash(path, _about(path))


@functools.lru_cache(maxsize=100_000)
def _hash(path: Path, about: tuple[int, ...]) -> str:  # noqa: ARG001 - what it is remembered by
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _about(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def forget() -> None:
    """Hash files again that were hashed before: damage does not always change when a file was written."""
    _hash.cache_clear()


def files_of(folder: Path) -> dict[str, Path]:
    """Name below a folder → file, of all but hidden ones and the list itself. Raises StoreError for a link."""

    def refused(error: OSError) -> None:
        raise error

    files: dict[str, Path] = {}
    with reaching(folder):
        for above, folders, names in os.walk(linkless(folder), onerror=refused):
            folders[:] = [name for name in folders if not name.startswith(".")]
            files |= {Path(above, name).relative_to(folder).as_posix(): Path(above, name) for name in names}
    return {name: path for name, path in sorted(files.items()) if not path.name.startswith(".") and name != FILES}


def list_files(folder: Path) -> None:
    """Write the sealed list of a folder's files into it, before it takes its name."""
    hashes = {name: file_hash(path) for name, path in files_of(folder).items()}
    (folder / FILES).write_bytes(sealed_json({"sha256": hashes}))


def check_files(folder: Path) -> None:
    """Hold a folder against the list in it; one without a list is older than lists. Raises StoreError."""
    if not there(folder / FILES):
        return
    for name, why in unlike(folder):
        raise StoreError(f"{folder / name}: it is damaged ({why}). {near(folder / name)}")


def seals(state: Path) -> bool:
    """Whether a run in progress seals what it writes, as its state tells: a snapshot without a list has lost it."""
    return there(state) and whole_file(state) is not None


def unlike(folder: Path) -> Iterator[tuple[str, str]]:
    """(name, what is wrong) of the files of a folder that are not those of the list in it."""
    try:
        with reaching(folder / FILES):
            hashes = read_json((folder / FILES).read_bytes())["sha256"]
        yield from differences(folder, hashes)
    except (Damage, AttributeError, KeyError, TypeError) as error:
        yield FILES, str(error)


def differences(folder: Path, hashes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(name, what is wrong) of the files of a folder that are not those of a list."""
    for name, sha256 in hashes.items():
        if not there(folder / name):
            yield name, GONE
        elif file_hash(folder / name) != sha256:
            yield name, "its bytes are not those that were written"
