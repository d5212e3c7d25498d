"""A page of a study that runs: what runs now, hedged as at the end, and it loads itself again without any script."""

import time
from pathlib import Path

import pytest

from isogloss.report.page import live, page
from isogloss.store import owner
from isogloss.store.store import Store
from study_in_store import build


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A study one of whose runs is still at work."""
    store = build(
        tmp_path_factory.mktemp("half"), lambda *_: 0.6, targets={"topics": ("en", "de")}, intermediates=("qa",)
    )
    last = store.study("made_up").evaluations[-1].run
    store.at.done(last).unlink()
    for run, key in store.evaluations(last):
        store.at.scores(run, key).unlink()
    store.save_live("made_up", {
        "owner": owner.me(), "at": time.time(), "jobs": 8, "done": 6, "share": 0.75, "left": 90.0,
        "working": ["topics <seed 1> 3/12, loss 0.7"], "curves": {last: [[1, 1.1], [2, 0.9], [3, 0.7]]},
    })  # fmt: skip
    return store


def test_a_live_page_says_what_runs(half: Store, tmp_path: Path) -> None:
    """Jobs done, time left, each job at work, its curve; "so far" in the verdict; no file beside it."""
    written = page.write(half, "made_up", tmp_path / "page.html", refresh=5)
    html = written.read_text("utf-8")
    assert '<meta http-equiv="refresh" content="5">' in html
    assert "6 of 8 jobs are done (75%), about 1 min 30 s left, as of " in html
    assert "<li>topics &lt;seed 1&gt; 3/12, loss 0.7</li>" in html
    assert "Training loss of the runs at work" in html
    assert "loss is 0.7" in html
    assert "So far, " in html
    assert ">unfinished</span>" in html
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_page_that_has_ended_does_not_load_itself_again(half: Store, tmp_path: Path) -> None:
    """Neither one that was written without a refresh, nor one that lost it."""
    finished = page.write(half, "made_up", tmp_path / "page.html").read_text("utf-8")
    refreshing = page.write(half, "made_up", tmp_path / "live.html", refresh=5).read_text("utf-8")
    for html in (finished, live.still(refreshing)):
        assert 'http-equiv="refresh"' not in html
    assert "<h2>Now</h2>" not in finished
    assert len(live.still(refreshing).splitlines()) == len(refreshing.splitlines()) - 1


@pytest.mark.parametrize(
    "other",
    [{"curves": None}, {"curves": {"run": [1.1]}}, {"working": 3}, {"at": "now"}, {"left": "soon"}, {"jobs": None}],
)
def test_what_another_version_reports_is_no_report(half: Store, tmp_path: Path, other: dict[str, object]) -> None:
    """Its fields may be laid out otherwise, or be gone: the page is made all the same."""
    told = half.live("made_up")
    assert told is not None
    store = Store(tmp_path / "s")
    store.save_live("made_up", told)
    assert store.live("made_up") == told
    store.save_live("made_up", told | other)
    assert store.live("made_up") is None
    (name,) = other
    store.save_live("made_up", {key: value for key, value in told.items() if key != name})
    assert (store.live("made_up") is None) == (name != "left")


def test_a_command_that_is_gone_is_said_to_be(half: Store) -> None:
    """One that was killed, one that nothing is heard of, and none."""
    from isogloss.analysis import ledger

    book = ledger.read(half, "made_up")
    told = half.live("made_up") or {}
    dead = owner.me().rpartition(".")[0] + ".1"
    assert "has been stopped" in live.live(book, told | {"owner": dead}, {}, 5).says
    assert live.live(book, told | {"at": time.time() - 600}, {}, 5).says.endswith("Nothing was heard for 10 min 00 s.")
    said = "No running command has reported on this study. The page updates when one does."
    assert live.live(book, None, {}, 5).says == said
