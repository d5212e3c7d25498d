"""Neighbours against brute force in float64 and against scikit-learn; mining against the official rule, said slowly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from isogloss.core.errors import MetricError
from isogloss.evaluation.retrieval.nearest import Neighbours, margin, mine, search, search_both, unit

RNG = np.random.default_rng(5)


def vectors(count: int, width: int = 8, seed: int = 0) -> np.ndarray:
    """Unit vectors; with few distinct values, so that ties and repeats occur."""
    drawn = np.random.default_rng(seed).integers(-2, 3, (count, width)).astype(np.float32)
    drawn[:, 0] += 5
    return unit(drawn)


def brute(x: np.ndarray, y: np.ndarray, k: int) -> np.ndarray:
    """Highest inner product first, lowest index among equals."""
    scores = (x.astype(np.float64) @ y.astype(np.float64).T).round(12)
    return np.argsort(-scores, axis=1, kind="stable")[:, :k]


@settings(max_examples=80, deadline=None)
@given(
    n=st.integers(1, 300),
    m=st.integers(1, 300),
    k=st.integers(1, 6),
    block=st.integers(1, 200),
    seed=st.integers(0, 99),
)
def test_neighbours_are_exact_whatever_the_tile(n: int, m: int, k: int, block: int, seed: int) -> None:
    """Both directions equal brute force in float64, repeated vectors included, for any sizes and tile."""
    x, y = vectors(n, 3, seed), vectors(m, 3, seed + 1)
    block = max(block, max(n, m) // 8)
    forward, backward = search_both(x, y, k, block=block)
    assert forward.ids.tolist() == brute(x, y, k).tolist()
    assert backward.ids.tolist() == brute(y, x, k).tolist()
    assert search(x, y, k, block=block).ids.tolist() == forward.ids.tolist()


def test_neighbours_are_scikit_learns() -> None:
    """On vectors without ties the nearest by cosine are those of scikit-learn's brute search, with their cosines."""
    x, y = (unit(RNG.standard_normal((700, 64)).astype(np.float32)) for _ in range(2))
    distances, ids = NearestNeighbors(n_neighbors=4, algorithm="brute", metric="cosine").fit(y).kneighbors(x)
    found = search(x, y, 4, block=256)
    assert found.ids.tolist() == ids.tolist()
    assert found.scores == pytest.approx(1 - distances, abs=1e-6)


def test_almost_equal_candidates_are_told_apart() -> None:
    """Ten candidates closer together than float32 can tell are still ranked by their float64 products."""
    x = np.zeros((1, 2), dtype=np.float32)
    x[0] = 1.0, 1e-4
    y = np.zeros((40, 2), dtype=np.float32)
    y[:, 0], y[:, 1] = 1.0, RNG.permutation(40) * 1e-4
    assert search(x, y, 10).ids[0].tolist() == np.argsort(-y[:, 1])[:10].tolist()


def test_repeated_candidates_come_in_file_order() -> None:
    """More copies than are kept besides: the lowest indices win, as with the official search."""
    x, y = vectors(3), np.repeat(vectors(3), 20, axis=0)
    assert search(x, y, 4).ids.tolist() == [[0, 1, 2, 3], [20, 21, 22, 23], [40, 41, 42, 43]]


def test_k_larger_than_the_candidates_gives_all() -> None:
    """With three candidates, the four nearest are three."""
    assert search(vectors(5), vectors(3, seed=1), 4).ids.shape == (5, 3)


def test_a_zero_vector_has_no_cosine() -> None:
    """An error that names the vector, not a division by zero."""
    with pytest.raises(MetricError, match=r"vector 1 .* has length 0"):
        unit(np.array([[1.0, 0.0], [0.0, 0.0]]))


def test_nothing_to_search_is_an_error() -> None:
    """No candidates, no neighbours."""
    with pytest.raises(MetricError, match="5 queries, 0 candidates"):
        search(vectors(5), vectors(5)[:0], 1)


def slow_margins(x: np.ndarray, y: np.ndarray, k: int) -> dict[tuple[int, int], float]:
    """XTREME's ratio margin, pair by pair: cosine over the mean of both sides' mean cosine to their k nearest."""
    cosine = x.astype(np.float64) @ y.astype(np.float64).T
    near_x = {i: np.mean(np.sort(cosine[i])[::-1][:k]) for i in range(len(x))}
    near_y = {j: np.mean(np.sort(cosine[:, j])[::-1][:k]) for j in range(len(y))}
    return {(i, j): cosine[i, j] / ((near_x[i] + near_y[j]) / 2) for i in near_x for j in near_y}


@pytest.mark.parametrize("seed", range(20))
def test_mining_is_the_official_rule(seed: int) -> None:
    """Each side's best candidate by margin; all of them sorted by margin; taken while both sentences are free."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((30, 6)).astype(np.float32)
    y = np.vstack([x[:20] + 0.3 * rng.standard_normal((20, 6)), rng.standard_normal((25, 6))]).astype(np.float32)
    x[:, 0], y[:, 0] = x[:, 0] + 6, y[:, 0] + 6
    x, y = unit(x), unit(y)
    forward, backward = search_both(x, y, 4)
    slow = slow_margins(x, y, 4)
    for i, row in enumerate(forward.ids):
        assert margin(forward, backward)[i] == pytest.approx([slow[i, j] for j in row], abs=1e-9)
    best = [(slow[i, j], i, j) for i, row in enumerate(forward.ids) for j in [max(row, key=lambda j: slow[i, j])]]
    best += [(slow[i, j], i, j) for j, row in enumerate(backward.ids) for i in [max(row, key=lambda i: slow[i, j])]]
    expected: dict[tuple[int, int], float] = {}
    for score, i, j in sorted(best, reverse=True):
        if all(i != a and j != b for a, b in expected):
            expected[i, j] = score
    pairs, scores = mine(forward, backward)
    assert [tuple(pair) for pair in pairs.tolist()] == list(expected)
    assert scores == pytest.approx(list(expected.values()), abs=1e-9)


def test_a_hand_worked_margin() -> None:
    """Cosine 0.8, mean similarities 0.6 and 0.4: ratio 0.8 / 0.5 = 1.6, distance 0.3."""
    forward = Neighbours(ids=np.array([[0, 1]]), scores=np.array([[0.8, 0.4]]))
    backward = Neighbours(ids=np.array([[0], [0]]), scores=np.array([[0.4], [0.4]]))
    assert margin(forward, backward)[0, 0] == pytest.approx(1.6)
    assert margin(forward, backward, "distance")[0, 0] == pytest.approx(0.3)
    assert margin(forward, backward, "absolute")[0, 0] == 0.8


def test_a_ratio_to_nothing_is_an_error() -> None:
    """Where neighbours are orthogonal on average, a ratio is undefined, and the distance is offered."""
    forward = Neighbours(ids=np.array([[0]]), scores=np.array([[0.0]]))
    with pytest.raises(MetricError, match="use kind='distance'"):
        margin(forward, forward)
    with pytest.raises(MetricError, match="no margin named 'rato'"):
        margin(forward, forward, "rato")
