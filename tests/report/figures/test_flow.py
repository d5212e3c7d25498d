"""report/figures/flow.py: the flow of records as boxes, from sums over a lock's rows."""

import random
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import served
from isogloss.cli import main
from isogloss.literature.flow import flow
from isogloss.report.figures.flow import WIDTH, flow_svg
from locks import made

SVG = "{http://www.w3.org/2000/svg}"


def numbers(drawn: str) -> dict[str, int]:
    """What each box says in bold: words → count."""
    heads: list[str] = []
    before = False
    for text in ElementTree.fromstring(drawn).iter(f"{SVG}text"):
        bold = text.get("font-weight") == "bold"
        if bold and before and not re.search(r"\d$", heads[-1]):
            heads[-1] += f" {text.text}"
        elif bold:
            heads.append(text.text or "")
        before = bold
    return {head.rpartition(": ")[0]: int(head.rpartition(": ")[2].replace(",", "")) for head in heads}


@pytest.mark.parametrize("seed", range(20))
def test_the_boxes_reconcile(seed: int) -> None:
    """identified − merged = screened; − excluded = sought; − not held = included, as read from the drawing."""
    records, merges, screening, documents = made(random.Random(seed))
    found = numbers(flow_svg(flow(records, merges, screening, documents).plain()))
    identified, merged, screened, excluded, sought, without, included = found.values()
    assert [*found][0::2] == [
        "Records identified", "Records screened", "Papers sought for reading", "Papers included"
    ]  # fmt: skip
    assert identified == len(records)
    assert identified - merged == screened
    assert screened - excluded == sought
    assert sought - without == included == len({each.record for each in documents if each.held})


def plain(**changed: Any) -> dict[str, Any]:
    return {
        "identified": 3, "by_source": {"acl": 3}, "merged": 0, "versions_linked": 0, "screened": 3, "excluded": 1,
        "by_reason": {"retracted": 1}, "sought": 2, "not_held": None, "included": 2, **changed,
    }  # fmt: skip


def test_before_anything_is_read_nothing_is_called_included() -> None:
    """The last box is what is sought."""
    assert [*numbers(flow_svg(plain()))][-1] == "Papers sought for reading"
    assert "not read yet" in flow_svg(plain())


def test_foreign_text_is_text() -> None:
    """A source's name cannot become markup, a control character or a line that leaves its box."""
    bad = "<script>alert(1)</script>&\x1b[2J" + "w" * 200
    drawn = flow_svg(plain(by_source={bad: 3}), failed=[bad])
    tree = ElementTree.fromstring(drawn)
    assert {each.tag for each in tree.iter()} <= {
        SVG + tag for tag in ("svg", "title", "desc", "rect", "text", "line", "polygon")
    }
    assert "\x1b" not in drawn
    assert max(len(text.text or "") for text in tree.iter(f"{SVG}text")) < 45
    assert tree.get("width") == str(WIDTH)


def test_the_command_draws_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Once for a new search, and again by its name once it was read; nothing else is computed anew."""
    folder, store, drawn = served.write(tmp_path / "in"), str(tmp_path / "store"), tmp_path / "made" / "flow.svg"
    assert main([
        "search", served.QUESTION, "--in", str(folder), "--name", "q", "--store", store, "--figure", str(drawn)
    ]) == 0  # fmt: skip
    assert numbers(drawn.read_text("utf-8"))["Papers sought for reading"] == 4
    lock = (tmp_path / "store/evidence/q/lock.json").read_bytes()
    assert main(["search", "q", "--store", store, "--figure", str(drawn)]) == 0
    assert (tmp_path / "store/evidence/q/lock.json").read_bytes() == lock
    assert main(["read", "q", "--store", store]) == 0
    assert main(["search", "q", "--store", store, "--figure", str(drawn)]) == 0
    assert numbers(drawn.read_text("utf-8"))["Papers included"] == 4
    assert "= included" in capsys.readouterr().out
