"""Languages without labels stay in every summary of the page, as forecasts that are marked."""

from dataclasses import replace
from pathlib import Path

import pytest

from isogloss.analysis.transfer import boards
from isogloss.report import findings, without_labels
from isogloss.report.findings import Findings
from isogloss.report.page import page
from isogloss.report.sections import unlabelled
from isogloss.report.tables import gained, transfer
from study_in_store import build

LANGUAGES = ("en", "de", "nl", "sv", "es", "fr", "it", "pl", "ru", "cs", "fi", "hu", "tr", "da", "yo")
GERMANIC, ROMANCE, SLAVIC = ("en", "de", "nl", "sv", "da"), ("es", "fr", "it"), ("pl", "ru", "cs")


def share(encoder: int, arm: str, _task: str, language: str, seed: int) -> float:
    """What is kin to English is better; qa helps."""
    kin = 0.85 if language in GERMANIC else 0.75 if language in ROMANCE else 0.68 if language in SLAVIC else 0.5
    return kin + 0.05 * (arm == "qa") + 0.01 * seed + 0.005 * encoder


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    store = build(
        tmp_path_factory.mktemp("quiet") / "store", share, targets={"topics": LANGUAGES}, intermediates=("qa",),
        unlabelled=("da", "yo"), baselines={"majority": 0.34}, name="made",
    )  # fmt: skip
    return findings.work_out(store, "made")


def test_tables_hold_a_hatched_forecast(found: Findings) -> None:
    """Danish and Yoruba have rows among the languages, their cells are marked, and CSV says so, too."""
    (board,) = found.targets
    table = transfer.languages_of(found.ledger, board)
    rows = [each for each in table.rows if each.cells[0].aside in ("da", "yo")]
    assert {each.mark.split()[0] for row in rows for each in row.cells[1:3]} == {without_labels.MARK}
    assert rows[0].cells[1].value is not None
    assert " (forecast)," in table.csv()
    assert without_labels.LEGEND in table.notes
    assert "Yoruba" in gained.gains_by_language(found.ledger, board).csv()
    assert any("Without labels" in note for note in transfer.scores(found.ledger, board).notes)


def test_the_means_are_as_if_it_were_not_there(found: Findings) -> None:
    """A forecast is in no mean."""
    (board,) = found.targets
    assert "yo" not in board.languages
    assert len(board.others) == len(LANGUAGES) - 3


def test_the_section_says_what_can_be_said(found: Findings) -> None:
    """A row with agreement and confidence for each; the strip has them, with a legend."""
    section = unlabelled.section(found)
    assert section is not None
    (table,) = section.shown
    assert [row.cells[1].text for row in table.rows] == ["Danish", "Yoruba"]
    strip = page.figures(found)["languages"]
    assert without_labels.LEGEND in strip.caption
    danish = next(row for row in strip.data if row["code"] == "da")
    assert danish["state"] == "forecast"
    assert danish["low"] < danish["value"] < danish["high"]
    assert "which has no labels" in strip.svg
    assert "Yoruba" in page.figures(found)["ranking"].caption


def test_a_study_with_all_labels_has_no_such_section(tmp_path: Path) -> None:
    """Nothing is hatched."""
    store = build(tmp_path / "s", share, targets={"topics": LANGUAGES[:3]}, intermediates=("qa",), encoders=1, seeds=1,
                  name="made")  # fmt: skip
    assert unlabelled.section(findings.work_out(store, "made")) is None


def test_only_forecasts_for_this_encoder_tell_of_its_files(found: Findings) -> None:
    """Sub-words are an encoder's own; of several forecasts the one that knew more runs counts, whatever its key."""
    (board,) = found.targets
    store, old = found.ledger.store, replace(found.ledger, _once={})
    for key, encoder, runs, unknown in (
        ("a", board.encoder, ["1", "2"], 0.2), ("b", board.encoder, ["1"], 0.1), ("c", "another", ["1"] * 9, 0.9),
    ):  # fmt: skip
        about = {"kind": "forecast", "target": board.task, "encoder": encoder, "runs": runs}
        store.save_advice(key, {**about, "files": {"da": {"unknown": unknown}}})
    assert without_labels.of(old, board).features["da"]["unknown"] == 0.2


def test_the_column_names_the_arm_whose_forecast_it_has(found: Findings) -> None:
    """Without runs of no intermediate task it is that of another, and is not said to be without."""
    (board,) = found.targets
    section = unlabelled.section(found)
    assert section is not None
    assert section.shown[0].columns[2].title.startswith("Forecast without an intermediate task,")
    one = replace(board, conditions=board.conditions[1:])
    other = unlabelled.section(replace(found, targets=[one]))
    assert other is not None
    assert other.shown[0].columns[2].title.startswith("Forecast after ")


def test_a_language_that_is_not_scored_yet_is_not_said_to_lack_labels(found: Findings) -> None:
    """Turkish has gold answers: it is in no sentence about labels, and no gain of it is said to be unknown for them."""
    rows = tuple(row for row in found.ledger.rows if row.score.language != "tr")
    book = replace(found.ledger, rows=rows, _once={})
    (board,) = boards(book)
    assert "tr" not in board.languages
    (said,) = transfer.without(book, [board])
    assert said.endswith(", so in no mean: Danish and Yoruba.")
    assert "Turkish" not in gained.gains_by_language(book, board).csv()
