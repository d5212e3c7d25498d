"""The two XML formats: the Declaration and the Bible."""

from pathlib import Path

import pytest

from isogloss.core.errors import DataError
from isogloss.formats.ces_xml import verses
from isogloss.formats.udhr_xml import articles

UDHR = """<?xml version="1.0"?>
<udhr xmlns="http://www.unhchr.ch/udhr">
<preamble><para>Whereas.</para></preamble>
<article number="1"><title>Article 1</title><para>All
 are free.</para><orderedlist><listitem><para>Item.</para></listitem></orderedlist></article>
</udhr>"""
BIBLE = """<?xml version="1.0"?><cesDoc><text><seg id="b.JON.1.1" type="verse">
  Neno likamjia. </seg><seg id="b.JON.1.2" type="verse"> </seg></text></cesDoc>"""


def written(folder: Path, text: str) -> Path:
    path = folder / "file.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_articles_hold_their_paragraphs_and_list_items(tmp_path: Path) -> None:
    """Line breaks inside a paragraph are spaces; titles are no paragraphs."""
    assert articles(written(tmp_path, UDHR)) == {"preamble": ["Whereas."], "1": ["All are free.", "Item."]}


def test_verses_a_translation_leaves_empty_are_absent(tmp_path: Path) -> None:
    """Only verses with text are given."""
    assert verses(written(tmp_path, BIBLE)) == {"b.JON.1.1": "Neno likamjia."}


@pytest.mark.parametrize("reader", [articles, verses])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<udhr>\n<preamble>", "line 2: it is not XML"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]><udhr>&a;</udhr>', "declares entities"),
        ("<udhr></udhr>", "it holds no"),
    ],
)
def test_broken_xml_and_entities_are_refused(tmp_path: Path, reader: object, text: str, message: str) -> None:
    """A file cut off, one that could expand without end, and one with nothing in it."""
    with pytest.raises(DataError, match=message):
        reader(written(tmp_path, text))  # type: ignore[operator]
