"""The folder is the registry: what lies in report/sections is on the page."""

from importlib import import_module
from pathlib import Path

import pytest

from isogloss.core import folder
from isogloss.core.folder import ROOT, load, names
from isogloss.report import sections
from isogloss.report.findings import Findings, work_out
from isogloss.report.page import page
from isogloss.report.parts.section import Section
from isogloss.report.sections._entry import Entry
from isogloss.store.store import Store

ENTRIES: dict[str, Entry] = {name: load(page.ROOM, name) for name in names(page.ROOM)}
LATER = '''"""A section that was added later."""

from isogloss.report.parts.section import Section
from isogloss.report.sections._entry import Entry

SECTION = Entry(place=35, of=lambda found: Section(anchor="later", title="Later"))
'''


@pytest.fixture(scope="module")
def found(store: Store) -> Findings:
    """The made-up study, worked out."""
    return work_out(store, "made_up")


def test_no_two_sections_share_a_place_or_an_anchor() -> None:
    """Their order is that of their places, and each has an address of its own."""
    anchors = [import_module(f"{sections.__name__}.{name}").ANCHOR for name in ENTRIES]
    for values in ([each.place for each in ENTRIES.values()], anchors):
        assert len(set(values)) == len(values)


def test_every_file_is_on_the_page(found: Findings, written: Path) -> None:
    """In the order of the places, but for what is not computed yet, which comes last as one line each."""
    html = written.read_text("utf-8")
    made = [section for entry in sorted(ENTRIES.values(), key=lambda each: each.place) if (section := entry.of(found))]
    whole = [html.index(f'id="{each.anchor}"') for each in made if not each.command]
    lines = [html.index(f'id="{each.anchor}"') for each in made if each.command]
    assert len(whole) > 4
    assert len(lines) > 1
    assert [*whole, *lines] == sorted([*whole, *lines])


def test_a_new_file_is_all_that_a_new_section_needs(
    found: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file beside the others is on the page at its place, without a list to write it into."""
    room = tmp_path / page.ROOM
    room.mkdir(parents=True)
    for path in (ROOT / page.ROOM).glob("*.py"):
        (room / path.name).symlink_to(path)
    (room / "later.py").write_text(LATER)
    monkeypatch.setattr(folder, "ROOT", tmp_path)
    monkeypatch.setattr(sections, "__path__", [*sections.__path__, str(room)])
    anchors = [each.anchor for each in page.sections_of(found)]
    assert anchors[anchors.index("later") - 1] == "scores"  # what was not analysed comes later, as a line
    assert isinstance(page.sections_of(found)[0], Section)
