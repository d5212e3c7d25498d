"""Downloads, against a server of our own: resumed, checked, landed whole or not at all."""

import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request

import pytest

from isogloss.core.errors import DataError
from isogloss.core.examples import Text
from isogloss.core.folder import load, names
from isogloss.core.task import Source, Task
from isogloss.data.doctor import examine
from isogloss.data.fetch import _Redirect, changed, fetch, place, published
from isogloss.data.unpack import is_archive

BIG = bytes(range(256)) * 8192
"""2 MiB: several reads."""


class Server:
    """What the server has and does: `cut` answers so many bytes and then hangs up, once for each number."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.files: dict[str, bytes] = {}
        self.cut: list[int] = []
        self.status = 200
        self.requests: list[str] = []
        self.ranges = True
        self.moved: dict[str, str] = {}


@pytest.fixture
def server() -> Iterator[Server]:
    """A web server on this machine that knows Range and If-Range."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            state.requests.append(f"{self.path} {asked}".strip())
            if self.path in state.moved:
                self.send_response(302)
                self.send_header("Location", state.moved[self.path])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            data = state.files.get(self.path)
            if data is None or state.status != 200:
                self.send_error(404 if data is None else state.status)
                return
            tag = f'"{hashlib.sha256(data).hexdigest()[:8]}"'
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and state.ranges else 0
            if self.headers.get("If-Range", tag) != tag:
                start = 0
            self.send_response(206 if start else 200)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self.wfile.write(data[start : start + state.cut.pop(0)] if state.cut else data[start:])

        def log_message(self, *args: object) -> None:
            del args

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Server(f"http://127.0.0.1:{running.server_address[1]}")
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    running.shutdown()
    thread.join()
    running.server_close()


def toy(*urls: str, sha256: dict[str, str] | None = None, by_hand: str = "") -> Task:
    source = Source(folder="toy", urls=urls, sha256=sha256 or {}, licence="CC0", cite="ours", by_hand=by_hand)

    def places(folder: Path, split: str, language: str) -> list[tuple[Path, ...]]:
        return [(folder / language / f"{split}.txt",)]

    def read(folder: Path, split: str, language: str) -> list[Text]:
        return [Text(id="1", text=path.read_text("utf-8")) for path in places(folder, split, language)[0]]

    return Task(name="toy", type="text", title="Toy", languages=("en",), read=read, places=places, source=source)


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def quiet(line: str) -> None:
    del line


def test_a_plain_file_lands_where_the_reader_looks(tmp_path: Path, server: Server) -> None:
    """The address ends in en/train.txt, and so does the place; the record says which checksum came."""
    server.files["/data/en/train.txt"] = b"text"
    lines: list[str] = []
    task = toy(f"{server.address}/data/en/train.txt")
    assert fetch(task, tmp_path, lines.append) == [tmp_path / "toy" / "en" / "train.txt"]
    assert task.examples(tmp_path, "train", "en")[0] == Text(id="1", text="text")
    assert hashlib.sha256(b"text").hexdigest()[:16] in lines[-1]
    assert hashlib.sha256(b"text").hexdigest() in (tmp_path / "toy" / "fetched.json").read_text("utf-8")


def test_an_archive_is_unpacked_into_the_folder(tmp_path: Path, server: Server) -> None:
    """Nothing but its files, the record and an empty lock is left."""
    server.files["/x.zip"] = zipped(en__train=b"", **{"en__train.txt": b"text"})
    fetch(toy(f"{server.address}/x.zip"), tmp_path, quiet)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["toy/.download.lock", "toy/en/train", "toy/en/train.txt", "toy/fetched.json"]


def test_what_was_fetched_is_not_asked_for_again(tmp_path: Path, server: Server) -> None:
    """Unless told to, or a file was deleted since."""
    server.files["/en/train.txt"] = b"text"
    task = toy(f"{server.address}/en/train.txt")
    fetch(task, tmp_path, quiet)
    fetch(task, tmp_path, quiet)
    assert len(server.requests) == 1
    fetch(task, tmp_path, quiet, again=True)
    (tmp_path / "toy" / "en" / "train.txt").unlink()
    fetch(task, tmp_path, quiet)
    assert len(server.requests) == 3


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path, server: Server) -> None:
    """The server hangs up twice; the rest is asked for by range, and the file is whole."""
    server.files["/en/train.txt"] = BIG
    server.cut = [1_500_000, 100_000]
    fetch(toy(f"{server.address}/en/train.txt"), tmp_path, quiet)
    assert (tmp_path / "toy" / "en" / "train.txt").read_bytes() == BIG
    assert [request.split("=")[-1] for request in server.requests[1:]] == ["1500000-", "1600000-"]


def test_a_second_run_goes_on_too_unless_the_file_changed(tmp_path: Path, server: Server) -> None:
    """After giving up, the part stays; a changed file on the server starts from the beginning."""
    server.files["/en/train.txt"] = BIG
    server.cut = [1_000_000, 0, 0, 0]
    task = toy(f"{server.address}/en/train.txt")
    with pytest.raises(DataError, match="run it again to go on from here"):
        fetch(task, tmp_path, quiet)
    assert task.available(tmp_path, "train") == ()
    server.files["/en/train.txt"] = BIG[::-1]
    fetch(task, tmp_path, quiet)
    assert (tmp_path / "toy" / "en" / "train.txt").read_bytes() == BIG[::-1]
    assert "bytes=1000000-" in server.requests[-1]


def test_a_server_without_ranges_sends_all_again(tmp_path: Path, server: Server) -> None:
    """What it sends a second time is not appended to the first part."""
    server.files["/en/train.txt"] = BIG
    server.cut, server.ranges = [1_000_000], False
    fetch(toy(f"{server.address}/en/train.txt"), tmp_path, quiet)
    assert (tmp_path / "toy" / "en" / "train.txt").read_bytes() == BIG


def test_a_wrong_checksum_throws_the_download_away(tmp_path: Path, server: Server) -> None:
    """And the right one lets it pass."""
    server.files["/en/train.txt"] = b"text"
    url = f"{server.address}/en/train.txt"
    with pytest.raises(DataError, match=r"its sha256 is 982d9e3eb996f559.*expected 00.*thrown away"):
        fetch(toy(url, sha256={"train.txt": "00"}), tmp_path, quiet)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix in (".txt", ".part")]
    fetch(toy(url, sha256={"train.txt": hashlib.sha256(b"text").hexdigest()}), tmp_path, quiet)


def test_the_first_download_is_trusted_and_every_later_one_compared_with_it(tmp_path: Path, server: Server) -> None:
    """A file that changed on the server is refused, what is there stays, and the message says how to trust the new."""
    server.files["/en/train.txt"] = b"text"
    task = toy(f"{server.address}/en/train.txt")
    fetch(task, tmp_path, quiet)
    server.files["/en/train.txt"] = b"other"
    with pytest.raises(DataError, match=r"but 982d9e3eb996f559.* when it was first fetched.*delete its entry"):
        fetch(task, tmp_path, quiet, again=True)
    assert (tmp_path / "toy" / "en" / "train.txt").read_bytes() == b"text"
    (tmp_path / "toy" / "en" / "train.txt").unlink()  # nor does a file that is gone make another one welcome
    with pytest.raises(DataError, match="when it was first fetched"):
        fetch(task, tmp_path, quiet)
    (tmp_path / "toy" / "fetched.json").unlink()
    fetch(task, tmp_path, quiet)
    assert (tmp_path / "toy" / "en" / "train.txt").read_bytes() == b"other"


def test_a_file_that_changed_since_it_was_fetched_is_noticed(tmp_path: Path, server: Server) -> None:
    """By name, in an archive's files too; data that was put there by hand has nothing to compare with."""
    server.files["/x.zip"] = zipped(**{"en__train.txt": b"text", "en__dev.txt": b"dev"})
    task = toy(f"{server.address}/x.zip")
    assert changed(task, tmp_path) == []
    fetch(task, tmp_path, quiet)
    assert changed(task, tmp_path) == []
    (tmp_path / "toy" / "en" / "train.txt").write_bytes(b"texT")
    assert changed(task, tmp_path) == ["en/train.txt"]
    (finding,) = [each for each in examine([task], tmp_path).findings if each.check == "changed"]
    assert finding.severity == "warning"
    assert "en/train.txt" in finding.message


def test_a_record_of_an_older_version_or_of_junk_is_read(tmp_path: Path, server: Server) -> None:
    """Files without checksums of their own are taken as they are; what is no record is no record."""
    server.files["/en/train.txt"] = b"text"
    task = toy(f"{server.address}/en/train.txt")
    fetch(task, tmp_path, quiet)
    record = tmp_path / "toy" / "fetched.json"
    record.write_text(json.dumps({task.source.urls[0]: {"sha256": "x", "files": ["en/train.txt"]}}))
    fetch(task, tmp_path, quiet)
    assert changed(task, tmp_path) == []
    assert len(server.requests) == 1
    for junk in ("[" * 100_000, "[]", json.dumps({task.source.urls[0]: 3}), json.dumps({task.source.urls[0]: {}})):
        record.write_text(junk)
        fetch(task, tmp_path, quiet)
    assert len(server.requests) == 5


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [("https", "https", True), ("http", "https", True), ("http", "http", True), ("https", "http", False)],
)
def test_a_redirect_stays_https(before: str, after: str, allowed: bool) -> None:
    """From https to http anybody on the way could answer; the other way round is welcome."""
    asked = Request(f"{before}://example.org/x")
    given = (asked, io.BytesIO(), 302, "Found", HTTPMessage(), f"{after}://example.org/y")
    if allowed:
        assert _Redirect().redirect_request(*given) is not None
    else:
        with pytest.raises(DataError, match="only https is followed from https"):
            _Redirect().redirect_request(*given)


def test_a_redirect_is_followed_and_leads_to_the_web_alone(tmp_path: Path, server: Server) -> None:
    """The file lands where the first address says; ftp and files of this machine are no web."""
    server.files["/elsewhere"] = b"text"
    server.moved["/en/train.txt"] = f"{server.address}/elsewhere"
    fetch(toy(f"{server.address}/en/train.txt"), tmp_path, quiet)
    assert (tmp_path / "toy" / "en" / "train.txt").read_bytes() == b"text"
    for number, target in enumerate(("ftp://example.org/x", "file:///etc/passwd")):
        server.moved[f"/{number}/en/train.txt"] = target
        with pytest.raises(DataError, match=r"only https is followed|the server answers 302"):
            fetch(toy(f"{server.address}/{number}/en/train.txt"), tmp_path / str(number), quiet)


def test_known_checksums_belong_to_downloads_of_the_package() -> None:
    """Each line of published.sha256 is a checksum and an address that some task has."""
    urls = {url for name in names("tasks") for url in load("tasks", name).source.urls}
    assert len(published()) > 200
    assert set(published()) <= urls
    assert all(re.fullmatch(r"[0-9a-f]{64}", checksum) for checksum in published().values())


def test_a_known_checksum_is_that_of_the_file_at_hand(real: Path) -> None:
    """The real files that are whole, each at the place of its address."""
    there = 0
    for name in ("tatoeba", "xquad", "xcopa", "ntrex", "sib200", "cad_nli"):
        task = load("tasks", name)
        for url in task.source.urls:
            path = real / task.source.folder / place(task, url)
            if url in published() and path.is_file():
                assert hashlib.sha256(path.read_bytes()).hexdigest() == published()[url], path
                there += 1
    assert there > 100


def test_a_hostile_archive_leaves_nothing(tmp_path: Path, server: Server) -> None:
    """A member that would land outside: refused before any file of the archive is in place."""
    server.files["/x.zip"] = zipped(**{"en__train.txt": b"text", "..__..__evil.txt": b"evil"})
    task = toy(f"{server.address}/x.zip")
    with pytest.raises(DataError, match=r"'\.\./\.\./evil\.txt' would land outside"):
        fetch(task, tmp_path / "root", quiet)
    assert task.available(tmp_path / "root", "train") == ()
    assert not list(tmp_path.rglob("evil.txt"))


def test_errors_of_the_server_are_said_plainly(tmp_path: Path, server: Server) -> None:
    """404 at once, 500 after a few attempts, and a machine that does not answer."""
    with pytest.raises(DataError, match="the server answers 404"):
        fetch(toy(f"{server.address}/en/train.txt"), tmp_path, quiet)
    assert len(server.requests) == 1
    server.files["/en/train.txt"], server.status = b"x", 500
    with pytest.raises(DataError, match="the server answers 500"):
        fetch(toy(f"{server.address}/en/train.txt"), tmp_path, quiet, patience=0.05)
    with pytest.raises(DataError, match="Connection refused"):
        fetch(toy("http://127.0.0.1:9/x.txt"), tmp_path, quiet, patience=0.05)


@pytest.mark.parametrize(
    ("url", "message"),
    [("file:///etc/passwd", "only http and https"), ("ftp://example.org/x", "only http and https")],
)
def test_only_the_web_is_downloaded(tmp_path: Path, url: str, message: str) -> None:
    """An address of this machine's files is no download."""
    with pytest.raises(DataError, match=message):
        fetch(toy(url), tmp_path, quiet)


def test_a_download_has_a_largest_size(tmp_path: Path, server: Server) -> None:
    """A server that sends on and on does not fill the disk."""
    server.files["/en/train.txt"] = BIG
    with pytest.raises(DataError, match="more than 1,000,000 bytes"):
        fetch(toy(f"{server.address}/en/train.txt"), tmp_path, quiet, largest=1_000_000)


def test_a_download_without_the_files_the_task_reads_is_an_error(tmp_path: Path, server: Server) -> None:
    """A repackaged release is noticed now, not when training starts."""
    server.files["/x.zip"] = zipped(other=b"x")
    with pytest.raises(DataError, match="none of the files this task reads"):
        fetch(toy(f"{server.address}/x.zip"), tmp_path, quiet)


def test_a_licence_that_forbids_it_says_what_to_do(tmp_path: Path) -> None:
    """CCGbank is bought from the LDC; nothing is asked of any server."""
    with pytest.raises(DataError, match=r"ccg cannot be downloaded\. CCGbank \(LDC2005T13\) needs a licence"):
        fetch(load("tasks", "ccg"), tmp_path, quiet)


def test_two_fetches_into_one_folder_do_not_mix(tmp_path: Path, server: Server) -> None:
    """The second says that it waits for nobody."""
    server.files["/en/train.txt"] = b"text"
    task = toy(f"{server.address}/en/train.txt")
    messages: list[str] = []

    def again(line: str) -> None:
        del line
        with pytest.raises(DataError, match="another process is downloading") as caught:
            fetch(task, tmp_path, quiet)
        messages.append(str(caught.value))

    fetch(task, tmp_path, again)
    assert messages


def test_a_full_or_read_only_disk_is_a_data_error(tmp_path: Path, server: Server) -> None:
    """The folder is a file: the operating system's reason is passed on."""
    (tmp_path / "toy").write_text("in the way")
    with pytest.raises(DataError, match="cannot be written"):
        fetch(toy(f"{server.address}/en/train.txt"), tmp_path, quiet)


@pytest.mark.parametrize("name", [n for n in names("tasks") if load("tasks", n).source.urls])
def test_every_plain_download_of_the_package_has_its_place(name: str) -> None:
    """Each address that is no archive ends where the task's reader looks, in a folder and not beside it by chance."""
    task = load("tasks", name)
    root = Path("/")
    wanted = {
        path.relative_to(root)
        for split in task.splits
        for language in task.languages
        for paths in task.places(root, split, language)
        for path in paths
    }
    for url in task.source.urls:
        assert url.startswith("https://")
        assert is_archive(url) or place(task, url) in wanted, url
