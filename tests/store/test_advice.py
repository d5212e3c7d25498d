"""store/store: advice, kept once."""

from pathlib import Path

import pytest

from isogloss.core.errors import StoreError
from isogloss.store.store import Store


def test_advice_is_kept_once_and_missed_when_it_is_gone(tmp_path: Path) -> None:
    """The same advice from the same runs has one file; one that is lost is missed."""
    store = Store(tmp_path)
    store.save_advice("first", {"runs": []})
    store.save_advice("first", {"runs": ["another"]})
    assert store.advice("first")["runs"] == []
    store.at.advice("first").unlink()
    with pytest.raises(StoreError, match="first"):
        store.advices()


def test_advice_that_a_kill_left_off_the_list_is_listed_by_the_same_command(tmp_path: Path) -> None:
    """Killed between the file and its note: what follows is the store that was never killed."""
    store, killed = Store(tmp_path / "whole"), Store(tmp_path / "killed")
    for each in (store, killed):
        each.save_advice("first", {"runs": []})
    (killed.at.advices / ".held.json").unlink()
    killed.save_advice("first", {"runs": []})
    assert killed.held(killed.at.advices) == store.held(store.at.advices) == ["first.json"]
