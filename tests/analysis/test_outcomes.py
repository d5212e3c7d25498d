"""Outcomes per language on a made-up study whose numbers are chosen."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from isogloss.analysis import ledger, outcomes
from isogloss.analysis.outcomes import Outcome, Outcomes
from isogloss.store.predictions import Predictions
from study_in_store import build

LANGUAGES = ("en", "de", "sw")


def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:
    """qa gains .1 in German, and .04 less .04 a seed in Swahili; nothing is learned of "hard"."""
    if task == "hard":
        return 0.34
    gain = {"de": 0.1, "sw": 0.04 - 0.04 * seed - 0.02 * encoder}.get(language, 0.02) if intermediate == "qa" else 0.0
    return 0.8 - {"en": 0.0, "de": 0.1, "sw": 0.2}[language] + gain


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """Two encoders, two seeds, one intermediate task, a target that is learned and one that is not."""
    store = build(
        tmp_path_factory.mktemp("store"), share, targets={"topics": LANGUAGES, "hard": LANGUAGES},
        intermediates=("qa",), baselines={"majority": 0.35},
    )  # fmt: skip
    return outcomes.outcomes(ledger.read(store, "made_up"))


def of(found: Outcomes, name: str, language: str) -> Outcome:
    """The one outcome of that name."""
    (one,) = [each for each in found.rows if (each.name, each.language) == (name, language)]
    return one


def test_a_gain_stands_beside_the_gain_in_english(found: Outcomes) -> None:
    """.1 in German beside .02 in English, per pretrained copy too."""
    gain = of(found, "gain", "de")
    assert gain.estimate.value == pytest.approx(0.1)
    assert gain.english == pytest.approx(0.02)
    assert gain.values == pytest.approx({"0": 0.1, "1": 0.1})
    assert gain.estimate.low < 0.1 < gain.estimate.high


def test_gap_and_retention_are_of_one_language(found: Outcomes) -> None:
    """English .82 against German .8: gap .02, retention above chance (.8 - 1/3) / (.82 - 1/3)."""
    assert of(found, "gap", "de").estimate.value == pytest.approx(0.02)
    assert of(found, "retention", "de").estimate.value == pytest.approx((0.8 - 1 / 3) / (0.82 - 1 / 3))


def test_harm_is_the_share_of_runs_that_lose(found: Outcomes) -> None:
    """Swahili gains .04, .00 on the first encoder and .02, -.02 on the second: one of four runs loses."""
    harm = of(found, "harm", "sw")
    assert harm.estimate.value == pytest.approx(0.25)
    assert (harm.estimate.low, harm.estimate.high) != (0.0, 1.0)
    assert of(found, "harm", "de").estimate.value == 0


def test_seed_deviation_has_a_chi_square_interval(found: Outcomes) -> None:
    """Gains .04 apart on both encoders: SD .04/√2 with 2 d.f.; the interval is √(2 s²/χ²)."""
    spread = of(found, "seed SD", "sw").estimate
    sd = 0.04 / np.sqrt(2)
    assert spread.value == pytest.approx(sd)
    assert spread.low == pytest.approx(sd * np.sqrt(2 / stats.chi2.ppf(0.975, 2)))
    assert spread.high == pytest.approx(sd * np.sqrt(2 / stats.chi2.ppf(0.025, 2)))


def test_calibration_is_confidence_less_accuracy(found: Outcomes) -> None:
    """All answers have confidence .9, German is right in .8: the expected calibration error is .1."""
    assert of(found, "calibration", "de").estimate.value == pytest.approx(0.1)


def test_calibration_by_hand() -> None:
    """Two bins: .95 twice, right once (|.95 - .5|); .15 twice, never right (.15). The mean is .3."""
    value, error = outcomes.calibration(np.array([0.95, 0.95, 0.15, 0.15]), np.array([True, False, False, False]))
    assert value == pytest.approx(0.3)
    assert error > 0


def test_consistency_is_among_what_is_right_in_english(found: Outcomes) -> None:
    """Right answers are nested: of the .82 right in English, .8 are right in German."""
    assert of(found, "consistency", "de").estimate.value == pytest.approx(0.8 / 0.82)


def test_what_english_did_not_learn_is_left_out_by_name(found: Outcomes) -> None:
    """English at .34 does not clear the majority's .35: the target is named and none of its outcomes is there."""
    (left,) = found.left_out
    assert (left.intermediate, left.target) == ("qa", "hard")
    assert "majority" in left.why
    assert {each.target for each in found.rows} == {"topics"}


def test_a_confidence_that_is_not_a_number_is_none() -> None:
    """An older store may hold NaN for a model whose weights had overflowed: no bin is right for it."""
    rows = Predictions(
        language=["en"] * 2, id=["0", "1"], prediction=["a", "b"], gold=["a", "a"], confidence=[float("nan"), 0.5]
    )  # fmt: skip
    score = SimpleNamespace(task="t", run="r", split="test")
    book = SimpleNamespace(tasks={}, store=SimpleNamespace(predictions=lambda *_: rows))
    found = outcomes._answers(book, {"en": SimpleNamespace(score=score, key="k")})  # type: ignore[arg-type, dict-item]
    assert found["en"].confidence is None
    assert found["en"].right.tolist() == [True, False]
