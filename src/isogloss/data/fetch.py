"""Download a task's files from where its authors publish them, and land them where its reader looks.

A download goes on where it was broken off. Nothing is visible in the task's folder before it is complete: files land
by rename, and `fetched.json`, written last, says what came from where with which checksum. A checksum that is known is
compared: the task's own or a published one (`published.sha256`), else that of the first download (trust on first use).
"""

import fcntl
import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPException, HTTPMessage
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from isogloss.core.errors import NOT_JSON, DataError
from isogloss.core.shown import amount, quoted
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
                if not again and (there := _there(folder, record.get(url))):
                    landed += there
                    continue
                label = f"{task.name} {number}/{len(task.source.urls)} {_name(url)}"
                part, checksum = _download(url, folder / WORK, report, label, largest, patience)
                _check(task, url, part, checksum, record.get(url), folder / RECORD)
                files = _land(task, url, part, folder)
                sums = {str(path.relative_to(folder)): _sha256(path) for path in files}
                record[url] = {"sha256": checksum, "files": sums}
                _write(folder / RECORD, record)
                landed += files
                report(f"{label}: {amount(len(files), 'file')}, sha256 {checksum[:16]}…")
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


def _there(folder: Path, entry: Any) -> list[Path]:
    """The files of an earlier download; none unless all of them are there."""
    names = entry.get("files") if isinstance(entry, dict) else None
    found = [folder / str(name) for name in names or ()]
    return found if all(path.is_file() for path in found) else []


def changed(task: Task, data: Path) -> list[str]:
    """The files of a task that are not what was once fetched, by their checksums; none where nothing was fetched."""
    folder = data / task.source.folder
    record = _record(folder)
    sums = [entry["files"] for url, entry in record.items() if url in task.source.urls and _there(folder, entry)]
    known = {name: checksum for each in sums if isinstance(each, dict) for name, checksum in each.items()}
    return [name for name, checksum in known.items() if _sha256(folder / name) != checksum]


@cache
def published() -> dict[str, str]:
    """Address → checksum, of downloads whose content is known."""
    lines = (Path(__file__).parent / "published.sha256").read_text("utf-8").splitlines()
    return {url: checksum for checksum, url in map(str.split, lines)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
    return part, _sha256(part)


_LOCAL = {13, 27, 28, 30, 122}
"""errno of a disk that cannot be written: permission, file too large, no space, read-only, quota."""


class _Redirect(HTTPRedirectHandler):
    """Follow a redirect to the web alone, and never from https to http, where anybody on the way could answer."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """The next request. Raises DataError."""
        scheme = urlsplit(newurl).scheme
        if scheme not in ("http", "https") or (scheme == "http" and urlsplit(req.full_url).scheme == "https"):
            raise DataError(f"{req.full_url}: it redirects to {quoted(newurl)}; only https is followed from https.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_OPENER = build_opener(_Redirect)


def _continue(url: str, part: Path, tag: Path, report: Report, label: str, largest: int, patience: float) -> None:
    there = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "isogloss"}
    if there and tag.exists():
        headers |= {"Range": f"bytes={there}-", "If-Range": tag.read_text("utf-8")}
    with _OPENER.open(Request(url, headers=headers), timeout=patience) as answer:
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


def _check(task: Task, url: str, part: Path, checksum: str, before: Any, record: Path) -> None:
    """Compare a download with what is known of it; the checksum of the first download is kept in `record`."""
    known = task.source.sha256.get(_name(url)) or published().get(url)
    first = before.get("sha256") if isinstance(before, dict) else None
    expected = known or first or checksum
    if expected == checksum:
        return
    part.unlink()
    if known:
        raise DataError(f"{url}: its sha256 is {checksum}, expected {expected}; it was thrown away.")
    raise DataError(
        f"{url}: its sha256 is {checksum}, but {expected} when it was first fetched; it was thrown away. Its "
        f"authors may have published another version, or somebody else did. To trust it, delete its entry in {record}."
    )


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
