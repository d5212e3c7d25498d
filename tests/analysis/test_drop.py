"""The drop under perturbation is read from a store, paired by example."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from isogloss.analysis.ledger import read
from isogloss.analysis.outcomes import outcomes
from isogloss.analysis.transfer import boards
from isogloss.store.store import Store
from study_in_store import answered, build

SHARES = {"en": 0.9, "de": 0.8, "sw": 0.7}
LOST = {"en": 0.02, "de": 0.1}
"""sw has no perturbed score, as a language in which nothing can change."""


def perturbed_study(folder: Path) -> Store:
    """A study whose every test was also done with typing errors, in English and German."""
    store = build(
        folder, lambda *at: SHARES[at[3]], targets={"topic": tuple(SHARES)},
        intermediates=("nli",), encoders=2, seeds=2,
    )  # fmt: skip
    study = store.study("made_up").plain()
    for each in [*study["evaluations"]]:
        shares = {language: SHARES[language] - lost for language, lost in LOST.items()}
        predictions, scores = answered(each["run"], "topic", shares, 200, 3)
        marked = [replace(score, variant="perturbed=typos:0.1") for score in scores]
        store.save_evaluation(
            each["run"], "topic-typos", predictions, marked, task="topic", split="test", seconds=0.5,
            about={"perturbation": "typos:0.1"},
        )  # fmt: skip
        study["evaluations"].append({**each, "key": "topic-typos", "perturbation": "typos:0.1"})
    store.save_study("made_up", json.loads(json.dumps(study)))
    return store


def test_the_drop_is_the_clean_score_minus_the_perturbed(tmp_path: Path) -> None:
    """Per language, English included, by construction .02 and .10; a language without a perturbed score has none."""
    found = {
        each.language: each for each in outcomes(read(perturbed_study(tmp_path), "made_up")).rows
        if each.name == "drop typos"
    }  # fmt: skip
    assert {language: each.estimate.value for language, each in found.items()} == pytest.approx(LOST)
    assert all(each.estimate.low < each.estimate.value < each.estimate.high for each in found.values())
    assert found["de"].intermediate == "nli"


def test_the_drop_is_paired_by_example(tmp_path: Path) -> None:
    """Right answers are nested here, so the difference of two examples' scores is 1 for 10% of them and else 0: its
    standard error is sqrt(.1 × .9 / 200) (a proportion's), not that of two independent tests."""
    (german,) = [
        each for each in outcomes(read(perturbed_study(tmp_path), "made_up")).rows
        if (each.name, each.language) == ("drop typos", "de")
    ]  # fmt: skip
    half = (german.estimate.high - german.estimate.low) / 2
    assert half == pytest.approx(1.96 * (0.1 * 0.9 / 200) ** 0.5, rel=0.02)


def test_perturbed_scores_stand_on_boards_of_their_own(tmp_path: Path) -> None:
    """What tables of scores and gains show is the test as it is."""
    ledger = read(perturbed_study(tmp_path), "made_up")
    assert [board.variant for board in boards(ledger)] == [""]
    assert [board.variant for board in boards(ledger, perturbed=True)] == ["perturbed=typos:0.1"]
