"""store/remedy: one place says how what is damaged is made again, whoever found it."""

from pathlib import Path

import pytest

from isogloss.core.errors import IsoglossError, StoreError
from isogloss.store import remedy, seal
from isogloss.store.predictions import Predictions
from isogloss.store.store import Store
from isogloss.store.write import read_json

RUN = "0123456789ab"


def test_a_file_is_made_again_as_its_store_says(tmp_path: Path) -> None:
    """Found by its path alone, inside a store and outside of one."""
    store = Store(tmp_path / "store")
    store.save_baselines("key", [])
    for path in (store.at.run(RUN) / "state.json", store.at.study("one"), store.at.predictions(RUN, "key")):
        assert remedy.near(path) == remedy.remedy(store.root, path)
    assert remedy.near(tmp_path / "elsewhere.json") == "Delete it and give the same command again."


def test_a_version_of_something_else_makes_no_store(tmp_path: Path) -> None:
    """A project's VERSION says no layout: a file below it is not told of as one of a store."""
    path = tmp_path / "runs" / RUN / "state.json"
    for text in ("1.2.0\n", "v1", "0", ""):
        (tmp_path / "VERSION").write_text(text)
        assert remedy.near(path) == "Delete it and give the same command again."
    (tmp_path / "VERSION").write_text("1\n")
    assert remedy.near(path) == remedy.remedy(tmp_path, path)


def test_a_phase_in_progress_loses_no_more_than_its_state(tmp_path: Path) -> None:
    """Its run's folder holds snapshots, too, from which nothing would be made again."""
    root = tmp_path
    for name in ("state.safetensors", "state-tokenizer/tokenizer.json"):
        path = root / "runs" / RUN / name
        assert remedy.unit(root, path) == root / "runs" / RUN / name.split("/")[0]
        assert "the phase starts again" in remedy.advice(root, path)


@pytest.mark.parametrize("kind", ["predictions", "snapshot", "state", "origin", "heads"])
def test_whoever_finds_damage_gives_that_advice(kind: str, tmp_path: Path) -> None:
    """Readers that know no store say what it says."""
    store = Store(tmp_path)
    store.save_baselines("key", [])
    run = store.at.run(RUN)
    run.mkdir(parents=True)
    path = {
        "predictions": store.at.predictions(RUN, "key"), "snapshot": run / "snapshots" / "0000001" / "a.txt",
        "state": run / "state.json", "origin": run / "encoder" / "base.json", "heads": run / "head.safetensors",
    }[kind]  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{")
    with pytest.raises(IsoglossError) as caught:  # noqa: PT012 - each finds it by a call of its own
        if kind == "predictions":
            Predictions.read(path)
        elif kind == "snapshot":
            seal.list_files(path.parent)
            path.write_text("another")
            seal.check_files(path.parent)
        elif kind == "state":
            read_json(path)
        elif kind == "origin":
            from isogloss.models.adapters import origin

            path.rename(path.with_name(origin.BASE))
            path = path.with_name(origin.BASE)
            origin.base_of(path.parent)
        else:
            from isogloss.models.heads import saved

            saved.labels(path)
    assert str(caught.value).endswith(remedy.remedy(store.root, path))
    assert isinstance(caught.value, StoreError) == (kind in ("predictions", "snapshot", "state"))
