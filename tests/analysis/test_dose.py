"""Dose-response: slopes within encoders, tests over encoders, and what may be concluded."""

import json
from pathlib import Path

import pytest
from scipy import stats

from isogloss.analysis import ledger
from isogloss.analysis.dose import MOVES, STILL, UNDECIDED, Cell, Response, doses, series_of, slope
from isogloss.worlds.dials import dial_world, settings
from study_in_store import build

WORLD = dial_world(doses={"merge": (0.5, 1.0), "usage": (1.0,)})
DIALS = json.loads(json.dumps(settings(WORLD)))
"""As the store gives them back."""


def share(encoder: int, _intermediate: str, task: str, language: str, seed: int) -> float:
    """choice: merge costs .20 to .28, usage nothing; nli: merge helps in draw a as much as it costs in draw b."""
    dials = DIALS.get(language, {"merge": 0.0, "draw": 0})
    if task == "choice":
        return 0.9 - (0.2 + 0.02 * encoder) * dials["merge"] + 0.01 * (seed - 1)
    return 0.7 + (0.1 + 0.005 * encoder) * dials["merge"] * (1 if dials["draw"] == 0 else -1)


def found(folder: Path, encoders: int = 5) -> dict[tuple[str, str, str], Response]:
    """(dial, task, outcome) → response, of a study with two tasks and three seeds."""
    targets = dict.fromkeys(("choice", "nli"), WORLD.codes)
    store = build(folder, share, targets=targets, intermediates=(), encoders=encoders, seeds=3)
    study = store.study("made_up").plain()
    for facts in study["tasks"].values():
        facts["dials"] = DIALS
    store.save_study("made_up", study)
    every = doses(ledger.read(store, "made_up"))
    assert every.left_out == ()
    return {(each.dial, each.task, each.outcome): each for each in every.responses}


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, str], Response]:
    """Five encoders."""
    return found(tmp_path_factory.mktemp("five"))


def test_series_hold_everything_else_fixed() -> None:
    """Each draw has a series per dial: its base language and the languages that differ from it in that dial alone."""
    assert series_of(DIALS, list(DIALS)) == {
        "merge": {
            "0": {"base_a": 0.0, "merge50_a": 0.5, "merge100_a": 1.0},
            "1": {"base_b": 0.0, "merge50_b": 0.5, "merge100_b": 1.0},
        },
        "usage": {"0": {"base_a": 0.0, "usage100_a": 1.0}, "1": {"base_b": 0.0, "usage100_b": 1.0}},
    }


def test_slope_is_that_of_least_squares_with_a_level_per_draw() -> None:
    """By hand: 0→0, 1→2 in one draw and 0→5, 1→6 in another rise by (0.5·2 + 0.5·1) / (0.5 + 0.5) = 1.5."""
    points = [("a", 0.0, 0.0), ("a", 1.0, 2.0), ("b", 0.0, 5.0), ("b", 1.0, 6.0)]
    cells = [Cell(encoder="0", draw=draw, value=value, outcome=outcome) for draw, value, outcome in points]
    assert slope(cells) == pytest.approx(1.5)
    assert slope(cells[:1]) is None


def test_a_response_that_is_there_is_found(five) -> None:
    """Encoders lose .20, .22 … .28: the mean, its interval and p are scipy's for these five numbers."""
    response = five["merge", "choice", "score"]
    truth = [-0.2, -0.22, -0.24, -0.26, -0.28]
    assert response.changes == pytest.approx(truth, abs=1e-9)
    expected = stats.ttest_1samp(truth, 0)
    interval = expected.confidence_interval(0.95)
    assert (response.low, response.high) == pytest.approx((interval.low, interval.high))
    assert response.p == pytest.approx(expected.pvalue)
    assert response.by_draw == pytest.approx({"0": -0.24, "1": -0.24})
    assert response.verdict == MOVES
    assert [point.mean for point in response.points] == pytest.approx([0.9, 0.78, 0.66])


def test_a_response_that_is_not_there_is_reported_as_not_there(five) -> None:
    """Usage drift changes no score at all, and says so; nor does merging change how seeds spread."""
    assert five["usage", "choice", "score"].change == pytest.approx(0.0)
    assert five["usage", "choice", "score"].verdict == STILL
    assert five["merge", "choice", "seed SD"].verdict == STILL
    assert five["merge", "choice", "seed SD"].points[0].mean == pytest.approx(0.01)


def test_draws_that_disagree_are_no_response(five) -> None:
    """A gain in one draw and a loss in the other: neither "moves" nor "does not", though the mean is about 0."""
    response = five["merge", "nli", "score"]
    assert response.by_draw["0"] == pytest.approx(0.11, abs=0.003)
    assert response.by_draw["1"] == pytest.approx(-0.11, abs=0.003)
    assert response.change == pytest.approx(0.0, abs=0.003)
    assert response.verdict == UNDECIDED
    assert "differs between draws" in response.why
    assert five["merge", "nli", "worst"].change == pytest.approx(-0.11, abs=0.003)


def test_few_encoders_decide_nothing(tmp_path: Path) -> None:
    """Two pretrained encoders say nothing about encoders, however clear they are."""
    response = found(tmp_path, encoders=2)["merge", "choice", "score"]
    assert response.verdict == UNDECIDED
    assert (response.p, response.low, response.visible) == (None, None, None)
    assert "3 are needed" in response.why


def test_studies_without_dials_have_no_doses(tmp_path: Path) -> None:
    """Real languages have no dials: nothing is found and nothing fails."""
    store = build(tmp_path, share, targets={"choice": ("en", "base_a")}, intermediates=(), encoders=1, seeds=1)
    assert doses(ledger.read(store, "made_up")).responses == ()
