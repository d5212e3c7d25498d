"""Whatever the bytes are, a reader reads them or raises DataError."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isogloss.core.errors import DataError
from isogloss.formats import ccgbank, ces_xml, checklist, conll, conllu, json_text, lines, parallel, squad_json, tsv
from isogloss.formats.udhr_xml import articles

WORD = b"\t".join([b"1", b"x", b"_", b"NOUN", b"_", b"_", b"0", b"_", b"_", b"_"])
READERS: dict[str, tuple[Callable[[Path], Any], bytes]] = {
    "lines": (lines.read_lines, b"one\r\ntwo\n"),
    "rows": (lambda path: list(tsv.rows(path, ("a", "b"))), b"a\tb\nc\td\n"),
    "quoted rows": (lambda path: list(tsv.rows(path, ("a", "b"), quoted=True)), b'"a ""x"""\tb\r\nc\td\r\n'),
    "table": (lambda path: list(tsv.table(path, ("a",), quoted=None)), b'a\tb\n"c"\td\n'),
    "document": (json_text.document, b'{"a": [1, "\\u00e9", null]}'),
    "objects": (lambda path: list(json_text.objects(path)), b'{"a": 1}\n{"a": 2}\n'),
    "squad": (
        lambda path: list(squad_json.spans(path)),
        b'{"data": [{"paragraphs": [{"context": "ab", "sentence_breaks": [[0, 2]], "qas": [{"id": "1", '
        b'"question": "q", "answers": [{"text": "b", "answer_start": 1}]}]}]}]}',
    ),
    "conll": (lambda path: list(conll.sentences(path)), b"Oslo\tB-LOC\n\nx\tO\n"),
    "panx": (lambda path: list(conll.sentences(path, prefix=True)), b"de:Oslo\tB-LOC\n\nde:x\tO\n"),
    "conllu": (lambda path: list(conllu.sentences(path, "en")), b"# sent_id = 1\n" + WORD + b"\n\n"),
    "pairs": (lambda path: parallel.pairs(path, path), b"one\ntwo\n"),
    "numbered": (parallel.numbered, b"zh-1\tone\nzh-2\ttwo\n"),
    "udhr": (articles, b'<udhr xmlns="http://www.unhchr.ch/udhr"><preamble><para>x</para></preamble></udhr>'),
    "bible": (ces_xml.verses, b'<text><seg id="b.1">x</seg></text>'),
    "derivations": (lambda path: list(ccgbank.derivations(path)), b"ID=1 X\n(<T S 0 1> (<L N NN NN x N>) )\n"),
    "piped": (lambda path: list(ccgbank.piped(path)), b"x|NN|N y|NN|N\n"),
    "checklist": (
        lambda path: checklist.templates(path, "de"),
        b"Field\ten\tde\nName\tn\t\nContext\tc\td\nQuestion\tq\tr\nAnswer\ta\tb\n",
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_the_plain_example_is_read(tmp_path: Path, name: str) -> None:
    """The bytes that the next test spoils are well-formed to begin with."""
    reader, sample = READERS[name]
    (tmp_path / "file").write_bytes(sample)
    assert reader(tmp_path / "file")


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=60), cut=st.integers(0, 200), at=st.integers(0, 200), alone=st.booleans())
def test_no_bytes_raise_anything_but_a_data_error(
    tmp_path: Path, name: str, junk: bytes, cut: int, at: int, alone: bool
) -> None:
    """Random bytes, and a good file cut short with random bytes put into it: read, or DataError, never another."""
    reader, sample = READERS[name]
    data = junk if alone else sample[:at] + junk + sample[at : max(at, len(sample) - cut)]
    (tmp_path / "file").write_bytes(data)
    said = message(reader, tmp_path / "file")
    assert said is None or str(tmp_path / "file") in said


def message(reader: Callable[[Path], Any], path: Path) -> str | None:
    """What a reader's DataError says; None when it could read the file."""
    try:
        reader(path)
    except DataError as error:
        return str(error)
    return None
