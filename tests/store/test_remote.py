"""Places at URLs: what is there, and errors a user can act on."""

import os
import sys
from pathlib import Path

import pytest

from isogloss.core.errors import StoreError
from isogloss.store import owner
from isogloss.store.remote import Remote, inside
from isogloss.store.write import partial
from loaded import after


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("nowhere://bucket/x", "Protocol not known: nowhere.*such as s3://bucket/folder"),
        ("memory://", "names no folder"),
        ("file:///", "names no folder"),
    ],
)
def test_a_url_that_cannot_be_a_store_is_refused(url: str, message: str) -> None:
    """An unknown protocol, or none but a whole machine."""
    with pytest.raises(StoreError, match=message):
        Remote(url)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """fsspec's own sentence says what to install for a protocol."""
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(StoreError, match=r"a package for this protocol is not installed \(Install s3fs"):
        Remote("s3://bucket/x")


def test_a_password_is_not_said() -> None:
    """Messages name the place without who asks and with what."""
    with pytest.raises(StoreError) as caught:
        Remote("nowhere://me:secret@host/x")
    assert "secret" not in str(caught.value)


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """Where a folder should be made and a file lies, the message names the place and how to go on."""
    (tmp_path / "taken").write_text("a file")
    (tmp_path / "new").write_text("x")
    with pytest.raises(StoreError, match=r"taken/x could not be written .*give the same command again"):
        Remote(f"file://{tmp_path}/taken/x").send({"new": tmp_path / "new"})


def test_a_file_comes_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is copied it has another name, which nobody sees; stopped half-way, the old one stays alone."""
    far = Remote(f"file://{tmp_path}/far")
    (tmp_path / "a").write_bytes(b"old")
    far.send({"deep/a": tmp_path / "a"})
    (tmp_path / "a").write_bytes(b"newer")
    real, seen = far.fs.put, []

    def put(here: list[str], there: list[str]) -> None:
        real(here, there)
        seen.append((far.read("deep/a"), far.listed()))
        raise KeyboardInterrupt

    monkeypatch.setattr(far.fs, "put", put)
    with pytest.raises(KeyboardInterrupt):
        far.send({"deep/a": tmp_path / "a"})
    assert seen == [(b"old", {"deep/a": 3})]
    assert [path.name for path in (tmp_path / "far" / "deep").iterdir()] == ["a"]
    monkeypatch.undo()
    far.send({"deep/a": tmp_path / "a"})
    assert far.read("deep/a") == b"newer"


def test_what_a_killed_sender_left_is_told_from_what_a_live_one_sends(tmp_path: Path) -> None:
    """By the name of its writer; by its age where that is another machine's."""
    far = Remote(f"file://{tmp_path}")
    names = [
        f".partial-{owner._machine()}.{os.getpid()}.1-00-dead",
        ".partial-00000000.1.1-00-old",
        ".partial-00000000.1.1-00-new",
    ]
    for name in (*names, partial(tmp_path / "mine").name):
        (tmp_path / name).write_bytes(b"12")
    os.utime(tmp_path / names[1], (0, 0))
    assert far.left() == dict.fromkeys(names[:2], 2)
    far.remove(names[0])
    far.remove(names[0])
    assert far.left() == {names[1]: 2}


def test_a_place_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """A store begins as nothing."""
    assert Remote(f"file://{tmp_path}/far").listed() == {}
    assert Remote(f"memory://{tmp_path.name}").listed() == {}


def test_a_folder_and_a_file_are_listed(tmp_path: Path) -> None:
    """Names are below the URL, with their bytes."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_bytes(b"123")
    (tmp_path / "d").write_bytes(b"")
    for url in (f"file://{tmp_path}", f"file://{tmp_path}/"):
        remote = Remote(url)
        assert remote.listed() == {"a/b/c": 3, "d": 0}
        assert remote.listed("a") == remote.listed("a/b/c") == {"a/b/c": 3}
        assert remote.read("a/b/c") == b"123"


def test_names_that_lead_out_are_not_listed(tmp_path: Path) -> None:
    """An object store allows any name; those that would lie elsewhere here are passed over, and never fetched."""
    remote = Remote(f"memory://{tmp_path.name}")
    remote.fs.store.update(dict.fromkeys((f"{remote.base}/../out", f"{remote.base}/a//b"), object()))
    try:
        remote.fs.pipe_file(f"{remote.base}/good", b"1")
        remote._walk = lambda path: ((name, 1) for name in remote.fs.store if name.startswith(path))  # type: ignore[method-assign]
        assert remote.listed() == {"good": 1}
    finally:
        for name in ("../out", "a//b", "good"):
            del remote.fs.store[f"{remote.base}/{name}"]
    with pytest.raises(StoreError, match="leads out of a folder"):
        remote.fetch(["../out"], tmp_path / "here")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["..", "../x", "a/../../x", "/etc/passwd", "a//b", "a/./b", "", "a\\..\\b", "a\0b"])
def test_only_names_that_lead_down_are_used(name: str) -> None:
    """Nothing else is a name below a folder on every system."""
    assert not inside(name)
    assert inside("runs/0123/encoder/model.safetensors")


def test_a_file_url_means_the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker in another folder opens the same place."""
    monkeypatch.chdir(tmp_path)
    assert Remote("file://far").url == f"file://{tmp_path}/far"


def test_the_command_line_does_not_wait_for_fsspec() -> None:
    """It is loaded when a URL is opened, not before."""
    _, modules = after("import isogloss.cli, isogloss.store.mirror")
    assert "isogloss.store.mirror" in modules
    assert "fsspec" not in modules
