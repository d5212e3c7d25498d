"""Rankings against scikit-learn and against slow, plain statements of the official rules."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score

from isogloss.core.errors import MetricError
from isogloss.core.metric import find
from isogloss.metrics import bucc_best_f1

IDS = [f"c{number}" for number in range(30)]
RANKINGS = st.lists(st.tuples(st.permutations(IDS), st.sets(st.sampled_from(IDS), min_size=1)), min_size=1, max_size=4)


def average_precision(ranked: list[str], wanted: set[str], depth: int) -> float:
    """XTREME-R's rule for LAReQA: precision at each new hit, over the number of relevant ones or the depth."""
    total = 0.0
    for rank in range(1, min(depth, len(ranked)) + 1):
        if ranked[rank - 1] in wanted and ranked[rank - 1] not in ranked[: rank - 1]:
            total += len(set(ranked[:rank]) & wanted) / rank
    return total / min(len(wanted), depth)


@settings(max_examples=150, deadline=None)
@given(RANKINGS)
def test_map_at_20_is_the_official_rule(case: list[tuple[list[str], set[str]]]) -> None:
    """mAP@20 equals the plain statement, with more than 20 relevant candidates and with repeated ones too."""
    found = [ranked[:3] + ranked for ranked, _ in case]  # three are listed twice
    expected = np.mean([average_precision(ranked, wanted, 20) for ranked, (_, wanted) in zip(found, case, strict=True)])
    golds = [sorted(wanted) for _, wanted in case]
    assert find("map_at_20")(found, golds) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(st.permutations(IDS[:20]), st.sets(st.sampled_from(IDS[:20]), min_size=1))
def test_map_of_whole_rankings_is_scikit_learns(ranked: list[str], wanted: set[str]) -> None:
    """Where 20 candidates are all there are, mAP@20 is average precision."""
    expected = average_precision_score([name in wanted for name in ranked], list(range(20, 0, -1)))
    assert find("map_at_20")([ranked], [sorted(wanted)]) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(RANKINGS)
def test_mrr_is_map_for_one_relevant_candidate(case: list[tuple[list[str], set[str]]]) -> None:
    """XTREME-R calls Mewsli-X's MRR@20 mAP@20: with one relevant candidate the two are the same number."""
    found, golds = [ranked for ranked, _ in case], [[min(wanted)] for _, wanted in case]
    first = [ranked.index(gold[0]) + 1 for ranked, gold in zip(found, golds, strict=True)]
    expected = np.mean([1 / rank if rank <= 20 else 0.0 for rank in first])
    assert find("mrr_at_20")(found, golds) == pytest.approx(expected, abs=1e-12)
    assert find("map_at_20")(found, golds) == pytest.approx(expected, abs=1e-12)


def test_a_hand_worked_ranking() -> None:
    """Relevant at ranks 1 and 3 of two relevant: AP (1/1 + 2/3) / 2 = 5/6; the reciprocal rank is 1."""
    ranking = {"ids": ["a", "x", "b"], "scores": [0.9, 0.8, 0.7]}
    assert find("map_at_20")([ranking], [["a", "b"]]) == pytest.approx(5 / 6, abs=1e-12)
    assert find("mrr_at_20")([ranking], [["a", "b"]]) == 1.0
    assert find("retrieval_accuracy")([ranking, ["x", "a"]], [["a", "b"], ["a"]]) == 0.5


@pytest.mark.parametrize("metric", ["retrieval_accuracy", "map_at_20", "mrr_at_20"])
def test_a_query_without_relevant_candidates_is_an_error(metric: str) -> None:
    """No ranking could be right for it; an empty ranking, on the other hand, is wrong."""
    with pytest.raises(MetricError, match=r"query 1 .* no relevant candidate"):
        find(metric).rows([["a"], ["a"]], [["a"], []])
    assert find(metric)([[]], [["a"]]) == 0.0


@pytest.mark.parametrize("ranking", ["a", None, {"scores": [1.0]}, 3])
def test_another_form_is_an_error(ranking: object) -> None:
    """A ranking is a list of ids, or ids with scores."""
    with pytest.raises(MetricError, match="give a list of ids"):
        find("map_at_20").rows([ranking], [["a"]])


MINED = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.sampled_from("abcd"), st.floats(0, 2, width=16)), max_size=3, unique_by=lambda pair: pair[0]
        ),
        st.lists(st.sampled_from("abcd"), max_size=2, unique=True),
    ),
    min_size=1,
    max_size=8,
)


def rows_of(case: list) -> tuple[list[dict], list[list[str]]]:
    """Mined pairs with scores, and gold pairs."""
    found = [{"ids": [name for name, _ in mined], "scores": [score for _, score in mined]} for mined, _ in case]
    return found, [gold for _, gold in case]


def pair_f1(pairs: set, wanted: set) -> float:
    """XTREME's bucc_f1 over sets of (source, target) pairs."""
    common = len(pairs & wanted)
    if not common:
        return 0.0
    precision, recall = common / len(pairs), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


@settings(max_examples=150, deadline=None)
@given(MINED)
def test_bucc_f1_is_the_official_set_f1(case: list) -> None:
    """F1 at the threshold already applied is F1 of two sets of pairs, as scikit-learn counts it over all pairs."""
    found, golds = rows_of(case)
    pairs = {(row, name) for row, ranking in enumerate(found) for name in ranking["ids"]}
    wanted = {(row, name) for row, gold in enumerate(golds) for name in gold}
    if not pairs | wanted:
        with pytest.raises(MetricError, match="undefined"):
            find("bucc_f1")(found, golds)
        return
    everything = [(row, name) for row in range(len(case)) for name in "abcd"]
    sides = [[int(pair in side) for pair in everything] for side in (wanted, pairs)]
    expected = f1_score(*sides, zero_division=0.0)
    assert find("bucc_f1")(found, golds) == pytest.approx(expected, abs=1e-12)
    assert pair_f1(pairs, wanted) == pytest.approx(expected, abs=1e-12)


@settings(max_examples=150, deadline=None)
@given(MINED)
def test_the_best_threshold_is_the_best(case: list) -> None:
    """No threshold gives a higher F1 than the best one, ties included; applying it gives the F1 that is reported."""
    found, golds = rows_of(case)
    wanted = {(row, name) for row, gold in enumerate(golds) for name in gold}
    scored = [
        (score, (row, name))
        for row, ranking in enumerate(found)
        for name, score in zip(ranking["ids"], ranking["scores"], strict=True)
    ]
    if not scored and not wanted:
        return
    best = max(
        (pair_f1({pair for other, pair in scored if other >= score}, wanted) for score, _ in scored), default=0.0
    )
    assert find("bucc_best_f1")(found, golds) == pytest.approx(best, abs=1e-12)
    if best > 0:
        kept = bucc_best_f1.above(found, bucc_best_f1.threshold(found, golds))
        assert find("bucc_f1")(kept, golds) == pytest.approx(best, abs=1e-12)


def test_a_hand_worked_threshold() -> None:
    """Pairs right, wrong, right at 1.4, 1.2, 1.1 and 2 gold: all three kept give F1 4/5; the best of the three."""
    found = [{"ids": ["t"], "scores": [score]} for score in (1.4, 1.2, 1.1, 1.0)]
    golds = [["t"], [], ["t"], []]
    assert find("bucc_best_f1")(found, golds) == pytest.approx(0.8, abs=1e-12)
    assert bucc_best_f1.threshold(found, golds) == pytest.approx(1.05, abs=1e-12)


def test_a_threshold_needs_a_right_pair() -> None:
    """With no right pair mined, no threshold can be learned; F1 is 0 all the same."""
    found, golds = [{"ids": ["t"], "scores": [1.0]}], [["u"]]
    with pytest.raises(MetricError, match="no threshold is better"):
        bucc_best_f1.threshold(found, golds)
    assert find("bucc_best_f1")(found, golds) == 0.0


def test_a_threshold_needs_scores() -> None:
    """Ids alone cannot be cut by a threshold."""
    with pytest.raises(MetricError, match="one score per id"):
        find("bucc_best_f1").rows([["t"]], [["t"]])
