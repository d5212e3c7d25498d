"""Hand-worked taggings."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from isogloss.core.metric import find

# The example of the official UD-POS rule: the NOUN run ends one token apart, so neither run matches.
GOLD, FOUND = [["NOUN", "NOUN", "NOUN", "VERB"]], [["NOUN", "NOUN", "VERB", "VERB"]]


def test_the_official_pos_f1_of_one_slip_is_zero() -> None:
    """Three of four tags are right, and the official F1 is 0.0."""
    assert find("run_f1")(FOUND, GOLD) == 0.0
    assert find("token_accuracy")(FOUND, GOLD) == 0.75


def test_neighbouring_symbols_are_chunks_of_their_own() -> None:
    """SYM starts with S, which the rule reads as a chunk of one token: 2 of 2 gold, 1 of 2 predicted are right."""
    assert find("run_f1").rows([["SYM", "NOUN"]], [["SYM", "SYM"]]).tolist() == [[1, 2, 2]]


def test_span_f1_of_a_hand_worked_sentence() -> None:
    """Gold LOC(0-1) PER(3), predicted LOC(0-1) ORG(3): one of two right on both sides, F1 1/2."""
    gold = [["B-LOC", "I-LOC", "O", "B-PER"]]
    found = [["B-LOC", "I-LOC", "O", "B-ORG"]]
    assert find("span_f1")(found, gold) == 0.5


def test_a_chunk_may_begin_with_i_after_o() -> None:
    """conlleval takes an I- after O for a beginning."""
    assert find("span_f1")([["O", "I-LOC"]], [["O", "B-LOC"]]) == 1.0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.tuples(*2 * [st.sampled_from(["A", "B", "C"])]), max_size=6), min_size=1).filter(any))
def test_token_accuracy_is_scikit_learns(case: list[list[tuple[str, str]]]) -> None:
    """Token accuracy is accuracy over the tokens of all sentences together."""
    found, gold = [[[pair[side] for pair in row] for row in case] for side in (0, 1)]
    assert find("token_accuracy")(found, gold) == pytest.approx(
        accuracy_score([*chain(*gold)], [*chain(*found)]), abs=1e-12
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(*2 * [st.sampled_from(["entailment", "neutral", "contradiction"])]), min_size=1))
def test_accuracy_is_scikit_learns(case: list[tuple[str, str]]) -> None:
    """Accuracy of labels equals scikit-learn's."""
    found, gold = zip(*case, strict=True)
    assert find("accuracy")(found, gold) == pytest.approx(accuracy_score(gold, found), abs=1e-12)


def test_accuracy_of_choices() -> None:
    """Indices of choices are scored like labels."""
    assert find("accuracy")([0, 1, 2], [0, 1, 1]) == pytest.approx(2 / 3)
