"""Intervals and noise floors of divergences."""

import numpy as np
import pytest

from isogloss.core.folder import load
from isogloss.core.measure import Corpus
from isogloss.measuring.comparison import Comparison, interval

WIDTH = 8


def corpus(name: str, n: int = 200, shift: float = 0.0, seed: int = 0) -> Corpus:
    draw = np.random.default_rng(seed)
    return Corpus(name=name, vectors=draw.standard_normal((n, WIDTH)) + shift * np.eye(WIDTH)[0])


def test_two_samples_of_one_population_are_noise_and_far_ones_are_not() -> None:
    """MMD² of equal populations lies below the 95% quantile of chance in most draws, of shifted ones above in all."""
    measure = load("measures", "mmd")
    near = [
        Comparison().estimate(measure, corpus(f"a{seed}", seed=seed), corpus(f"b{seed}", seed=seed + 100))
        for seed in range(20)
    ]
    below = sum(each.value <= (each.null_high or 0) for each in near)
    assert below >= 14
    far = Comparison().estimate(measure, corpus("a"), corpus("b", shift=1.0, seed=1))
    assert far.null_high is not None
    assert far.value > far.null_high


def test_the_interval_covers_the_truth() -> None:
    """The energy distance of shifted normals: 95% intervals cover what two large samples give in most of 40 draws."""
    measure = load("measures", "energy")
    truth = measure(corpus("a", 3000, seed=1), corpus("b", 3000, shift=1.5, seed=2))
    covered = 0
    for seed in range(40):
        a, b = corpus(f"a{seed}", seed=2 * seed + 10), corpus(f"b{seed}", shift=1.5, seed=2 * seed + 11)
        low, high = interval(measure, measure(a, b), a, b)
        assert low is not None
        assert high is not None
        covered += low <= truth <= high
    assert covered >= 34


def test_values_repeat_to_the_bit() -> None:
    """Halves are drawn from named streams, so the same corpora give the same estimate."""
    measure = load("measures", "frechet")
    a, b = corpus("a"), corpus("b", shift=0.3, seed=1)
    assert Comparison().estimate(measure, a, b) == Comparison().estimate(measure, a, b)


def test_chance_of_alignment_is_shuffled_translations() -> None:
    """Aligned vectors are found above chance; the floor is the accuracy of shuffled pairs, about 1/n."""
    a = corpus("a", 100)
    found = Comparison().estimate(load("measures", "retrieval_accuracy"), a, a)
    assert found.value == pytest.approx(1.0)
    assert found.null is not None
    assert found.null < 0.1


def test_chance_of_a_transferability_score_is_permuted_labels() -> None:
    """LogME of labels that the vectors tell is above that of permuted ones; of random labels it is not far from it."""
    labels = np.arange(200) % 2
    a = corpus("a")
    assert a.vectors is not None
    told = Corpus(name="told", vectors=a.vectors + 2 * np.eye(WIDTH)[1] * labels[:, None], labels=labels)
    untold = Corpus(name="untold", vectors=a.vectors, labels=labels)
    measure = load("measures", "logme")
    clear, blurred = (Comparison().estimate(measure, each, each) for each in (told, untold))
    assert clear.null_high is not None
    assert blurred.null is not None
    assert clear.value > clear.null_high
    assert abs(blurred.value - blurred.null) < 0.1 * (clear.value - clear.null_high)


def test_a_handful_of_examples_has_a_value_and_no_interval() -> None:
    """With fewer than eight examples nothing is halved."""
    found = Comparison().estimate(load("measures", "energy"), corpus("a", 5), corpus("b", 5, seed=1))
    assert found.low is None
    assert found.null is None
