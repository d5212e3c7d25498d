"""evidence/calibrate.py and the verifier: probabilities that hold, a domain outside of which there are none."""

import numpy as np
import pytest

from isogloss.core.errors import DataError
from isogloss.core.seeds import rng
from isogloss.evidence import calibrate, signs
from isogloss.evidence.calibrate import LABELS, Domain, ece, fitted, macro_f1, null_of, thresholds
from isogloss.evidence.verifier import words
from isogloss.literature.passages import Nearest

CELLS = (
    "The kinase was expressed in the liver of mice and patients.", "Loss of the kinase reduced tumor growth in mice.",
    "Apoptosis of cancer cells increased after treatment with the inhibitor.",
)  # fmt: skip
PARSERS = ("We train a parser on treebanks.", "The parser improves labelled attachment by 2.1 points.")


def draw(n: int) -> "tuple[np.ndarray, np.ndarray, list[str]]":
    """Signs that decide a label up to noise, labels, and a group of two examples each."""
    stream = rng("test", "calibrate")
    labels = stream.integers(3, size=n)
    x = np.eye(3)[labels] + 0.7 * stream.normal(size=(n, 3))
    return x, labels, [str(place // 2) for place in range(n)]


def test_a_fitted_model_is_calibrated_and_right() -> None:
    """Held-out probabilities lie within the error that a perfect model shows, and most labels are right."""
    x, labels, groups = draw(600)
    model, held = fitted("test", ("a", "b", "c"), x, labels, groups, calibrated_on="draws")
    assert model.calibration.ece <= model.calibration.null + 0.02
    assert macro_f1(held.argmax(axis=1), labels)[0] > 0.6
    again = calibrate.model_of(model.plain(), "test")
    assert np.allclose(again.probabilities(x), model.probabilities(x))


def test_ece_by_hand() -> None:
    """Two answers at .9, one right; two at .6, both right: (|1 - 1.8| + |2 - 1.2|) / 4."""
    p = np.array([[0.9, 0.1, 0.0], [0.9, 0.05, 0.05], [0.4, 0.6, 0.0], [0.2, 0.6, 0.2]])
    assert ece(p, np.array([0, 1, 1, 1])) == pytest.approx(0.4)


def test_the_null_is_what_perfect_calibration_shows() -> None:
    """Labels drawn from the probabilities have an ECE below the bound 19 times in 20."""
    stream = rng("test", "null")
    p = stream.dirichlet([1, 1, 1], size=300)
    bound = null_of(p, draws=300)
    drawn = [(stream.random((300, 1)) > p.cumsum(axis=1)[:, :-1]).sum(axis=1) for _ in range(200)]
    assert 0.9 <= np.mean([ece(p, labels) <= bound for labels in drawn]) <= 0.99


def test_a_threshold_is_right_nine_times_in_ten() -> None:
    """The lowest probability from which 9 of 10 are right; none where that is never so, or so few are left."""
    sure = np.linspace(0.99, 0.5, 100)
    p = np.column_stack([1 - sure, sure, np.zeros(100)])
    right = np.where(np.arange(100) < 60, 1, 0)
    found = thresholds(p, right)
    above = p[:, 1] >= found["SUPPORT"]
    assert (right[above] == 1).mean() >= 0.9
    assert above.sum() in (65, 66)  # the threshold is rounded
    assert "SUPPORT" not in thresholds(p, np.zeros(100, dtype=int))
    assert "REFUTE" not in found


def test_a_claim_unlike_the_calibration_set_gets_no_probability() -> None:
    """A biomedical text has one; a text about parsing is out of domain, and nothing is decided."""
    verifier = words()
    nearest = Nearest.of([*CELLS, *PARSERS])
    inside = verifier.read("Loss of the kinase reduces tumors in mice.", CELLS, "A kinase in cancer", nearest)
    outside = verifier.read("The parser improves attachment.", PARSERS, "A parser", nearest)
    assert inside.inside
    assert not outside.inside
    assert outside.decided == ""
    said = verifier.outcome("overlap", outside, "x#abstract", ())
    assert said.says == "out of domain"
    assert said.p is None


def test_words_lean_and_never_decide() -> None:
    """However sure, level 1 leaves a claim undecided, with a probability and its calibration."""
    verifier = words()
    said = verifier.read(CELLS[1], CELLS, "A kinase in cancer", Nearest.of(CELLS))
    found = verifier.outcome("overlap", said, "x#abstract", ())
    assert found.status == "undecided"
    assert found.p is not None
    assert found.calibration is not None
    assert found.calibration.ece <= 0.083


def test_shipped_models_read_the_signs_there_are() -> None:
    """Names and numbers of signs fit, so that no coefficient is read for another sign."""
    assert calibrate.shipped("words").signs == signs.names()
    assert calibrate.shipped("words_minilm").signs == signs.names(cosines=True)
    assert len(LABELS) == len(calibrate.shipped("words").weights)


def test_signs_do_not_look_at_the_claim_alone() -> None:
    """Without a word in common nothing of the claim shows: another claim has the same signs."""
    nearest = Nearest.of(PARSERS)
    one, other = (
        signs.signs(claim, ["Zebra crossings."], "", nearest)
        for claim in ("Kinases phosphorylate proteins.", "Glaciers melt.")
    )
    here = [name for name, a, b in zip(signs.names(), one, other, strict=True) if abs(a - b) > 0.2]
    assert here == []


def test_a_domain_counts_its_marks() -> None:
    """Two of four words are marks: one half."""
    domain = Domain(set="x", marks=frozenset({"kinas", "tumor"}), least=0.5)
    assert domain.holds("kinase tumor grows fast")
    assert not domain.holds("kinase grows fast")


def test_a_single_group_cannot_be_left_out() -> None:
    """A model of no examples says nothing."""
    with pytest.raises(DataError, match="3 examples of 1 group"):
        calibrate.held_out(np.zeros((3, 2)), np.array([0, 1, 2]), ["claim"] * 3)
