"""Bodies of databases and exported files: recorded ones parse, and each trap seen in real bodies has its answer."""

import contextlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import served
from isogloss.core.database import Page
from isogloss.core.errors import SourceError
from isogloss.formats import (  # fmt: skip
    acl_xml,
    arxiv_atom,
    bibtex,
    crossref,
    exported,
    jats,
    openalex,
    retraction_watch,
    ris,
    semantic_scholar,
    unpaywall,
)

READERS: dict[str, Callable[[bytes, str], Page]] = {
    "openalex": openalex.page, "crossref": crossref.page, "semanticscholar": semantic_scholar.page,
    "arxiv": arxiv_atom.page, "unpaywall": unpaywall.page,
}  # fmt: skip


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.real
def test_every_recorded_body_parses_or_says_what_it_is(real: Path) -> None:
    """51 bodies as five databases sent them: pages with their counts, and five that are errors."""
    errors = {"not_found.html", "arxiv_doi_404.txt", "match_none.json", "not_found.json", "error_incorrect_id.xml"}
    seen, records = 0, 0
    for name, read in READERS.items():
        for path in sorted((real / "evidence/api" / name).iterdir()):
            reader = bibtex.page if path.suffix == ".bib" else read
            seen += 1
            if path.name in errors:
                with pytest.raises(SourceError, match=path.name.replace(".", r"\.")):
                    reader(path.read_bytes(), path.name)
                continue
            page = reader(path.read_bytes(), path.name)
            records += len(page.records)
            assert all(record.id and record.source for record in page.records)
            assert len(page.records) > 0 or "empty" in path.name or path.name == "no_result.json"
    assert seen == 51
    assert records > 1300


@pytest.mark.real
def test_the_twelve_collections(real: Path) -> None:
    """4,547 papers, all with abstracts, 4,423 with a DOI, five retracted (MANIFEST.md; the last by counting tags)."""
    folder = real / "evidence/acl_anthology/xml"
    records = [
        record for path in sorted(folder.iterdir()) for record in acl_xml.page(path.read_bytes(), path.name).records
    ]
    assert len(records) == len({record.id for record in records}) == 4547
    assert all(record.abstract for record in records)
    assert sum("doi" in record.ids for record in records) == 4423
    assert sum(record.retracted is not None for record in records) == 5


@pytest.mark.real
def test_a_real_pdf(real: Path) -> None:
    """27 pages with a result table, read row by row in a process of its own."""
    from isogloss.formats import pdf_text

    found = pdf_text.read(real / "evidence/scitab/paper_EMNLP2023.pdf", "p")
    assert found.pages == 27
    assert "SCITAB: A Challenging Benchmark" in found.text
    assert "GPT-4" in found.text


def mutated(value: Any, draw: random.Random) -> Any:
    """A JSON value with a tenth of its parts gone or of another kind."""
    if draw.random() < 0.1:
        return draw.choice((None, 3, "x", [], {}, [None], {"a": None}, -1.5, True, ""))
    if isinstance(value, dict):
        return {key: mutated(each, draw) for key, each in value.items() if draw.random() < 0.95}
    return [mutated(each, draw) for each in value] if isinstance(value, list) else value


BODIES = (served.openalex([0, 1, 2], "c"), served.crossref([0, 1], "c"), served.semantic_scholar([0, 1], 2),
          served.unpaywall(1), body([served.work(1), served.work(2)]))  # fmt: skip


@pytest.mark.parametrize("read", [*READERS.values(), exported.json_page])
@pytest.mark.parametrize("data", BODIES)
def test_bodies_of_other_shapes(read: Callable[[bytes, str], Page], data: bytes) -> None:
    """With any part of it missing or of another kind, a body gives records or a SourceError, and nothing else."""
    draw = random.Random(data)
    for _ in range(100):
        try:
            page = read(body(mutated(json.loads(data), draw)), "x")
        except SourceError:
            continue
        for record in page.records:
            assert isinstance(record.title, str)
            assert all(
                isinstance(each, str) for each in (*record.authors, *record.ids.values(), record.licence, record.url)
            )


@pytest.mark.real
def test_recorded_bodies_of_other_shapes(real: Path) -> None:
    """The same for what five databases sent."""
    for name, read in READERS.items():
        for path in sorted((real / "evidence/api" / name).glob("*.json")):
            value, draw = json.loads(path.read_bytes()), random.Random(path.name)
            if len(path.read_bytes()) < 200_000:
                for _ in range(5):
                    with contextlib.suppress(SourceError):
                        read(body(mutated(value, draw)), path.name)


def test_a_title_with_markup_and_the_abstract_of_a_collection() -> None:
    """Tags inside a title join their words, a written-out script stays text, a retraction has its date."""
    records = acl_xml.page(served.ACL.encode(), "x").records
    assert records[0].title == "Bridge Training Before the Last Task"
    assert records[0].ids == {"acl": "2031.demo-main.1", "doi": "10.5555/demo.1"}
    assert "<script>alert(1)</script>" in records[1].title
    assert [record.kind for record in records] == ["paper", "paper", "machine-made", "paper", "paper"]
    assert records[3].retracted is not None
    assert records[3].retracted.date == "2032-01-02"
    assert records[4].marks() == ["no abstract"]


def test_openalex_abstracts_are_put_back_in_order() -> None:
    """An inverted index gives the words their places; null is no abstract; a negative or huge place is dropped."""
    index = {"gain": [1], "Bridges": [0], "much.": [2], "x": [-1, 10**9]}
    found = openalex.page(body({"id": "https://openalex.org/W1", "abstract_inverted_index": index}), "x").records[0]
    assert found.abstract == "Bridges gain much."
    assert (
        openalex.page(body({"id": "https://openalex.org/W1", "abstract_inverted_index": None}), "x").records[0].abstract
        == ""
    )


def test_crossref_traps() -> None:
    """A literal heading goes, a correction is no retraction, the gravest notice counts, entities are resolved twice."""
    work = {
        "DOI": "10.5555/X", "title": ["Cats &amp;amp; dogs"],
        "abstract": "<jats:title>Abstract</jats:title><jats:p>We see.</jats:p>",
        "updated-by": [{"type": "correction", "updated": {"date-parts": [[2031, 2, 3]]}}],
        "relation": {"is-preprint-of": [{"id-type": "doi", "id": "10.5555/Y"}]},
    }  # fmt: skip
    found = crossref.page(body({"message": work}), "x").records[0]
    assert (found.title, found.abstract, found.year) == ("Cats & dogs", "We see.", None)
    assert found.retracted is not None
    assert (found.retracted.status, found.retracted.date) == ("corrected", "2031-02-03")
    assert found.related == {"is-preprint-of": "10.5555/y"}
    work["updated-by"] = [{"type": "correction"}, {"type": "retraction"}]  # type: ignore[list-item]
    again = crossref.page(body({"message": work}), "x").records[0].retracted
    assert again is not None
    assert again.status == "retracted"
    with pytest.raises(SourceError, match="DataCite"):
        crossref.page(b"Resource not found.", "x")
    last = crossref.page(body({"message": {"items": [], "next-cursor": "c", "total-results": 9}}), "x")
    assert last.next is None  # a cursor without items is the end


def test_semantic_scholar_traps() -> None:
    """An empty search has no data, a batch has nulls, bulk pages by token, and an error is told from an answer."""
    assert semantic_scholar.page(body({"total": 0, "offset": 0}), "x") == Page(records=(), total=0)
    assert len(semantic_scholar.page(body([None, {"paperId": "a", "title": "T"}]), "x").records) == 1
    assert semantic_scholar.page(body({"total": 9, "token": "t", "data": [{"paperId": "a"}]}), "x").next == {
        "token": "t"
    }
    assert semantic_scholar.page(body({"total": 9, "next": 3, "data": [{"paperId": "a"}]}), "x").next == {"offset": "3"}
    for said in ({"error": "Paper not found"}, {"message": "Too Many Requests"}):
        with pytest.raises(SourceError, match="Semantic Scholar says"):
            semantic_scholar.page(body(said), "x")


def test_a_record_without_an_id_is_kept_and_marked() -> None:
    """One odd work refuses no page; its id is its place."""
    pages = (
        openalex.page(body({"results": [{"display_name": "T"}, {"id": "https://openalex.org/W1"}]}), "x"),
        crossref.page(body({"message": {"items": [{"title": ["T"]}, {"DOI": "10.5555/a"}]}}), "x"),
        semantic_scholar.page(body({"total": 2, "data": [{"paperId": None, "title": "T"}, {"paperId": "a"}]}), "x"),
    )
    for page in pages:
        assert len({record.id for record in page.records}) == 2
        assert page.records[0].marks() == ["no id", "no author", "no year", "no abstract"]


def test_arxiv_traps() -> None:
    """A feed whose entry is titled Error is one; an old identifier has its version in its links."""
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>{}</id><title>{}</title><summary>s</summary>{}</entry></feed>'
    with pytest.raises(SourceError, match="arXiv says: s"):
        arxiv_atom.page(feed.format("http://arxiv.org/api/errors#x", "Error", "").encode(), "x")
    link = '<link href="http://arxiv.org/abs/hep-ex/0307015v2"/>'
    found = arxiv_atom.page(feed.format("http://arxiv.org/abs/hep-ex/0307015", "T", link).encode(), "x").records[0]
    assert found.ids == {"arxiv": "hep-ex/0307015", "arxiv_version": "v2"}


@pytest.mark.parametrize("read", [*READERS.values(), acl_xml.page, exported.json_page, bibtex.page, ris.page])
@pytest.mark.parametrize(
    "data",
    [b"", b" \n", b"\xff\xfe\x00", b"<html>busy</html>", b'{"message": {"items": [', b"[", b"null", b"3",
     b'"x"', b"[[[" * 3000,
     b"<feed", b"<collection id='x'><volume>", b"{}", b'{"results": 3}', b'{"message": {"items": 3}}', b'{"data": 3}'],
)  # fmt: skip
def test_garbage_is_a_source_error(read: Callable[[bytes, str], Page], data: bytes) -> None:
    """Whatever comes, the error names the body and nothing else is raised."""
    with pytest.raises(SourceError, match=r"^WHERE"):
        read(data, "WHERE")


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    "doctype", [BOMB, '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE x SYSTEM "a.dtd" [ ]>']
)
def test_entities_are_refused(doctype: str) -> None:
    """Neither a bomb nor a file of this machine is expanded, in any reader of XML."""
    for read, root in ((acl_xml.page, "collection"), (arxiv_atom.page, "feed"), (jats.article, "article")):
        with pytest.raises(SourceError, match="entities"):
            read(f"{doctype}<{root}>&a;</{root}>".encode(), "x")


def test_text_is_data() -> None:
    """Control characters and terminal escapes go, entities become letters, a script is text like any other."""
    row = {
        "title": "A \x1b[31mred\x1b[0m\u202e title &lt;script&gt;",
        "authors": "B&#246;hm, C; Lee, D",
        "year": "2031",
    }
    found = exported.json_page(body([row]), "x").records[0]
    assert found.title == "A [31mred [0m title <script>"
    assert found.authors == ("C Böhm", "D Lee")


def test_bibtex_and_ris() -> None:
    """LaTeX becomes letters, names turn round, a doubled key keeps both entries, RIS that breaks off is named."""
    text = r"@article{k, title={G{\"o}del and {BERT}}, author={M{\"u}ller, Ann and Bob Lee}, year=2031, url={https://doi.org/10.5555/A}}"
    found = bibtex.page(f"{text}\n{text}".encode(), "x").records
    assert len(found) == 2
    assert (found[0].title, found[0].authors) == ("Gödel and BERT", ("Ann Müller", "Bob Lee"))
    assert found[0].ids == {"doi": "10.5555/a"}
    with pytest.raises(SourceError, match="x, line 1"):
        bibtex.page(b"@article{k, title={never closed", "x")
    assert ris.page(served.RIS.encode(), "x").records[0].ids == {"doi": "10.5555/ris.1"}
    with pytest.raises(SourceError, match="1 records begin and 0 end"):
        ris.page(served.RIS.encode()[:60], "x")


def test_tables_and_lines() -> None:
    """Columns are found by their usual names, whatever the separator; sentences of an abstract in a list are kept."""
    found = exported.csv_page(b"Document Title;Abstract;Year\nA title;An abstract;2031\n", "x").records[0]
    assert (found.title, found.abstract, found.year) == ("A title", "An abstract", 2031)
    line = body({"doc_id": 7, "title": "T", "abstract": ["One.", "Two."]})
    assert exported.json_page(line + b"\n" + line, "x").records[0].sentences == ("One.", "Two.")
    with pytest.raises(SourceError, match="none is a title"):
        exported.csv_page(b"name,other\na,b\n", "x")
    with pytest.raises(SourceError, match="line 2"):
        exported.json_page(line + b"\n{", "x")


def test_retractions() -> None:
    """The gravest notice of a DOI counts, whatever the order; a reinstatement is none; days are month first."""
    head = b"OriginalPaperDOI,RetractionNature,RetractionDate,Reason\n"
    rows = b"10.5555/A,Correction,1/2/2030 0:00,+Error;\n"
    rows += b"10.5555/a,Retraction,7/12/2031 0:00,+Fraud;\n10.5555/b,Reinstatement,,\n"
    found = retraction_watch.notices(head + rows, "x")
    assert {name: (notice.status, notice.date) for name, notice in found.items()} == {
        "10.5555/a": ("retracted", "2031-07-12")
    }


def test_a_pdf_that_is_none_or_never_ends(tmp_path: Path) -> None:
    """Not a PDF, no text layer, damaged: each is said, and none is held."""
    import io

    import pypdf

    from isogloss.formats import pdf_text

    written, blank = io.BytesIO(), pypdf.PdfWriter()
    blank.add_blank_page(width=100, height=100)
    blank.write(written)
    page = written.getvalue()
    for name, data, why in (
        ("a", b"text", "not a PDF"),
        ("b", b"%PDF-1.4\nrubbish", "not held"),
        ("c", page, "no text layer"),
    ):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(data)
        with pytest.raises(SourceError, match=why):
            pdf_text.read(path, path.name)


def test_a_reader_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that keeps its reader busy costs its seconds, and is not held; what is too large is not opened."""
    from isogloss.formats import pdf_text

    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4")
    monkeypatch.setattr(
        pdf_text, "_CHILD", "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass"
    )
    with pytest.raises(SourceError, match="not read within"):
        pdf_text.read(path, "a.pdf", seconds=1)
    monkeypatch.setattr(pdf_text, "BYTES", 4)
    with pytest.raises(SourceError, match="PDFs of up to"):
        pdf_text.read(path, "a.pdf")


def test_a_page_that_unpacks_without_end(tmp_path: Path) -> None:
    """A stream of 100 MB in 100 KB is not held, or held as the little text it has."""
    import io
    import zlib

    import pypdf
    from pypdf.generic import NameObject, StreamObject

    from isogloss.formats import pdf_text

    written, bomb = io.BytesIO(), pypdf.PdfWriter()
    page = bomb.add_blank_page(width=100, height=100)
    stream = StreamObject()
    stream._data = zlib.compress(b" " * (100 << 20), 9)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    page[NameObject("/Contents")] = bomb._add_object(stream)
    bomb.write(written)
    path = tmp_path / "bomb.pdf"
    path.write_bytes(written.getvalue())
    with pytest.raises(SourceError, match="not held"):
        pdf_text.read(path, "bomb.pdf", seconds=10)
