"""Every language is judged against its own trivial baselines, and a ceiling is called a ceiling."""

from pathlib import Path

import pytest

from isogloss.analysis import ledger, transfer
from isogloss.analysis.standing import CEILING, CLEARS, NEAR, OPEN, Standing, judge
from isogloss.report.findings import tables, work_out
from isogloss.report.page import answer
from isogloss.report.page.page import figures
from isogloss.report.parts.names import Names
from study_in_store import build

SAID = Names(tasks={"intents": "Intents"}, labels={})
PERFECT = 3.841459 / (400 + 3.841459)
"""How far Wilson's 95% interval of 400 of 400 reaches below 1: z² / (n + z²)."""


def stands(value: float, error: float = 0.02, **baselines: float) -> Standing:
    return judge(value, value - 1.959964 * error, error, 400, baselines, 0.5)


@pytest.mark.parametrize(
    ("value", "baselines", "verdict", "learned"),
    [
        (0.70, {"words": 0.60}, CLEARS, True),
        (0.62, {"words": 0.60}, NEAR, False),
        (0.40, {"words": 0.60}, NEAR, False),
        (0.55, {}, CLEARS, True),
        (0.52, {}, NEAR, False),
        (0.55, {"majority": 0.30}, CLEARS, True),
        (1.00, {"words": 0.98}, CLEARS, True),
        (1.00, {"words": 1.00, "majority": 0.50}, CEILING, True),
        (0.97, {"words": 1.00, "majority": 0.50}, CEILING, True),
        (0.90, {"words": 1.00, "majority": 0.50}, NEAR, True),
        (0.52, {"words": 1.00, "majority": 0.50}, NEAR, False),
        (0.90, {"words": 1.00, "majority": 0.95}, NEAR, False),
    ],
)
def test_a_score_is_held_against_the_strongest_baseline(
    value: float, baselines: dict[str, float], verdict: str, learned: bool
) -> None:
    """Above it by 1.96 × .02; where no score could be, a score near it is at the ceiling, and what is learned is judged
    by the strongest that leaves room."""
    found = stands(value, PERFECT / 1.959964 if value == 1 else 0.019, **baselines)
    assert (found.verdict, found.learned) == (verdict, learned)


def test_a_ceiling_is_what_a_perfect_score_would_not_clear() -> None:
    """400 of 400 may be as little as 99.05% in truth: a baseline above that leaves no room, one below does."""
    below, above = 1 - PERFECT - 1e-4, 1 - PERFECT + 1e-4
    assert below == pytest.approx(0.9904, abs=1e-4)
    assert stands(1.0, PERFECT / 1.959964, words=below).verdict == CLEARS
    assert stands(1.0, PERFECT / 1.959964, words=above).verdict == CEILING


def test_a_missing_baseline_is_not_a_low_one() -> None:
    """Held against chance for want of a baseline, a score says so; a baseline below chance is a baseline."""
    assert not stands(0.9).measured
    assert stands(0.9, majority=0.3).measured
    assert (stands(0.9).baseline, stands(0.9).floor) == ("chance", 0.5)


def test_an_interval_that_holds_the_baseline_leaves_it_open() -> None:
    """The test examples alone leave it out, two seeds do not; what was learned is judged by the examples."""
    found = judge(0.55, 0.29, 0.02, 400, {"words": 0.30}, 0.14)
    assert (found.verdict, found.learned) == (OPEN, True)
    assert judge(0.55, 0.31, 0.02, 400, {"words": 0.30}, 0.14).verdict == CLEARS
    assert judge(0.31, 0.10, 0.02, 400, {"words": 0.30}, 0.14).verdict == NEAR


def test_no_language_is_said_to_clear_a_baseline_that_its_interval_holds(tmp_path: Path) -> None:
    """The mark, the state, the sentence and the note of the table agree."""

    def apart(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:
        del encoder, intermediate, task
        return 0.9 if language == "en" else 0.55 + (0.04 if seed else -0.04)

    store = build(
        tmp_path, apart, targets={"intents": ("en", "de")}, intermediates=(), encoders=1, n=400,
        baselines={"majority": 0.4},
    )  # fmt: skip
    found = work_out(store, "made_up")
    (condition,) = found.targets[0].conditions
    assert condition.scores["de"].estimate().low < 0.4
    assert condition.standings["de"].verdict == OPEN
    strip = figures(found)["languages"]
    assert [each["state"] for each in strip.data] == [CLEARS, OPEN]
    assert "it breaks in no language that can be judged" in strip.title
    said = answer.breaks(found.targets, SAID).says
    assert "is told in no language" in said
    assert "In German an interval holds the baseline" in said
    assert any("in German: an interval holds it" in note for note in tables(found)[0].notes)


def share(encoder: int, intermediate: str, task: str, language: str, seed: int) -> float:
    del encoder, intermediate, task, seed
    return {"en": 1.0, "de": 0.9, "sw": 0.5}[language]


def test_english_at_the_ceiling_does_not_close_the_page(tmp_path: Path) -> None:
    """A bag of words is perfect in English: it was learned, German clears its own baseline, Swahili does not."""
    words = {"en": 1.0, "de": 0.6, "sw": 0.5}
    store = build(tmp_path, share, targets={"intents": ("en", "de", "sw")}, baselines={"words": words, "majority": 0.5})
    (board,) = transfer.boards(ledger.read(store, "made_up"))
    none = board.conditions[0]
    assert {code: each.verdict for code, each in none.standings.items()} == {"en": CEILING, "de": CLEARS, "sw": NEAR}
    assert none.near_chance == {"sw"}
    assert none.competent
    assert "retention" in none.outcomes
    said = answer.breaks([board], SAID).says
    assert "Swahili (3 of 3)" in said
    assert "German (" not in said.split("tested.")[0]


def test_baselines_that_are_not_there_are_said_to_be_missing(tmp_path: Path) -> None:
    """Without baselines the page does not claim that the strongest of them was cleared: chance stands in, by name."""
    languages = ("en", "de")
    store = build(tmp_path, share, targets={"intents": languages}, labels=2)
    (board,) = transfer.boards(ledger.read(store, "made_up"))
    assert "No trivial baseline was scored for Intents: chance stands in for it." in answer.breaks([board], SAID).says
    assert not any(each.measured for each in board.conditions[0].standings.values())


def test_a_ceiling_in_another_language_is_named(tmp_path: Path) -> None:
    """Where a bag of words is perfect in German too, nothing can be told there, and it is not called near chance."""
    store = build(
        tmp_path, lambda *_: 1.0, targets={"intents": ("en", "de")}, baselines={"words": 1.0, "majority": 0.5}
    )
    (board,) = transfer.boards(ledger.read(store, "made_up"))
    assert "In German a trivial baseline is at the ceiling" in answer.breaks([board], SAID).says
    assert board.conditions[0].near_chance == set()
