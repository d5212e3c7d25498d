"""Download a task's files from where its authors publish them, and land them where its reader looks.

A download goes on where it was broken off. Nothing is visible in the task's folder before it is complete: files land
by rename, and `fetched.json`, written last, says what came from where with which checksum.
"""

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

from isogloss.core.errors import NOT_JSON, DataError
from isogloss.core.task import Task
from isogloss.data import unpack

Report = Callable[[str], None]
CHUNK = 1 << 20
ATTEMPTS = 4
LARGEST = 8 << 30
"""Bytes that one download may have; the largest of our tasks', Universal Dependencies, has under one eighth."""
WORK = ".download"
RECORD = "fetched.json"


def fetch(
    task: Task, data: Path, report: Report, *, again: bool = False, largest: int = LARGEST, patience: float = 60.0
) -> list[Path]:
    """The files of `task`, downloaded below `data`; those fetched before are not fetched again unless `again`.

    `patience`: seconds without a byte before a connection counts as broken. Raises DataError: the licence forbids a
    download (it says what to do by hand), the server refuses, a checksum differs, or an archive is not safe to unpack.
    """
    if not task.source.urls:
        raise DataError(f"{task.name} cannot be downloaded. {task.source.by_hand or 'It has no files.'}")
    folder = data / task.source.folder
    landed: list[Path] = []
    try:
        with _alone(folder, task.name):
            record = _record(folder)
            for number, url in enumerate(task.source.urls, 1):
                if not again and _is_there(folder, record.get(url)):
                    landed += [folder / name for name in record[url]["files"]]
                    continue
                label = f"{task.name} {number}/{len(task.source.urls)} {_name(url)}"
                part, checksum = _download(url, folder / WORK, report, label, largest, patience)
                _check(task, url, part, checksum)
                files = _land(task, url, part, folder)
                record[url] = {"sha256": checksum, "files": [str(path.relative_to(folder)) for path in files]}
                _write(folder / RECORD, record)
                landed += files
                report(f"{label}: {len(files)} file{'s' * (len(files) != 1)}, sha256 {checksum[:16]}…")
            shutil.rmtree(folder / WORK, ignore_errors=True)
    except OSError as error:
        raise DataError(f"{task.name}: {folder} cannot be written: {error.strerror or error}.") from error
    if not any(task.available(data, split) for split in task.splits):
        raise DataError(
            f"{task.name}: the download has none of the files this task reads (in {folder}); "
            "it may have changed since. Nothing else was written."
        )
    return landed


def place(task: Task, url: str) -> Path:
    """Where below the task's folder a plain file belongs: the first place its reader looks that fits the address."""
    address = PurePosixPath(unquote(urlsplit(url).path))
    root = Path("/")
    for split in task.splits if task.places else ():
        for language in task.languages:
            for paths in task.places(root, split, language) if task.places else ():
                for path in paths:
                    relative = path.relative_to(root)
                    if address.parts[-len(relative.parts) :] == relative.parts:
                        return relative
    return Path(address.name)


def _name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name


@contextmanager
def _alone(folder: Path, name: str) -> Iterator[None]:
    (folder / WORK).mkdir(parents=True, exist_ok=True)
    with (folder / f"{WORK}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataError(f"{name}: another process is downloading into {folder}; wait for it.") from None
        yield


def _record(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, *NOT_JSON):
        return {}
    return found if isinstance(found, dict) else {}


def _is_there(folder: Path, entry: Any) -> bool:
    return isinstance(entry, dict) and all((folder / name).is_file() for name in entry.get("files", [""]))


def _download(url: str, work: Path, report: Report, label: str, largest: int, patience: float) -> tuple[Path, str]:
    """(file, sha256) of a whole download, resumed from what is there. Raises DataError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise DataError(f"{url}: only http and https are downloaded.")
    key = hashlib.sha256(url.encode()).hexdigest()[:16]
    part, tag = work / f"{key}.part", work / f"{key}.etag"
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _continue(url, part, tag, report, label, largest, patience)
            break
        except HTTPError as error:
            if error.code == 416 and part.exists():  # what is there does not fit the file any more
                part.unlink()
            elif error.code < 500 or attempt == ATTEMPTS:
                raise DataError(f"{url}: the server answers {error.code} {error.reason}.") from error
        except (OSError, HTTPException) as error:
            if getattr(error, "errno", None) in _LOCAL:
                raise
            if attempt == ATTEMPTS:
                raise DataError(f"{url}: {error or type(error).__name__}; run it again to go on from here.") from error
            report(f"{label}: {error or type(error).__name__}; trying again")
            time.sleep(min(2.0 ** (attempt - 1) / 4, patience))
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return part, digest.hexdigest()


_LOCAL = {13, 27, 28, 30, 122}
"""errno of a disk that cannot be written: permission, file too large, no space, read-only, quota."""


def _continue(url: str, part: Path, tag: Path, report: Report, label: str, largest: int, patience: float) -> None:
    there = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "isogloss"}
    if there and tag.exists():
        headers |= {"Range": f"bytes={there}-", "If-Range": tag.read_text("utf-8")}
    with urlopen(Request(url, headers=headers), timeout=patience) as answer:
        if answer.status != 206:
            there = 0
        length = answer.headers.get("Content-Length")
        whole = there + int(length) if length and length.isdigit() else None
        tag.write_text(answer.headers.get("ETag") or answer.headers.get("Last-Modified") or "", "utf-8")
        if not tag.read_text("utf-8"):
            tag.unlink()
        shown = time.monotonic()
        with part.open("r+b" if there else "wb") as file:
            file.seek(there)
            while block := answer.read(CHUNK):
                there += len(block)
                if there > largest or (whole or 0) > largest:
                    raise DataError(f"{url}: more than {largest:,} bytes; it is not downloaded further.")
                file.write(block)
                if time.monotonic() - shown > 1:
                    shown = time.monotonic()
                    report(f"{label}: {there / 1e6:,.0f}{f' of {whole / 1e6:,.0f}' if whole else ''} MB")
    if whole is not None and there != whole:
        raise HTTPException(f"{there:,} of {whole:,} bytes came")


def _check(task: Task, url: str, part: Path, checksum: str) -> None:
    expected = task.source.sha256.get(_name(url))
    if expected is not None and expected != checksum:
        part.unlink()
        raise DataError(f"{url}: its sha256 is {checksum}, expected {expected}; it was thrown away.")


def _land(task: Task, url: str, part: Path, folder: Path) -> list[Path]:
    if not unpack.is_archive(_name(url)):
        target = folder / place(task, url)
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
        return [target]
    apart = folder / WORK / "unpacked"
    shutil.rmtree(apart, ignore_errors=True)
    landed = []
    for path in unpack.unpack(part, apart, url):
        target = folder / path.relative_to(apart)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        landed.append(target)
    part.unlink()
    return landed


def _write(path: Path, values: Any) -> None:
    temporary = path.with_name(f"{path.name}.writing")
    temporary.write_text(json.dumps(values, indent=1, sort_keys=True), "utf-8")
    temporary.replace(path)
