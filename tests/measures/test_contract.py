"""Every measure of the registry on hostile corpora: a finite value inside its bounds, or MetricError. Nothing else."""

from collections.abc import Iterator

import numpy as np
import pytest

from isogloss.core.errors import MetricError
from isogloss.core.folder import load, names
from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float

MEASURES = [each for each in (load("measures", name) for name in names("measures")) if each.scope != "language"]
NUMERIC = [each for each in MEASURES if {"vectors", "fisher"} & set(each.needs)]
SIZES = [(2, 3, 5), (3, 3, 1), (4, 4, 12), (5, 6, 2), (6, 6, 40), (17, 13, 4)]
Vectors = Float[np.ndarray, "n d"]


def named(measure: Measure) -> str:
    return measure.name


def hostile(n: int, width: int, seed: int = 0) -> Iterator[Vectors]:
    """Vectors that have caught a measure somewhere, or could."""
    draw = np.random.default_rng(seed)
    usual, base = draw.standard_normal((n, width)), draw.standard_normal(width)
    some = np.arange(n)[:, None] < max(1, n // 5)
    sides = (np.arange(n) % 2)[:, None]
    yield usual
    for wrong in (np.nan, np.inf, -np.inf):
        yield np.where((np.arange(n) == n // 2)[:, None] & (np.arange(width) == width // 2), wrong, usual)
        yield np.full((n, width), wrong)
    for noise in (0.0, 1e-17, 1e-9, 1e-7, 1e-5):
        yield noise * usual
        yield base + noise * usual
        yield np.where(some, usual, base) + noise * usual
        yield np.where(some, usual, 0.0) + noise * usual
        yield base * sides + noise * usual
        yield np.where(np.arange(width) < width // 2, usual, 0.0) + noise * usual
    for scale in (1e300, 1e80, 1e40, 1e20, 1e-20, 1e-40, 1e-80, 1e-300, 1e-310):
        yield usual * scale
        yield np.where(some, usual * scale, usual)
        yield np.where(np.arange(width) == 0, usual * scale, usual)
    yield np.where(np.arange(width) == 0, 3.0, usual)
    for offset in (1e3, 1e6, 1e12):
        yield usual + offset
    yield np.outer(draw.standard_normal(n), base)
    yield np.repeat(usual, 2, axis=0)[:n]


def corpus(vectors: Vectors, classes: int) -> Corpus:
    """With labels of so many classes, sub-words, and vectors' sizes as Fisher information."""
    with np.errstate(all="ignore"):
        sizes = np.abs(vectors)
    return Corpus(
        name="hostile", vectors=vectors, labels=np.arange(len(vectors)) % classes, fisher=sizes,
        subwords=[np.arange(3)] * len(vectors), vocabulary=9,
    )  # fmt: skip


@pytest.mark.parametrize("measure", MEASURES, ids=named)
@pytest.mark.parametrize("kept", [np.float64, np.float32])
def test_a_value_is_finite_and_in_bounds_or_there_is_none(measure: Measure, kept: type) -> None:
    """Whatever the vectors are: not numbers, equal, zero, huge, tiny, few, of one dimension, on one line."""
    for n, m, width in SIZES if kept is np.float64 else SIZES[1::2]:
        with np.errstate(all="ignore"):
            ours, theirs = ([each.astype(kept) for each in hostile(*size)] for size in ((n, width), (m, width, 1)))
        pairs = [*zip(ours, theirs, strict=True), *((ours[0], each) for each in theirs[1::3])]
        pairs += [(each, each) for each in ours[::2]]
        for x, y in pairs:
            try:
                value = measure(corpus(x, 2), corpus(y, min(n, 3)))
            except MetricError:
                continue
            assert np.isfinite(value)
            assert measure.bounds[0] <= value <= measure.bounds[1]
            assert "subwords" in measure.needs or (np.isfinite(x).all() and np.isfinite(y).all())


@pytest.mark.parametrize("measure", NUMERIC, ids=named)
@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("side", [0, 1])
def test_one_number_that_is_none_leaves_no_value(measure: Measure, wrong: float, side: int) -> None:
    """A distance from NaN is no distance, least of all 0 (IEEE 754): on either side the row is absent."""
    pair = [np.random.default_rng(seed).standard_normal((40, 12)) for seed in range(2)]
    pair[side][3, 2] = wrong
    with pytest.raises(MetricError, match="not finite"):
        measure(corpus(pair[0], 2), corpus(pair[1], 2))


@pytest.mark.parametrize("measure", NUMERIC, ids=named)
@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1e9])
def test_the_unit_of_the_vectors_does_not_decide(measure: Measure, scale: float) -> None:
    """A distance grows with the vectors or with their square; what has no unit stays: no constant hides among them."""
    power = {"energy": 1, "sliced_wasserstein": 1, "otdd": 1, "frechet": 2, "sinkhorn": 2}.get(measure.name, 0)
    draw = np.random.default_rng(2)
    x = draw.standard_normal((60, 12)) + 0.3
    y = x + 0.7 * draw.standard_normal((60, 12)) + 0.1
    usual = measure(corpus(x, 3), corpus(y, 3))
    scaled = measure(corpus(x * scale, 3), corpus(y * scale, 3))
    assert scaled == pytest.approx(usual * scale**power, rel=1e-5)


@pytest.mark.parametrize("measure", [each for each in MEASURES if "vectors" in each.needs], ids=named)
def test_one_example_is_no_corpus(measure: Measure) -> None:
    """With one sentence its translation has no rival, one row has no variance, one label no other."""
    one = corpus(np.ones((1, 4)), 1)
    with pytest.raises(MetricError, match="it needs 2 or more of each"):
        measure(one, one)


@pytest.mark.parametrize("measure", NUMERIC, ids=named)
@pytest.mark.parametrize("side", [0, 1])
def test_a_corpus_of_nothing_has_no_value(measure: Measure, side: int) -> None:
    """The mean of no rows is not a number: the row is absent, and nothing is warned of on the way."""
    pair = [corpus(np.ones((9, 4)) + np.eye(9, 4), 2) for _ in range(2)]
    pair[side] = corpus(np.ones((0, 4)), 1)
    with pytest.raises(MetricError):
        measure(*pair)


@pytest.mark.parametrize("measure", NUMERIC, ids=named)
def test_vectors_without_dimensions_have_no_value(measure: Measure) -> None:
    """There is nothing in them that could lie apart, or be alike."""
    with pytest.raises(MetricError, match="no dimensions"):
        measure(corpus(np.empty((6, 0)), 2), corpus(np.empty((6, 0)), 2))


@pytest.mark.parametrize("name", ["task_embedding", "text_embedding"])
@pytest.mark.parametrize("kept", [np.float16, np.float32])
def test_what_is_kept_in_less_precision_lies_at_zero_from_itself(name: str, kept: type) -> None:
    """A cosine of means in half precision is off by 1e-3, and was an error where it passed 1."""
    one = corpus(np.random.default_rng(0).standard_normal((8, 5)).astype(kept), 2)
    assert load("measures", name)(one, one) == 0.0
