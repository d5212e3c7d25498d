"""`isogloss watch` writes the page while a study runs, and ends with it; `run --page` does it beside the runs."""

import argparse
import threading
import time
from pathlib import Path

import pytest

from isogloss import cli
from isogloss.report.page import page
from isogloss.store.store import Store
from isogloss.verbs import watch
from study_in_store import build


def test_a_page_is_written_until_the_study_is_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once for each news, live at first; the last one is not, and the command ends with status 0."""
    store = build(tmp_path / "store", lambda *_: 0.6, targets={"topics": ("en", "de")}, intermediates=("qa",))
    written: list[int] = []

    def write(_store: Store, _name: str, path: Path, _held: object, refresh: int = 0) -> None:
        path.write_text("<p>")
        written.append(refresh)

    monkeypatch.setattr(page, "write", write)
    monkeypatch.setattr(watch, "SHARE", 0.0)
    plain = store.study("made_up").plain()
    told = {"jobs": 2, "done": 1, "share": 0.5, "working": [], "curves": {}}

    def go_on() -> None:
        for number in range(2):
            deadline = time.monotonic() + 60
            while len(written) <= number and time.monotonic() < deadline:
                time.sleep(0.01)
            store.save_live("made_up", {**told, "at": number})
        store.save_study("made_up", {**plain, "complete": True})

    thread = threading.Thread(target=go_on)
    thread.start()
    out = tmp_path / "page.html"
    assert cli.main(["watch", "made_up", "--store", str(tmp_path / "store"), "--out", str(out), "--every", "1"]) == 0
    thread.join()
    assert 3 <= len(written) <= 4  # the second news may come with the end
    assert {*written[:-1]} == {1}
    assert written[-1] == 0
    assert capsys.readouterr().out == f"{out}\n{out}\n"


def test_a_writer_ends_with_its_run(tmp_path: Path) -> None:
    """When the run ends, the page is written a last time and does not load itself again."""
    build(tmp_path / "store", lambda *_: 0.6, targets={"topics": ("en", "de")}, intermediates=("qa",))
    out = tmp_path / "page.html"
    with watch.paged(argparse.Namespace(page=out), "made_up", tmp_path / "store"):
        pass
    html = out.read_text("utf-8")
    assert "refresh" not in html
    assert html.endswith("</html>")
