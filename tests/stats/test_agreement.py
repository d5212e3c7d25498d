"""stats/agreement.py against textbook answers, and its intervals against draws whose truth is known."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from isogloss.core.errors import MetricError
from isogloss.stats.agreement import alpha, alpha_with_interval, icc, icc_with_interval

RATERS = ("*****3 4 1 2 1 1 3 3 * 3", "1 * 2 1 3 3 4 3 *******", "**2 1 3 4 4 * 2 1 1 3 3 * 4")


def textbook() -> "np.ndarray":
    """Krippendorff's example: three raters, fifteen items, stars where one is missing."""
    rows = [[np.nan if mark == "*" else float(mark) for mark in row.replace(" ", "")] for row in RATERS]
    return np.array(rows).T


@pytest.mark.parametrize(
    ("level", "value"), [("nominal", 0.691), ("ordinal", 0.807), ("interval", 0.811), ("ratio", 0.809)]
)
def test_alpha_of_the_textbook(level: str, value: float) -> None:
    """Krippendorff 2011, "Computing Krippendorff's alpha-reliability": three decimals."""
    assert alpha(textbook(), level) == pytest.approx(value, abs=5e-4)


def test_alpha_of_two_committees() -> None:
    """The NeurIPS 2014 experiment: 22 + 101 agreements and 43 disagreements in 166 papers, by hand: nominal 0.332."""
    pairs = [(1, 1)] * 22 + [(1, 0)] * 22 + [(0, 1)] * 21 + [(0, 0)] * 101
    accepted = 22 * 2 + 43
    expected = accepted * (332 - accepted) / (331 * 166)  # disagreements that chance would bring
    assert alpha(np.array(pairs, dtype=float), "nominal") == pytest.approx(1 - 43 / 166 / expected, abs=1e-12)
    assert alpha(np.array(pairs, dtype=float), "nominal") == pytest.approx(0.332, abs=5e-4)


def test_icc_of_shrout_and_fleiss() -> None:
    """Shrout & Fleiss 1979, table 2: ICC(1,1) = .17 and ICC(1,4) = .44."""
    ratings = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
    assert icc(ratings) == pytest.approx(0.17, abs=5e-3)
    assert icc(ratings, mean=True) == pytest.approx(0.44, abs=5e-3)


def exactly(ratings: "list[list[int | None]]", level: str) -> Fraction:
    """Alpha by its definition over pairs of ratings, in whole numbers and fractions: nothing of the matrix code."""
    kept = [[value for value in row if value is not None] for row in ratings]
    kept = [row for row in kept if len(row) > 1]
    every = [value for row in kept for value in row]

    def rank(value: int) -> Fraction:
        return Fraction(sum(each < value for each in every)) + Fraction(sum(each == value for each in every), 2)

    def apart(a: int, b: int) -> Fraction:
        if level == "nominal":
            return Fraction(a != b)
        if level == "ordinal":
            return (rank(a) - rank(b)) ** 2
        return Fraction(a - b) ** 2 if level == "interval" else Fraction(a - b, a + b) ** 2

    observed = sum((Fraction(sum(apart(a, b) for a, b in permutations(row, 2))) / (len(row) - 1) for row in kept),
                   Fraction(0)) / len(every)  # fmt: skip
    expected = Fraction(sum(apart(a, b) for a, b in permutations(every, 2))) / (len(every) * (len(every) - 1))
    return 1 - observed / expected


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_is_its_definition_to_the_last_digit(level: str) -> None:
    """Pair by pair in fractions: the textbook's ratings with their gaps, and five items that three rated."""
    gaps = [[None if np.isnan(value) else int(value) for value in row] for row in textbook()]
    small: list[list[int | None]] = [[1, 1, 2], [3, 3, 3], [2, 3, 2], [5, 4, 5], [1, 2, 1]]
    for given in (gaps, small):
        ratings = np.array([[np.nan if value is None else value for value in row] for row in given], dtype=float)
        assert alpha(ratings, level) == pytest.approx(float(exactly(given, level)), abs=1e-12)


def test_alpha_by_hand() -> None:
    """Two raters, (1, 1), (1, 2), (2, 2): one item of three disagrees; values 1 1 1 2 2 2, so chance brings 18 of 30
    ordered pairs. Alpha is 1 - (1/3) / (3/5) = 4/9."""
    pairs = np.array([[1, 1], [1, 2], [2, 2]], dtype=float)
    assert alpha(pairs, "nominal") == pytest.approx(4 / 9, abs=1e-12)
    assert alpha(pairs, "interval") == pytest.approx(4 / 9, abs=1e-12)


def test_icc_by_hand() -> None:
    """Two raters, (1, 3), (5, 5), (6, 10): means 2, 5, 8 about 5. Between 2·(9 + 0 + 9)/2 = 18, within
    (2 + 0 + 8)/3 = 10/3. ICC(1,1) = (18 - 10/3)/(18 + 10/3) = 11/16, ICC(1,2) = (18 - 10/3)/18 = 22/27."""
    pairs = np.array([[1, 3], [5, 5], [6, 10]], dtype=float)
    assert icc(pairs) == pytest.approx(11 / 16, abs=1e-12)
    assert icc(pairs, mean=True) == pytest.approx(22 / 27, abs=1e-12)


def test_icc_of_shrout_and_fleiss_to_the_last_digit() -> None:
    """The same six targets and four judges by sums of squares in fractions, item by item."""
    rows = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    grand = Fraction(sum(map(sum, rows)), 24)
    means = [Fraction(sum(row), 4) for row in rows]
    between = 4 * sum((mean - grand) ** 2 for mean in means) / 5
    within = sum((value - mean) ** 2 for row, mean in zip(rows, means, strict=True) for value in row) / 18
    ratings = np.array(rows, dtype=float)
    assert icc(ratings) == pytest.approx(float((between - within) / (between + 3 * within)), abs=1e-12)
    assert icc(ratings, mean=True) == pytest.approx(float((between - within) / between), abs=1e-12)


def test_neither_depends_on_order_or_on_names_of_raters() -> None:
    """Rows and columns in any order."""
    draw = np.random.default_rng(1)
    ratings = draw.integers(1, 6, size=(12, 4)).astype(float)
    other = ratings[draw.permutation(12)][:, draw.permutation(4)]
    assert alpha(other) == pytest.approx(alpha(ratings), abs=1e-12)
    assert icc(other) == pytest.approx(icc(ratings), abs=1e-12)


def test_perfect_agreement_is_one() -> None:
    """Raters who say the same of items that differ."""
    same = np.repeat(np.arange(1.0, 7.0)[:, None], 3, axis=1)
    assert alpha(same) == pytest.approx(1)
    assert icc(same) == pytest.approx(1)


def test_what_is_undefined_is_an_error() -> None:
    """One value alone, or no item rated twice."""
    with pytest.raises(MetricError, match="all ratings are 3"):
        alpha(np.full((4, 2), 3.0))
    with pytest.raises(MetricError, match="no item has two ratings"):
        alpha(np.array([[1.0, np.nan], [np.nan, 2.0]]))


def test_few_items_have_no_interval() -> None:
    """Three items say nothing of others."""
    assert alpha_with_interval(np.array([[1, 2], [3, 3], [5, 4]], float)).low is None


@pytest.mark.parametrize("items", [20, 60])
def test_intervals_hold_the_truth_as_often_as_they_say(items: int) -> None:
    """95% intervals of ICC over draws with a known ICC of .36 hold it in 93 to 97 of 100, up to sampling error."""
    draw, held, times = np.random.default_rng(7), 0, 300
    for _ in range(times):
        found = icc_with_interval(0.6 * draw.normal(size=(items, 1)) + 0.8 * draw.normal(size=(items, 4)))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.36 <= found.high
    assert 0.92 <= held / times <= 0.98


def test_the_interval_of_icc_is_nearly_the_exact_one() -> None:
    """Of normal ratings: Shrout & Fleiss 1979 give F's own quantiles; the jackknife's ends lie near theirs."""
    from scipy.stats import f

    draw = np.random.default_rng(3)
    ratings = 0.6 * draw.normal(size=(400, 1)) + 0.8 * draw.normal(size=(400, 4))
    found = icc_with_interval(ratings)
    seen = (1 + 3 * found.value) / (1 - found.value)
    ratios = seen / f.ppf(0.975, 399, 1200), seen * f.ppf(0.975, 1200, 399)
    low, high = ((ratio - 1) / (ratio + 3) for ratio in ratios)
    assert found.low == pytest.approx(low, abs=0.1 * (high - low))
    assert found.high == pytest.approx(high, abs=0.1 * (high - low))


def test_perfect_agreement_has_an_interval_of_no_width() -> None:
    """Nothing was left out that would change it."""
    same = np.repeat(np.arange(1.0, 7.0)[:, None], 3, axis=1)
    found = alpha_with_interval(same)
    assert found.low == pytest.approx(1)
    assert found.high == pytest.approx(1)
