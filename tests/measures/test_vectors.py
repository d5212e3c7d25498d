"""What measures on vectors share."""

from importlib import import_module

import numpy as np
import pytest

from isogloss.core.folder import load
from isogloss.core.measure import Corpus
from isogloss.core.typing import Float
from isogloss.measures._vectors import thin

TURNED = ("cka", "h_score", "leep", "logme", "nce", "otdd", "proxy_a_distance")
"""Measures that need no more dimensions than there are rows."""


def few(seed: int) -> Float[np.ndarray, "40 150"]:
    """Fewer rows than dimensions, whose variances differ, about a mean that is not 0."""
    draw = np.random.default_rng(seed)
    return np.asarray(draw.standard_normal((40, 150)) * np.linspace(2, 0.1, 150) + 0.3)


def test_thinning_keeps_every_product() -> None:
    """Products of rows, within and between two collections, are those of the wide vectors."""
    wide = few(0), few(1)
    narrow = thin(*wide)
    assert [each.shape for each in narrow] == [(40, 80), (40, 80)]
    assert np.concatenate(narrow) @ np.concatenate(narrow).T == pytest.approx(
        np.concatenate(wide) @ np.concatenate(wide).T
    )


def test_many_rows_are_not_turned() -> None:
    """Where rows are no fewer than dimensions the very arrays come back."""
    many = few(0).T
    assert thin(many)[0] is many


@pytest.mark.parametrize("name", TURNED)
def test_turning_changes_no_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On fewer rows than dimensions the value is that of all dimensions."""
    labels = np.arange(40) % 3
    a, b = (Corpus(name=f"{seed}", vectors=few(seed) + seed / 10, labels=labels) for seed in (0, 1))
    measure = load("measures", name)
    turned = measure(a, b)
    module = import_module(f"isogloss.measures.{'_source' if name in ('leep', 'nce') else name}")
    monkeypatch.setattr(module, "thin", lambda *sides: list(sides))
    assert turned == pytest.approx(measure(a, b), rel=1e-8)
