"""Archives that a stranger made: what is safe is unpacked, what is not is refused whole."""

import gzip
import io
import lzma
import stat
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.data.tar import EXTENDED
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


STRANGE = ["a" * 256, "/".join(["a"] * 600), "a\x1b[2Jb", "a\nb", "a\u202eb"]


@pytest.mark.parametrize("name", STRANGE, ids=["long", "deep", "escape", "line", "turned"])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_name_that_no_file_should_have_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    """Longer than file systems take, or with what a terminal would obey: a DataError, never the system's own."""
    members = {"good.txt": b"x", name: b"evil"}
    archive = (
        zipped(tmp_path, members) if kind == "zip" else tarred(tmp_path, *((member(n), d) for n, d in members.items()))
    )
    with pytest.raises(DataError, match="too long or cannot be printed"):
        unpack(archive, tmp_path / "out", "archive")
    assert not (tmp_path / "out").exists()


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
    with pytest.raises(DataError, match="'bad' is not a regular file"):
        unpack(archive, tmp_path / "out", "x")


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    """A zip says in a member's mode that it is a link."""
    with pytest.raises(DataError, match="'bad' is not a regular file"):
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


def header(name: bytes, size: int, kind: bytes) -> bytes:
    """One block of a tar, with its checksum (POSIX.1-2017, pax, "ustar Interchange Format")."""
    info = tarfile.TarInfo(name.decode())
    info.size, info.type = size, kind
    return info.tobuf(tarfile.USTAR_FORMAT)


def packed(folder: Path, *parts: tuple[bytes, int]) -> Path:
    """A gzipped tar of parts that are each repeated, so that a small file claims much."""
    path = folder / "x.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for part, times in parts:
            for _ in range(times):
                file.write(part)
    return path


MEBI = b"1" * (1 << 20)


@pytest.mark.parametrize("kind", EXTENDED)
def test_a_header_that_claims_much_is_refused_before_it_is_read(tmp_path: Path, kind: bytes) -> None:
    """64 MiB of an extended header or a long name, in 300 kB: tarfile reads all, and searches it in quadratic time."""
    archive = packed(tmp_path, (header(b"x", 64 << 20, kind), 1), (MEBI, 64), (header(b"a", 0, b"0"), 1))
    begun = time.process_time()
    assert peak(lambda: unpack(archive, tmp_path / "out", "x")) < 20 << 20
    assert time.process_time() - begun < 5


def peak(refused: Callable[[], object]) -> int:
    """Bytes that Python had at most while an archive was refused."""
    tracemalloc.start()
    with pytest.raises(DataError):
        refused()
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


@pytest.mark.parametrize("kind", [tarfile.DIRTYPE, tarfile.GNUTYPE_LONGNAME])
def test_headers_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: bytes) -> None:
    """A million folders pack into little, and so do long names one after another: there is a bound."""
    monkeypatch.setattr("isogloss.data.unpack.MEMBERS", 1000)
    long = kind == tarfile.GNUTYPE_LONGNAME
    block = header(b"d/", 3 * long, kind) + b"abc".ljust(512, b"\0") * long
    with pytest.raises(DataError, match="more than 4,000 headers"):
        unpack(packed(tmp_path, (block * 5000, 1)), tmp_path / "out", "x")


RECORDS = [b"22 GNU.sparse.major=1\n", b"21 GNU.sparse.major=1\n", b"99 path=a\n", b"x", b"3 =\n", b"11 size=-1\n",
           b"0 path=a\n", b"-3 path=a\n", b"11 path=\0a\n", b"9" * 30 + b" a=b\n", b"10 path=a"]  # fmt: skip


@pytest.mark.parametrize("record", RECORDS)
def test_a_sparse_or_broken_extended_header_is_refused(tmp_path: Path, record: bytes) -> None:
    """A sparse file's holes could be of any size; records that do not end where they say are no header."""
    parts = header(b"x", len(record), tarfile.XHDTYPE) + record.ljust(512, b"\0") + header(b"a", 0, b"0") + bytes(1024)
    with pytest.raises(DataError):
        unpack(packed(tmp_path, (parts, 1)), tmp_path / "out", "x")


@pytest.mark.parametrize("layout", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_every_layout_that_tars_are_written_in_is_read(tmp_path: Path, layout: int) -> None:
    """Long names, names of other scripts, a folder's own entry, a header for all that holds a comment."""
    names = ["a" * 90 + "/" + "b" * 90 + ".txt", "d/b.txt"]
    names += ["d/Øyvind.txt", "d/" + "ж" * 120 + ".txt"] if layout != tarfile.USTAR_FORMAT else []
    with tarfile.open(tmp_path / "x.tar", "w", format=layout, pax_headers={"comment": "of git archive"}) as archive:
        archive.addfile(member("d", tarfile.DIRTYPE))
        for name in names:
            info = member(name)
            info.size = len(name)
            archive.addfile(info, io.BytesIO(name.encode()))
    found = unpack(tmp_path / "x.tar", tmp_path / "out", "x")
    assert {str(path.relative_to(tmp_path / "out")): path.stat().st_size for path in found} == {
        name: len(name) for name in names
    }


def test_undoing_xz_takes_a_bounded_memory(tmp_path: Path) -> None:
    """A header of xz may ask for a dictionary of 1.5 GiB; `xz -9` asks for 64 MiB, and is read."""
    data = packed(tmp_path, (header(b"a", 0, b"0") + bytes(1024), 1))
    plain = gzip.decompress(data.read_bytes())
    for size, name in ((64 << 20, "x.tar.xz"), (1536 << 20, "big.tar.xz")):
        filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": size}]
        # The dictionary's size is one byte of the header (xz file format, 5.3.1): writing it takes no memory.
        packed_small = lzma.compress(plain, filters=[{**filters[0], "dict_size": 1 << 20}])
        (tmp_path / name).write_bytes(with_dictionary(packed_small, size))
    assert unpack(tmp_path / "x.tar.xz", tmp_path / "out", "x")
    with pytest.raises(DataError, match=r"[Mm]emory"):
        unpack(tmp_path / "big.tar.xz", tmp_path / "other", "x")


def with_dictionary(data: bytes, size: int) -> bytes:
    """An xz file whose first block says another size of its dictionary."""
    begin = data.index(b"\x21\x01", 12)  # the filter LZMA2 with one byte of properties
    length = (data[12] + 1) * 4
    bits = size.bit_length() - 1
    code = (bits - 12) * 2 + (0 if size == 1 << bits else 1)
    block = data[12 : begin + 2] + bytes([code]) + data[begin + 3 : 12 + length - 4]
    return data[:12] + block + zlib.crc32(block).to_bytes(4, "little") + data[12 + length :]


def test_a_zip_that_lists_without_end_is_refused(tmp_path: Path) -> None:
    """zipfile keeps the whole list: a list of 17 MB is not read."""
    path = tmp_path / "x.zip"
    entry = b"PK\x01\x02" + bytes(24) + (1).to_bytes(2, "little") + bytes(16) + b"a"
    count = (17 << 20) // len(entry)
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + (count * len(entry)).to_bytes(4, "little") + bytes(6)
    path.write_bytes(entry * count + end)
    assert peak(lambda: unpack(path, tmp_path / "out", "x")) < 1 << 20


def test_a_zip_in_an_unusual_compression_is_refused(tmp_path: Path) -> None:
    """LZMA in a zip asks for any memory; published data is deflated."""
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"x" * 100)
    with pytest.raises(DataError, match="neither stored nor deflated"):
        unpack(path, tmp_path / "out", "x")


@pytest.mark.parametrize("names", [("a", "a"), ("a", "a/b"), ("a/b", "a")])
def test_two_members_at_one_place_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    """The second would hide the first, or cannot be written."""
    with pytest.raises(DataError, match="two members lie at"):
        unpack(tarred(tmp_path, *((member(name), b"x") for name in names)), tmp_path / "out", "x")
