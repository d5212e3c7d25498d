"""Divergence as a source of advice: what a slope is learned from, how little it may move, and what is never read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from isogloss.advice.arms import PARTS, Result, prior
from isogloss.advice.divergences import Distance, apart, distances
from isogloss.store.divergence import Divergence
from study_in_store import build

ARMS = ("none", "near", "middle", "distant")
PAST = tuple(f"past{number}" for number in range(8))
PLACES = {"near": -1.0, "middle": 0.0, "distant": 1.0}
HERE = {("e", "here", arm): place for arm, place in PLACES.items()}


def history(far: dict[tuple[str, str, str], float]) -> list[Result]:
    """Before each past target what lies a standard deviation farther scores a point less."""
    return [
        Result(encoder="e", target=target, arm=arm, value=0.6 - 0.01 * far.get(("e", target, arm), 0.0), error=0.001)
        for target in PAST
        for arm in ARMS
    ]


def shuffled() -> dict[tuple[str, str, str], float]:
    """Before each past target other arms lie near, so that no arm is popular."""
    draw = np.random.default_rng(0)
    return {("e", t, a): float(x) for t in PAST for a, x in zip(PLACES, draw.permutation([-1, 0, 1]), strict=True)}


def test_without_divergences_nothing_changes() -> None:
    """The prior is the one before divergence was a source, to the bit."""
    plain = prior(history(shuffled()), ARMS, "e", "here", usual=0.01, noise=0.001)
    told = prior(history(shuffled()), ARMS, "e", "here", usual=0.01, noise=0.001, apart={})
    assert np.array_equal(plain.mean, told.mean)
    assert np.array_equal(plain.covariance, told.covariance)
    assert told.slope == (0.0, 0.0)


def test_a_slope_is_learned_from_other_targets_and_drawn_to_nothing() -> None:
    """Where nearer arms gained before eight targets the slope is below 0, but less steep than what was seen there."""
    rows, far = history(shuffled()), shuffled() | HERE
    made = prior(rows, ARMS, "e", "here", usual=0.01, noise=0.001, apart=far)
    mean, sd = made.slope
    assert -0.01 / made.scale < mean < 0
    assert 0 < sd < PARTS.slope**0.5
    moved = made.mean - prior(rows, ARMS, "e", "here", usual=0.01, noise=0.001).mean
    assert moved[1] > moved[2] > moved[3]


def test_where_no_other_target_tells_the_slope_stays_at_nothing() -> None:
    """Distances of this target alone move no expectation; they widen what is not known."""
    rows = history(shuffled())
    made = prior(rows, ARMS, "e", "here", usual=0.01, noise=0.001, apart=HERE)
    blind = prior(rows, ARMS, "e", "here", usual=0.01, noise=0.001)
    assert made.mean == pytest.approx(blind.mean, abs=1e-9)
    assert made.covariance[1, 1] == pytest.approx(blind.covariance[1, 1] + PARTS.slope, abs=1e-6)


def test_the_slope_is_that_of_ridge_regression() -> None:
    """One board of many arms that nothing else tells apart: mean and variance by the formula for one regressor."""
    arms = tuple(f"arm{n}" for n in range(12))
    x = np.linspace(-1.5, 1.5, 12)
    y = 0.6 + 0.01 * np.sin(np.arange(12.0)) - 0.004 * x
    far = {("e", "past", arm): float(each) for arm, each in zip(arms, x, strict=True)}
    rows = [
        Result(encoder="e", target="past", arm=a, value=float(v), error=0.002) for a, v in zip(arms, y, strict=True)
    ]
    alone = replace(PARTS, arm=0, arm_encoder=0, arm_kind=0, pair=0, kind=0, own=0, board=0, elsewhere=0, none=0)
    made = prior(rows, arms, "e", "here", usual=0.01, noise=0.002, apart=far, parts=alone)
    scale = float(np.sqrt(y.var(ddof=1) - 0.002**2))
    noise = alone.rest + (0.002 / scale) ** 2
    precision = (x @ x) / noise + 1 / alone.slope
    assert made.slope[0] == pytest.approx((x @ (y - y.mean())) / scale / noise / precision, rel=1e-4)
    assert made.slope[1] == pytest.approx(precision**-0.5, rel=1e-4)


def test_apart_is_in_standard_deviations_between_the_arms_of_a_target() -> None:
    """Two targets at other distances and two measures in other units: arms are compared within a target."""
    rows = [
        Distance(encoder="e", target=target, arm=arm, language=code, measure=measure, value=unit * (base + place))
        for measure, unit in (("m", 1.0), ("n", 100.0))
        for target, base in (("t", 0.0), ("u", 10.0))
        for arm, place in (("a", 1.0), ("b", 3.0))
        for code in ("en", "de", "sw")
    ]
    found = apart(rows)
    assert found == pytest.approx({("e", t, a): x for t in "tu" for a, x in (("a", -1.0), ("b", 1.0))})
    assert apart([each for each in rows if each.arm == "a"]) == {}


def test_labels_of_tests_are_never_read(tmp_path: Path) -> None:
    """Rows of label-aware measures, of alignment, and of the target's own task are not among what is read."""
    store = build(
        tmp_path / "store", lambda *_: 0.6, targets={"xnli": ("en", "de")}, intermediates=("qa", "xnli"), encoders=1,
        name="made",
    )  # fmt: skip
    encoder = next(spec for spec in store.study("made").specs.values() if spec.parent is None)

    def row(measure: str, family: str, arm: str) -> Divergence:
        return Divergence(
            encoder=encoder.run_id, measure=measure, family=family, direction="distance", version="",
            intermediate=arm, target="xnli", split="test", language="de", value=0.5,
        )  # fmt: skip

    rows = [row("jaccard", "lexical", "qa"), row("otdd", "label-aware", "qa"), row("leep", "label-aware", "qa"),
            row("mexa", "alignment", ""), row("jaccard", "lexical", "xnli")]  # fmt: skip
    store.save_divergences("made", "p", rows)
    assert [(each.measure.split()[0], each.arm, each.target) for each in distances(store)] == [
        ("jaccard", "qa", "xnli")
    ]
