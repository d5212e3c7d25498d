"""Effects of divergence: what is counted once, relabelling, prediction of unseen groups, the truth in simulations."""

import importlib.util
from math import comb
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from effect_tables import small
from isogloss.analysis import effects
from isogloss.analysis.effects import Design, Model


def bench() -> ModuleType:
    """bench/truth.py."""
    spec = importlib.util.spec_from_file_location("truth", Path(__file__).parents[2] / "bench" / "truth.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


truth = bench()


def test_more_encoders_that_see_the_same_cells_are_no_more_cells() -> None:
    """Six encoders that agree give the interval that three give: what varies is the 60 cells, which they share."""
    three, six = (effects.estimate(small(-0.01, copies=copies)).slope for copies in (3, 6))
    assert six.error == pytest.approx(three.error, rel=0.1)
    assert six.df < 100


def test_a_large_effect_is_found_with_its_size() -> None:
    """A slope of -.05 per unit, and no other: the interval holds it and leaves out 0."""
    table = small(-0.05)
    slope = effects.estimate(table).slope
    scale = np.random.default_rng(0).normal(size=(4, 3, 5)).std()
    assert slope.low < -0.05 * scale < slope.high < 0
    assert slope.partial > 0.5
    found = effects.permuted(table, "test", draws=199)
    assert found == pytest.approx(1 / 200)


def test_what_an_encoder_does_on_a_target_is_seen_once_however_many_tasks_come_before() -> None:
    """No effect, divergences and outcomes of (encoder, target): at 95% some five of a hundred studies may find one.

    Five intermediate tasks that share both are no five observations. More than sixteen alarms have p < 1e-5 (binomial).
    """
    stream = np.random.default_rng(11)
    e, i, t = (each.ravel() for each in np.meshgrid(np.arange(4), np.arange(5), np.arange(4), indexing="ij"))
    named = zip(("encoder", "intermediate", "target"), (e, i, t), strict=True)
    factors = {name: [f"{code}" for code in codes] for name, codes in named}
    alarms = 0
    for _ in range(100):
        x = stream.normal(size=(4, 4))[e, t]
        y = 0.05 * stream.normal(size=(4, 4))[e, t] + 0.005 * stream.normal(size=len(x))
        slope = effects.estimate(Design(outcome=y, divergence=x / x.std(), factors=factors, controls={})).slope
        alarms += not slope.low <= 0 <= slope.high
    assert alarms <= 16


def test_two_encoders_become_a_fixed_effect() -> None:
    """With fewer than three of a kind there is no variance to estimate; the effect says whom it speaks of."""
    effect = effects.estimate(small(-0.05, copies=2))
    assert effect.fixed == ("encoder",)
    assert "encoder" not in effect.fit.variances


def test_relabelling_needs_enough_relabellings() -> None:
    """Two intermediates and two languages can be exchanged in four ways: no test at the 5% level exists."""
    table = small(0.0)
    kept = [
        place
        for place, (i, k) in enumerate(zip(table.factors["intermediate"], table.factors["language"], strict=True))
        if i in "01" and k in "01"
    ]
    few = Design(
        outcome=table.outcome[kept],
        divergence=table.divergence[kept],
        factors={name: [levels[place] for place in kept] for name, levels in table.factors.items()},
        controls={},
    )
    assert effects.permuted(few, "test") is None


def test_half_the_interval_needs_more_of_what_the_variance_is_made_of() -> None:
    """The share of the slope's variance that more languages shrink decides how many are needed."""
    effect = effects.estimate(small(-0.01))
    half = (effect.slope.high - effect.slope.low) / 2
    assert effects.units_needed(effect, half)["language"] == 5
    more = effects.units_needed(effect, half / 1.5)["language"]
    assert more is None or more >= 11  # 5 × 1.5² = 11.25 where all of the variance shrinks


def test_controls_that_say_nothing_new_are_left_out() -> None:
    """A control that equals the divergence, or is constant, is no further column."""
    table = small(0.0)
    controls = {"typology": 2 * table.divergence + 1, "size": np.ones(len(table.outcome))}
    model = Model(Design(outcome=table.outcome, divergence=table.divergence, factors=table.factors, controls=controls))
    assert model.names == ["intercept", "divergence"]


def test_the_truth_is_found() -> None:
    """Eight simulated studies with a known effect: at 95% coverage, fewer than five hits have p < .001 (binomial)."""
    rng = np.random.default_rng(7)
    hits = sum(truth.covered(truth.simulated(rng, -0.02, 0.0025), -0.02) for _ in range(8))
    assert sum(comb(8, k) * 0.95**k * 0.05 ** (8 - k) for k in range(5)) < 1e-3
    assert hits >= 5
