"""Archives that a stranger made: what is safe is unpacked, what is not is refused whole."""

import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.data.unpack import is_archive, unpack


def zipped(folder: Path, members: dict[str, bytes], *, link: str = "") -> Path:
    path = folder / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            if name == link:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return path


def tarred(folder: Path, *members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> Path:
    path = folder / "x.tar.gz"
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, to: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_regular_files_land_in_their_folders(tmp_path: Path, mode: str) -> None:
    """A tar in any compression, and a zip, give the same files; folders need no entry of their own."""
    data = {"a/b.txt": b"one", "c.txt": b""}
    archives = [zipped(tmp_path, data), tarred(tmp_path, *((member(n), d) for n, d in data.items()), mode=mode)]
    for i, archive in enumerate(archives):
        target = tmp_path / f"out{i}"
        assert {str(path.relative_to(target)): path.read_bytes() for path in unpack(archive, target, "x")} == data


EVIL = ["../evil", "a/../../evil", "/tmp/evil", "a\\..\\evil", "C:evil", ".."]


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_path_outside_the_target_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    """`..`, an absolute path, a backslash or a drive: refused, and what came before it is removed."""
    members = {"good.txt": b"x", name: b"evil"}
    archive = (
        zipped(tmp_path, members) if kind == "zip" else tarred(tmp_path, *((member(n), d) for n, d in members.items()))
    )
    with pytest.raises(DataError, match="outside its folder"):
        unpack(archive, tmp_path / "deep" / "out", "x")
    assert not (tmp_path / "deep" / "out").exists()
    assert not any(path.name == "evil" for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("kind", "to"),
    [(tarfile.SYMTYPE, "/etc"), (tarfile.LNKTYPE, "good"), (tarfile.CHRTYPE, ""), (tarfile.FIFOTYPE, "")],
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes, to: str) -> None:
    """A link could make the next member land anywhere."""
    archive = tarred(tmp_path, (member("good"), b"x"), (member("bad", kind, to), b""), (member("bad/x"), b"y"))
    with pytest.raises(DataError, match="'bad' is no regular file"):
        unpack(archive, tmp_path / "out", "x")


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    """A zip says in a member's mode that it is a link."""
    with pytest.raises(DataError, match="'bad' is no regular file"):
        unpack(zipped(tmp_path, {"bad": b"/etc"}, link="bad"), tmp_path / "out", "x")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, kind: str) -> None:
    """A million zeros pack into a thousand bytes; the bound is on what comes out."""
    big = {"a": b"\0" * 600_000, "b": b"\0" * 600_000}
    archive = zipped(tmp_path, big) if kind == "zip" else tarred(tmp_path, *((member(n), d) for n, d in big.items()))
    assert archive.stat().st_size < 10_000
    with pytest.raises(DataError, match="more than 1,000,000 bytes"):
        unpack(archive, tmp_path / "out", "x", largest=1_000_000)
    assert not (tmp_path / "out").exists()


def test_a_broken_archive_is_a_data_error_wherever_it_is_cut(tmp_path: Path) -> None:
    """Cut off at any byte or filled with junk: never another exception, never a file left."""
    whole = {kind: path.read_bytes() for kind, path in (
        ("zip", zipped(tmp_path, {"a": b"text" * 50})), ("tar", tarred(tmp_path, (member("a"), b"text" * 50)))
    )}  # fmt: skip
    for kind, data in whole.items():
        for cut in range(0, len(data) - 30, 7):
            path = tmp_path / f"cut.{kind}"
            path.write_bytes(data[:cut] + b"\xff" * (cut % 3))
            with pytest.raises(DataError):
                unpack(path, tmp_path / "out", "x")
            assert not (tmp_path / "out").exists()


def test_only_archives_are_unpacked() -> None:
    """By their name."""
    assert [is_archive(name) for name in ("x.zip", "x.TGZ", "x.tar.bz2", "x.json", "x.gz")] == [
        True,
        True,
        True,
        False,
        False,
    ]
