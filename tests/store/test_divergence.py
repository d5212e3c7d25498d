"""Divergences in a store."""

from dataclasses import replace
from pathlib import Path

import pytest

from isogloss.core.errors import StoreError
from isogloss.store.divergence import CHANGE, Divergence
from isogloss.store.store import Store

ROW = Divergence(
    encoder="0123456789ab", measure="mmd", family="distributional", direction="distance", version="raw",
    intermediate="mnli", target="xnli", split="test", language="sw", value=0.3, low=0.2, high=0.4, null=0.01,
    null_high=0.02, n=500, m=400, layer=8, pooling="mean", task_shift=0.1, language_shift=0.15, interaction=0.05,
    data="0123456789ab",
)  # fmt: skip


def test_rows_come_back_as_they_were_saved(tmp_path: Path) -> None:
    """Undefined values stay None; saving a part again replaces it; parts of a study are read together."""
    store = Store(tmp_path / "store")
    bare = replace(ROW, measure="family_distance", low=None, high=None, null=None, null_high=None, layer=None, n=0)
    assert store.divergences("study") == []
    store.save_divergences("study", "a", [ROW])
    store.save_divergences("study", "a", [ROW, bare])
    store.save_divergences("study", "b", [replace(ROW, language="de")])
    assert store.divergences("study", "a") == [ROW, bare]
    assert store.divergences("study") == [ROW, bare, replace(ROW, language="de")]
    assert store.divergences("another") == []


def test_noise_is_what_chance_gives_as_well() -> None:
    """A value at or below the 95% quantile of chance is noise; without that quantile nobody can say."""
    assert replace(ROW, value=0.02).noise is True
    assert ROW.noise is False
    assert replace(ROW, null_high=None).noise is None


def test_a_change_is_noise_where_its_interval_holds_0() -> None:
    """Where every half of the sentences was found before, the floor is 0, and one sentence less is not beyond it."""
    change = replace(ROW, version=CHANGE, null_high=0.0)
    assert replace(change, value=-0.005, low=-0.031, high=0.021).noise is True
    assert replace(change, value=-0.1, low=-0.13, high=-0.07).noise is False
    assert replace(change, value=-0.1, low=-0.13, high=-0.07, null_high=0.2).noise is True


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    """The error says which file to delete."""
    store = Store(tmp_path / "store")
    store.save_divergences("study", "a", [ROW])
    path = tmp_path / "store" / "divergences" / "study" / "a.parquet"
    path.write_bytes(b"not parquet")
    with pytest.raises(StoreError, match=r"a\.parquet"):
        store.divergences("study")
