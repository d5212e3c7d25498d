"""Translations are kept by content."""

from pathlib import Path

import pytest

from isogloss.translation.cache import Cache
from isogloss.translation.engine import Translation, plain

ONE, TWO = plain("one\u2028line"), plain("two")


def test_what_was_added_is_there_for_the_next_process(tmp_path: Path) -> None:
    """Pieces, marks and counts come back as they were, and so does the absence of a translation."""
    made = Translation((("u\u2028n", (1, 2)), ("o", ())), 3)
    Cache(tmp_path, "v1", "es").add([ONE, TWO], [made, None])
    again = Cache(tmp_path, "v1", "es")
    again.refresh()
    assert again.missing([TWO, ONE, plain("three"), plain("three")]) == [plain("three")]
    assert again[ONE] == made
    assert again[TWO] is None


def test_versions_languages_and_marks_are_apart(tmp_path: Path) -> None:
    """Another engine's version, another language or another mark is another translation."""
    Cache(tmp_path, "v1", "es").add([ONE], [None])
    for version, language in (("v2", "es"), ("v1", "ca")):
        other = Cache(tmp_path, version, language)
        other.refresh()
        assert other.missing([ONE]) == [ONE]
    same = Cache(tmp_path, "v1", "es")
    same.refresh()
    assert same.missing([((ONE[0][0], (1,)),)])


def test_processes_add_side_by_side(tmp_path: Path) -> None:
    """Two writers on one folder see each other's segments, and a killed writer's draft is not read."""
    one, two = Cache(tmp_path, "v1", "es"), Cache(tmp_path, "v1", "es")
    one.add([ONE], [None])
    two.add([TWO], [None])
    (one.folder / ".partial-1234-x.jsonl").write_text('["half')
    one.refresh()
    two.refresh()
    assert one.missing([ONE, TWO]) == two.missing([ONE, TWO]) == []


@pytest.mark.parametrize("damage", [b"no JSON\n", b"\xff\xfe", b'["' + b"0" * 24 + b'", null]\n'])
def test_a_damaged_segment_is_translated_again(tmp_path: Path, damage: bytes) -> None:
    """The cache may lose anything without an error; a segment that is not what it was is not read at all."""
    cache = Cache(tmp_path, "v1", "es")
    cache.add([ONE, TWO], [None, None])
    (segment,) = cache.folder.glob("*.jsonl")
    segment.write_bytes(damage + segment.read_bytes().split(b"\n", 1)[1])
    again = Cache(tmp_path, "v1", "es")
    again.refresh()
    assert again.missing([ONE, TWO]) == [ONE, TWO]
