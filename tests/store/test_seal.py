"""A file that carries its own hash."""

import hashlib
import json
import random
import struct
from pathlib import Path

import pytest

from isogloss.core.errors import StoreError
from isogloss.store import seal
from isogloss.store.seal import Damage


def test_the_seal_is_the_hash_of_the_file_with_zeros_in_its_place() -> None:
    """As sha256 gives it, computed here by hand; the rest of the file is the JSON that it was."""
    data = seal.sealed_json({"a": [1, "é"]}, "runs/x")
    value = json.loads(data)
    assert list(value) == ["checksum", "path", "a"]
    assert (value["path"], value["a"]) == ("runs/x", [1, "é"])
    written = value["checksum"].removeprefix("isogloss-sha256:")
    blank = data.replace(written.encode(), b"0" * 64)
    assert hashlib.sha256(blank).hexdigest() == written
    assert seal.read_json(data, "runs/x") == {"a": [1, "é"]}


def test_every_flipped_bit_is_damage() -> None:
    """Each single bit of a sealed file, its seal included."""
    data = seal.sealed_json({"title": "isogloss", "runs": [], "nothing": None})
    for place in range(len(data)):
        for bit in range(8):
            bad = bytearray(data)
            bad[place] ^= 1 << bit
            with pytest.raises(Damage):
                seal.read_json(bytes(bad))


def test_damage_to_the_name_of_a_seal_and_to_the_seal_hides_neither() -> None:
    """Two flipped bits make the name another one and the mark no mark; the file is not taken for one without a seal."""
    for place in ("", "runs/x"):
        data = seal.sealed_json({"title": "isogloss"}, place)
        bad = data.replace(b'"checksum"', b'"chebksum"').replace(b"isogloss-sha256:", b"isoglosr-sha256:")
        with pytest.raises(Damage, match="not whole"):
            seal.read_json(bad)


def test_every_shorter_file_is_damage() -> None:
    """Cut anywhere, the end of the last line included."""
    data = seal.sealed_json({"a": 1})
    for length in range(len(data)):
        with pytest.raises(Damage):
            seal.read_json(data[:length])


def test_what_bears_no_seal_is_read() -> None:
    """JSON of an older version, objects and lists."""
    assert seal.read_json(b'{"a": 1}') == {"a": 1}
    assert seal.read_json(b'["a"]') == ["a"]
    assert seal.whole(b'{"a": 1}') is None


def test_what_was_sealed_for_another_place_is_damage() -> None:
    """The same bytes under another name."""
    data = seal.sealed_json({"a": 1}, "studies/a.json")
    with pytest.raises(Damage, match=r"belongs at studies/a\.json"):
        seal.read_json(data, "studies/b.json")


def test_sealing_again_leaves_one_seal() -> None:
    """What was read with its seal, changed and written, bears the seal of what it is now."""
    once = json.loads(seal.sealed_json({"a": 1}, "x"))
    assert seal.read_json(seal.sealed_json({**once, "a": 2}, "y"), "y") == {"a": 2}


def test_text_like_a_seal_breaks_nothing() -> None:
    """A note that reads like a seal, even like an empty one."""
    for text in (seal.MARK, seal.EMPTY, seal.MARK + "f" * 64):
        assert seal.read_json(seal.sealed_json({"notes": [text]})) == {"notes": [text]}


def test_a_large_file_is_sealed_in_place(tmp_path: Path) -> None:
    """A file that is stamped where it holds EMPTY, at its first or its last place, is whole, and not when changed."""
    path = tmp_path / "file"
    for last in (False, True):
        path.write_bytes(b"before " + seal.EMPTY.encode() + bytes(100_000) + seal.EMPTY.encode() + b" after")
        seal.stamp(path, last=last)
        assert seal.whole_file(path) is True
        data = bytearray(path.read_bytes())
        data[5_000] = 1
        path.write_bytes(data)
        assert seal.whole_file(path) is False
    path.write_bytes(b"")
    assert seal.whole_file(path) is False


def test_a_seal_at_the_end_holds_for_one_name(tmp_path: Path) -> None:
    """Whole under its name; damaged when changed, cut or renamed; one that has just the right size bears none."""
    path = tmp_path / "a.npy"
    path.write_bytes(b"vectors")
    assert seal.appended(path, 7)
    seal.append(path, "a.npy")
    assert seal.appended(path, 7)
    data = path.read_bytes()
    for bad in (b"Vectors" + data[7:], data[:-1], data + b"x", data[:3]):
        path.write_bytes(bad)
        assert not seal.appended(path, 7)
    path.write_bytes(data)
    assert not seal.appended(path.rename(tmp_path / "b.npy"), 7)


def test_the_head_of_a_safetensors_file_is_read_without_its_library(tmp_path: Path) -> None:
    """Metadata as the format says; a file that is cut, or whose head is none, is damage."""
    path = tmp_path / "state.safetensors"
    head = json.dumps(
        {"__metadata__": {"step": "3"}, "w": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}}
    ).encode()
    whole = struct.pack("<Q", len(head)) + head + b"1234"
    path.write_bytes(whole)
    assert seal.read_safetensors(path) == {"step": "3"}
    draw = random.Random(3)
    for bad in (whole[:-1], whole + b"5", whole[:20], b"", b"\xff" * 30, *(draw.randbytes(40) for _ in range(20))):
        path.write_bytes(bad)
        with pytest.raises(Damage):
            seal.read_safetensors(path)


def test_a_folder_is_held_against_its_list(tmp_path: Path) -> None:
    """A changed or lost file is named; hidden files and folders without a list are not asked for."""
    folder = tmp_path / "snapshot"
    (folder / "encoder").mkdir(parents=True)
    (folder / "encoder" / "weights").write_bytes(b"1234")
    (folder / "head").write_bytes(b"5")
    seal.check_files(folder)
    seal.list_files(folder)
    seal.check_files(folder)
    (folder / ".hidden").write_bytes(b"x")
    seal.check_files(folder)
    (folder / "encoder" / "weights").write_bytes(b"1235")
    with pytest.raises(StoreError, match=r"encoder/weights: it is damaged \(its bytes are not those"):
        seal.check_files(folder)
    (folder / "encoder" / "weights").unlink()
    with pytest.raises(StoreError, match="it is gone"):
        seal.check_files(folder)
    (folder / seal.FILES).write_text("{}")
    with pytest.raises(StoreError, match=r"files\.json: it is damaged"):
        seal.check_files(folder)
