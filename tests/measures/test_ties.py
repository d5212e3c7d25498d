"""Zero and equal are what the numbers say, and not what rounding makes of them."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import euclidean_distances, rbf_kernel

from isogloss.core.errors import MetricError
from isogloss.core.folder import load
from isogloss.core.measure import Corpus
from isogloss.core.typing import Float

Vectors = Float[np.ndarray, "n d"]


def corpus(vectors: Vectors, classes: int = 2) -> Corpus:
    return Corpus(name="c", language="de", vectors=vectors, labels=np.arange(len(vectors)) % classes)


def value(name: str, x: Vectors, y: Vectors) -> float:
    return float(load("measures", name)(corpus(x), corpus(y)))


def rows(n: int, width: int, seed: int = 0) -> Vectors:
    return np.random.default_rng(seed).standard_normal((n, width))


@pytest.mark.parametrize("name", ["mexa", "retrieval_accuracy"])
@pytest.mark.parametrize(("n", "width"), [(2, 3), (50, 16), (333, 768), (1100, 31)])
@pytest.mark.parametrize("noise", [0.0, 1e-9, 1e-7])
@pytest.mark.parametrize("kept", [np.float32, np.float64])
def test_a_collapsed_encoder_is_aligned_with_nothing(name: str, n: int, width: int, noise: float, kept: type) -> None:
    """One vector for all tells no translation from any other sentence: no hits, however a product is summed."""
    same = rows(1, width, seed=n)
    x, y = ((same + noise * rows(n, width, seed)).astype(kept) for seed in (1, 2))
    assert value(name, x, y) == 0.0


@pytest.mark.parametrize("name", ["mexa", "retrieval_accuracy"])
def test_two_sentences_with_one_vector_are_no_hits(name: str) -> None:
    """Ten pairs of sentences cannot be told apart; the other twenty find their translations."""
    x = rows(40, 24)
    x[10:20] = x[:10]
    turn = np.linalg.qr(rows(24, 24, seed=1))[0]  # the same angles, other digits
    assert value(name, x @ turn, x @ turn * 3) == 0.5


@pytest.mark.parametrize("name", ["mexa", "retrieval_accuracy", "retrieval_margin"])
def test_a_vector_of_length_zero_has_no_cosine(name: str) -> None:
    """The error says which one; against negative cosines it would win."""
    x = rows(6, 4)
    x[4] = 0
    with pytest.raises(MetricError, match=r"vector 4 of 'c' .* has length zero"):
        value(name, x, rows(6, 4, seed=1))


def mostly_same(noise: float, seed: int) -> Vectors:
    """17 sentences of unknown letters, the same to the encoder, and three others."""
    base = rows(1, 32, seed=99)
    return np.concatenate([base + noise * rows(17, 32, seed), rows(3, 32, seed + 10)])


@pytest.mark.parametrize("noise", [0.0, 1e-9, 1e-7])
def test_mmd_of_mostly_equal_sentences_is_what_the_others_width_gives(noise: float) -> None:
    """The median distance is 0 but for rounding, so the kernel's width is the median of those that are not. With it
    scikit-learn's kernel gives the same, inside [-1, 2] (Gretton et al. 2012)."""
    x, y = mostly_same(noise, 1), mostly_same(noise, 2)
    together = np.vstack([mostly_same(0.0, 1), mostly_same(0.0, 2)])
    squared = euclidean_distances(together, squared=True)[np.triu_indices(40, 1)]
    gamma = 1 / (2 * np.median(squared[squared > 1e-6]))
    kxx, kyy, kxy = rbf_kernel(x, gamma=gamma), rbf_kernel(y, gamma=gamma), rbf_kernel(x, y, gamma=gamma)
    expected = (kxx.sum() - 20) / 380 + (kyy.sum() - 20) / 380 - 2 * kxy.mean()
    assert value("mmd", x, y) == pytest.approx(expected, abs=1e-6)
    assert -1 <= value("mmd", x, y) <= 2


@pytest.mark.parametrize("name", ["cka", "neuron_correlation", "h_score", "logme", "leep", "nce", "mmd"])
@pytest.mark.parametrize("noise", [0.0, 1e-17, 1e-12, 1e-8])
def test_what_equal_vectors_tell_is_nothing(name: str, noise: float) -> None:
    """No variance, so nothing of it is shared, explained or predicted: 0/0 is undefined, not 1 and not chance."""
    x, y = (rows(1, 16, seed=5) + noise * rows(30, 16, seed) for seed in (1, 2))
    with pytest.raises(MetricError, match=r"the same|no dimension varies"):
        value(name, x, y)


POINTS = ("energy", "frechet", "sinkhorn", "sliced_wasserstein", "proxy_a_distance", "otdd", "text_embedding")


@pytest.mark.parametrize("name", [*POINTS, "retrieval_margin"])
@pytest.mark.parametrize("noise", [0.0, 1e-17, 1e-12, 1e-8])
@pytest.mark.parametrize("n", [30, 7])
def test_two_equal_points_lie_at_zero(name: str, noise: float, n: int) -> None:
    """Distances of collections that are one point are 0, which is defined; what rounding makes of it would be above
    what it makes of halves in one half of all cases."""
    x, y = (rows(1, 16, seed=5) + noise * rows(n, 16, seed) for seed in (1, 2))
    assert value(name, x, y) == 0.0


@pytest.mark.parametrize("name", ["leep", "nce"])
def test_equal_vectors_of_a_target_are_no_better_than_chance(name: str) -> None:
    """A language that is one vector to the encoder: labels in another order give the very same value, -H(labels)."""
    x, same = rows(60, 8), np.tile(rows(1, 8, seed=1), (90, 1))
    orders = [np.random.default_rng(seed).permutation(90) % 3 for seed in range(20)]
    found = {load("measures", name)(corpus(x, 3), Corpus(name="t", vectors=same, labels=labels)) for labels in orders}
    assert len(found) == 1
    assert found.pop() == pytest.approx(-np.log(3))


def test_two_different_points_are_told_apart() -> None:
    """Without any variance within, a classifier makes no error: proxy A-distance 2, and a sure label."""
    x, y = np.tile(rows(1, 8), (10, 1)), np.tile(rows(1, 8, seed=1), (10, 1))
    assert value("proxy_a_distance", x, y) == 2.0
    sides = np.tile(np.stack([x[0], y[0]]), (5, 1))  # class 0 is one point, class 1 another
    assert value("leep", sides, sides) == pytest.approx(0.0, abs=1e-9)


def test_a_dimension_that_varies_by_rounding_alone_is_left_out() -> None:
    """The mean of |Pearson's r| over the dimensions that vary, by NumPy."""
    x, y = rows(50, 6), rows(50, 6, seed=1)
    x[:, 2] = 7 + 1e-9 * x[:, 2]
    y[:, 4] = 1e-17 * y[:, 4]
    expected = np.mean([abs(np.corrcoef(x[:, at], y[:, at])[0, 1]) for at in (0, 1, 3, 5)])
    assert value("neuron_correlation", x, y) == pytest.approx(expected)


def test_labels_that_nothing_parts_are_one_label() -> None:
    """Both classes hold the same vectors, so the intermediate task's classifier says nothing: NCE is -H(labels)."""
    x = np.repeat(rows(15, 4), 2, axis=0)  # each vector once in either class
    assert value("nce", x, rows(30, 4, seed=1)) == pytest.approx(-np.log(2))


@pytest.mark.parametrize("n", [2, 3, 4])
def test_fewer_rows_than_folds_have_no_classifier(n: int) -> None:
    """Five folds need five rows of each corpus."""
    with pytest.raises(MetricError, match=f"{n} and 9 examples; it needs 5 or more of each"):
        value("proxy_a_distance", rows(n, 12), rows(9, 12, seed=1))


def test_five_rows_have_one() -> None:
    """Far apart, all ten rows are told apart."""
    assert value("proxy_a_distance", rows(5, 3), rows(5, 3, seed=1) + 50) == 2.0
