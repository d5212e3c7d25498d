"""What a file system refuses is one StoreError that names the file and says what to do."""

import errno
import fcntl
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from isogloss.cli import main
from isogloss.core.errors import StoreError
from isogloss.store import write
from isogloss.store.disk import listed, reaching, there
from isogloss.store.store import Store
from isogloss.store.write import replacing
from study_in_store import build

REFUSALS = (
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO, errno.ENOLCK, errno.ESTALE, errno.EMFILE,
)  # fmt: skip


@pytest.mark.parametrize("number", REFUSALS, ids=errno.errorcode.get)
def test_every_refusal_of_a_write_names_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Whatever the system answers while a file lands is a StoreError with its place, and nothing half-written stays."""
    store = Store(tmp_path / "store")
    store.save_study("before", {})

    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(write.os, "fsync", refuse)
        with pytest.raises(StoreError, match=r"store") as told:
            store.save_study("after", {})
    assert isinstance(told.value.__cause__, OSError)
    assert not list(store.root.rglob(".partial-*"))
    assert store.studies() == ["before"]


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM], ids=errno.errorcode.get)
def test_a_refusal_that_names_its_file_is_told_with_it(tmp_path: Path, number: int) -> None:
    """The file in the error is the one that the system named; a file elsewhere is not the store's affair."""
    with pytest.raises(StoreError, match=r"store/locks/x"), reaching(tmp_path / "store"):
        raise OSError(number, os.strerror(number), str(tmp_path / "store" / "locks" / "x"))
    with pytest.raises(OSError, match="elsewhere"), reaching(tmp_path / "store"):
        raise OSError(number, os.strerror(number), str(tmp_path / "elsewhere"))


def test_a_refusal_that_names_a_draft_is_told_by_the_name_it_would_have_got(tmp_path: Path) -> None:
    """Also outside of a store, and of a file within a folder that is not whole."""
    with pytest.raises(StoreError, match=r"tmp.*/folder/x cannot be written") as told:  # noqa: SIM117
        with write.replacing(tmp_path / "folder") as draft:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(draft / "x"))
    assert ".partial-" not in str(told.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES], ids=errno.errorcode.get)
def test_a_refusal_in_the_cache_says_what_moves_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Encoders, measured ways and mirrors lie there; of a store nothing is said of a cache."""
    monkeypatch.setenv("ISOGLOSS_CACHE", str(tmp_path / "cache"))
    for place, moved in (("cache/ways/x.json", True), ("store/x.json", False)):
        with pytest.raises(StoreError, match=place) as told, reaching(tmp_path):
            raise OSError(number, os.strerror(number), str(tmp_path / place))
        assert ("ISOGLOSS_CACHE" in str(told.value)) == moved
        assert ("isogloss gc" in str(told.value)) == (number == errno.ENOSPC and not moved)


def test_what_is_no_file_systems_error_stays_what_it_is(tmp_path: Path) -> None:
    """A broken pipe, a reset connection and an error of our own pass."""
    for error in (BrokenPipeError(errno.EPIPE, "x"), ConnectionResetError(errno.ECONNRESET, "x"), ValueError("x")):
        with pytest.raises(type(error)), reaching(tmp_path):
            raise error


def test_a_file_system_without_locks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ENOLCK from flock says what is missing and where to put the store."""

    def refuse(*_: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    store = Store(tmp_path / "store")
    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StoreError, match=r"has no locks \(flock\).*local disk"), store.lock("k"):
        pass


def test_what_leads_through_a_file_is_told(tmp_path: Path) -> None:
    """A store below a file, and a folder where a file should land."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="not a directory"):
        Store(tmp_path / "file" / "store").save_study("s", {})
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="is a directory"), write.replacing(tmp_path / "folder") as draft:
        draft.write_text("")


def test_a_folder_that_is_not_there_has_no_names(tmp_path: Path) -> None:
    """No folder is an empty one; hidden names and other endings are left out."""
    assert listed(tmp_path / "none") == []
    for name in ("b.json", "a.json", ".partial-x.json", "c.txt"):
        (tmp_path / name).write_text("")
    assert listed(tmp_path, ".json") == ["a.json", "b.json"]
    assert not there(tmp_path / "none")


FORBIDDEN = """
import sys
from pathlib import Path
from isogloss.cli import main
from isogloss.cli import main
from isogloss.core.errors import StoreError
from isogloss.store.store import Store
root = Path(sys.argv[1])
store = Store(root)
def told(do):
    try:
        return f"no error: {do()}"
    except StoreError as error:
        return str(error)
for path in (root / "studies", root / "studies" / "s.json"):
    mode = path.stat().st_mode
    path.chmod(0)
    print(told(lambda: store.study("s")))
    path.chmod(mode)
root.chmod(0o555)
print(told(lambda: store.save_drift("s", "part", {})))
print(store.writable)
root.chmod(0)
print(told(lambda: Store(root)))
print(main(["show", "--store", str(root)]))
root.chmod(0o755)
"""


def test_what_may_not_be_read_is_not_called_damaged(tmp_path: Path) -> None:
    """A folder or file without the right to read it, and a store that may not be written or entered, say just that."""
    Store(tmp_path / "store").save_study("s", {})
    command = [sys.executable, "-c", FORBIDDEN, str(tmp_path / "store")]
    if os.geteuid() == 0:  # to whom nothing is forbidden
        if shutil.which("setpriv") is None:
            pytest.skip("needs setpriv to give up the rights of root")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *told, status = done.stdout.strip().splitlines()
    assert "False" in told
    assert status == "2"
    told.remove("False")
    assert len(told) == 4
    assert all("permission denied" in each and "damaged" not in each for each in told)
    assert "StoreError" in done.stderr


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def test_a_limit_of_size_is_told(tmp_path: Path) -> None:
    """`ulimit -f` (a real limit): the write that passes it is a StoreError, and the file that was there is still it."""
    store = Store(tmp_path / "store")
    store.save_study("s", {"notes": ["small"]})
    script = (
        "import sys; from pathlib import Path; from isogloss.store.store import Store; "
        "Store(Path(sys.argv[1])).save_study('s', {'notes': ['x' * 100_000]})"
    )
    command = [sys.executable, "-c", script, str(store.root)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=_limited, check=False)
    assert "StoreError" in done.stderr
    assert "would grow larger than a file may be here" in done.stderr
    assert store.study("s").plain() == {"notes": ["small"]}
    assert not list(store.root.rglob(".partial-*"))


READING = """
import contextlib, io, sys
from pathlib import Path
from isogloss.cli import main
root, out = sys.argv[1:]
for verb in (["show"], ["show", "made_up"], ["analyse", "made_up"], ["report", "made_up", "--out", out],
             ["claims", "--study", "made_up"], ["gc", "--dry-run"],
             ["report", "made_up", "--out", root + "/page.html"]):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        status = main([*verb, "--store", root])
    print(status, *verb[:1], told.getvalue().strip()[:200].replace("\\n", " "))
"""


def test_verbs_that_read_work_on_a_read_only_file_system(tmp_path: Path) -> None:
    """A real read-only mount, in a namespace of its own: what only reads ends well, what writes there says why not."""
    build(
        tmp_path / "store", lambda *_: 0.6, targets={"topics": ("en", "de")}, intermediates=("nli",), encoders=1, n=30
    )
    root = str(tmp_path / "store")
    mounts = f"mount --bind {root} {root} && mount -o remount,ro,bind {root}"
    shell = ["unshare", "--mount", "sh", "-c"]
    if shutil.which("unshare") is None or subprocess.run([*shell, mounts], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    command = f'{mounts} && exec "$0" -c "$1" {root} {tmp_path}/page.html'
    done = subprocess.run([*shell, command, sys.executable, READING], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *read, wrote = done.stdout.strip().splitlines()
    assert [line.split()[0] for line in read] == ["0"] * 6, read
    assert wrote.startswith("2 report StoreError")
    assert "read-only" in wrote
    assert (tmp_path / "page.html").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_output_is_told(tmp_path: Path) -> None:
    """What is printed to a full disk, and a page that should replace a device: one line and exit status 2."""
    Store(tmp_path / "store").save_study("s", {})
    isogloss = [sys.executable, "-m", "isogloss"]
    with Path("/dev/full").open("w") as full:
        shown = subprocess.run(
            [*isogloss, "tasks", "--json"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert shown.returncode == 2
    assert re.fullmatch(r"StoreError: the disk that holds standard output is full\..*\n", shown.stderr)


def test_a_page_never_replaces_a_device_or_a_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--out /dev/null` would take the device away from everybody where its user may; nothing is written beside it."""
    build(tmp_path / "store", lambda *_: 0.6, targets={"topics": ("en",)}, intermediates=("nli",), encoders=1, n=30)
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "link.html").symlink_to(tmp_path / "kept.html")
    for name in ("pipe.html", "link.html"):
        assert main(["report", "made_up", "--store", str(tmp_path / "store"), "--out", str(tmp_path / name)]) == 2
        assert "only files and folders are replaced" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.html", "pipe.html", "store"]


def test_an_empty_name_is_no_store(capsys: pytest.CaptureFixture[str]) -> None:
    """`--store "$STORE"` with a variable that is not set does not make a store of the folder one stands in."""
    with pytest.raises(SystemExit, match="2"):
        main(["show", "--store", ""])
    assert "the name of the store is empty" in capsys.readouterr().err


def test_others_may_read_what_the_umask_lets_them_read(tmp_path: Path) -> None:
    """A file that its writer made private is no more private than the rest of its folder; a link's file stays."""
    own = tmp_path / "own"
    own.touch(0o600)
    before = os.umask(0o027)
    try:
        with replacing(tmp_path / "made") as draft:
            draft.mkdir()
            save_file({"a": torch.zeros(1)}, draft / "model.safetensors")
            (draft / "config.json").write_text("{}")
            (draft / "link").symlink_to(own)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "made").iterdir()}
    assert modes == {"model.safetensors": 0o640, "config.json": 0o640, "link": 0o600}
