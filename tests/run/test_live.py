"""A command that runs a study says in the store how far it is, and leaves nothing of that behind."""

import time
from pathlib import Path

import pytest

from isogloss.progress.steps import Progress, Step
from isogloss.run import live
from isogloss.store import owner
from isogloss.store.mirror import Mirror
from isogloss.store.store import Store
from isogloss.store.verify import Verifier


def wait_for(store: Store, done: int) -> dict[str, object]:
    deadline = time.monotonic() + 20
    while (found := store.live("demo")) is None or found["done"] != done:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found


@pytest.mark.parametrize("far", [False, True], ids=["folder", "url"])
def test_a_store_says_what_runs_until_it_has_ended(far: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Share, time left, each job at work and its curve so far; a state that is trained again overwrites its points."""
    for name in ("EVERY", "FAR", "NOTED"):
        monkeypatch.setattr(live, name, 0.0)
    store = Mirror(f"file://{tmp_path}/far", tmp_path / "mirror") if far else Store(tmp_path / "store")
    there = tmp_path / ("far" if far else "store") / "live" / "demo.json"
    steps = [Step("nli (seed 0)", 30.0, "abc"), Step("qa", 10.0, "def")]
    with Progress(steps, listeners=[live.Live(store, "demo")]) as progress:
        for at, loss in ((1, 2.0), (2, 1.5), (2, 1.5), (3, 1.25)):
            progress.measured("abc", at, {"loss": loss, "lr": 0.1})
        progress.step("abc", 5, 10)
        progress.started("def")
        progress.finished("def")
        found = wait_for(store, 1)
        assert there.is_file()
        assert (found["owner"], found["jobs"], found["share"]) == (owner.me(), 2, 0.625)
        assert found["working"] == ["nli (seed 0) 5/10"]
        assert found["curves"] == {"abc": [[1, 2.0], [2, 1.5], [3, 1.25]]}
    assert store.live("demo") is None
    assert not there.exists()


def test_what_is_said_is_no_result(tmp_path: Path) -> None:
    """A command that was killed leaves a file that is no damage, whatever is in it."""
    store = Store(tmp_path)
    store.save_live("demo", {"owner": "x"})
    store.at.live("demo").write_text("{")
    assert store.live("demo") is None
    assert Verifier(store).verify() == []
