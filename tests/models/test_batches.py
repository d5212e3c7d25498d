"""models/batches: token-budget batches of similar length."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from isogloss.models.batches import cut, epoch, in_order, padding, parts
from isogloss.models.features import Feature

lengths_and_rows = st.lists(st.tuples(st.integers(1, 90), st.integers(1, 4)), min_size=1, max_size=300)


@given(lengths_and_rows, st.integers(50, 2000), st.integers(0, 5))
def test_every_example_occurs_once_in_an_epoch(pairs: list[tuple[int, int]], budget: int, number: int) -> None:
    """Whatever the lengths and the budget, an epoch is a partition of the data."""
    lengths, rows = (np.array(column) for column in zip(*pairs, strict=True))
    for batches in (epoch(lengths, rows, budget, "key", number), in_order(lengths, rows, budget)):
        assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))


@given(lengths_and_rows, st.integers(50, 2000))
def test_no_batch_exceeds_its_budget_unless_one_example_does(pairs: list[tuple[int, int]], budget: int) -> None:
    """A batch's rectangle, padding included, fits; an example larger than the budget stands alone."""
    lengths, rows = (np.array(column) for column in zip(*sorted(pairs), strict=True))
    for batch in cut(lengths, rows, budget):
        assert len(batch) == 1 or lengths[batch].max() * rows[batch].sum() <= budget


@given(lengths_and_rows, st.integers(50, 2000))
def test_parts_of_a_batch_are_all_of_it_in_order(pairs: list[tuple[int, int]], most: int) -> None:
    """Each fits with its padding, or is a single example; without a limit the batch stays whole."""
    batch = [Feature(at, (np.zeros(length, int),) * rows, (0,) * rows) for at, (length, rows) in enumerate(pairs)]
    found = list(parts(batch, most))
    assert [feature for part in found for feature in part] == batch
    for part in found:
        size = max(feature.length for feature in part) * sum(len(feature.rows) for feature in part)
        assert len(part) == 1 or size <= most
    assert list(parts(batch, math.inf)) == [batch]
    assert list(parts([], most)) == []


def test_an_epoch_depends_on_its_key_and_number_alone() -> None:
    """The same epoch is the same again; the next one is another order."""
    lengths = np.random.default_rng(0).integers(5, 60, 500)
    rows = np.ones_like(lengths)
    first, again, second = (epoch(lengths, rows, 640, "key", number) for number in (0, 0, 1))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert [batch.tolist() for batch in first] != [batch.tolist() for batch in second]


def test_padding_is_counted_by_hand() -> None:
    """Lengths 2 and 4 in one batch fill a 2 × 4 rectangle with 6 of 8: a quarter is padding."""
    assert padding([np.array([0, 1])], np.array([2, 4]), np.array([1, 1])) == 0.25


def test_ordinary_lengths_leave_hardly_any_padding() -> None:
    """Sentence-like lengths (log-normal), 32 a batch: under 3% is padding."""
    lengths = np.random.default_rng(1).lognormal(3.2, 0.5, 5000).astype(int).clip(4, 128)
    rows = np.ones_like(lengths)
    assert padding(epoch(lengths, rows, int(32 * lengths.mean()), "key", 0), lengths, rows) < 0.03
