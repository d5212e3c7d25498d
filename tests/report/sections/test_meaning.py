"""Meaning kept in translation, on the page."""

import csv
from pathlib import Path
from typing import Any

from isogloss.report.page import page
from isogloss.report.parts.table import Table
from isogloss.report.sections import meaning
from isogloss.store.store import Store
from study_in_store import build


def record(language: str, share: float, **changed: Any) -> dict[str, Any]:
    """200 pairs of a test, of which a share has drifted."""
    about = {"value": share, "low": max(0.0, share - 0.05), "high": share + 0.05}
    return {
        "encoder": "b06cd244f90c", "view": "layer=1 pooling=mean", "task": "topics", "split": "test", "kind": "test",
        "language": language, "engine": "", "n": 200, "pairs": 200, "too_long": 0, "below": about, "expected": 0.1,
        "drifted": about, "calibrated": "synthetic", "data": "0",
        "calibration": {"threshold": 0.0, "hits": 0.9, "alarms": 0.1, "divergent": 80, "equivalent": 40},
        **changed,
    }  # fmt: skip


def test_a_study_that_was_not_scored_has_no_section(store: Store, tmp_path: Path) -> None:
    """Neither on the page nor in its navigation."""
    assert meaning.section([]) is None
    assert meaning.TITLE not in page.write(store, "made_up", tmp_path / "bare.html").read_text("utf-8")


def test_the_page_has_every_language_of_every_task(tmp_path: Path) -> None:
    """An overview of the tasks, a table each, as CSV with values in [0, 1] and as LaTeX; said to be uncalibrated."""
    made = build(tmp_path / "store", lambda *_: 0.5, targets={"topics": ("en", "de")}, encoders=1, seeds=1)
    for number, each in enumerate(
        [record("de", 0.2), record("sw", 0.3), record("de", 0.02, task="mnli", split="train", kind="training")]
    ):
        made.save_drift("made_up", f"{number}", each)
    path = page.write(made, "made_up", tmp_path / "study.html")
    html = path.read_text("utf-8")
    assert f"<h2>{meaning.TITLE}</h2>" in html
    assert "Not calibrated for real divergences" in html
    with (tmp_path / "study_files" / "table_meaning.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Task"], row["Of"], row["Languages"], row["Above 0"]) for row in rows] == [
        ("topics test", "test", "2", "2"), ("mnli train", "training", "1", "0")
    ]  # fmt: skip
    assert float(rows[0]["Drifted (fraction)"]) == 0.25
    with (tmp_path / "study_files" / "table_meaning_topics_test.csv").open(encoding="utf-8") as file:
        assert [(row["Language"], row["Drifted (fraction)"]) for row in csv.DictReader(file)] == [
            ("German", "0.2"), ("Swahili", "0.3")
        ]  # fmt: skip
    assert "Meaning kept in translation: topics test" in (tmp_path / "study_files" / "tables.tex").read_text("utf-8")


def test_a_corrected_share_at_a_limit_is_no_measurement() -> None:
    """Surely fewer below the threshold than equivalent text would have: said, not sold as a 0."""
    low = record("de", 0.0, expected=0.4)
    assert any("1 of 2 rows have surely fewer" in line for line in meaning.notes([low, record("sw", 0.3)]))
    assert not any("surely" in line for line in meaning.notes([record("sw", 0.3)]))


def test_what_tells_nothing_apart_has_no_share() -> None:
    """No corrected share is a dash, in the overview too, never a 0."""
    found = meaning.section([record("de", 0.2, drifted=None), record("de", 0.2, drifted=None, task="nli")])
    assert found is not None
    for each in found:
        assert isinstance(each, Table)
        names = [column.name for column in each.columns]
        assert {row.cells[names.index("Drifted")].text for row in each.rows} == {"–"}


def test_a_threshold_that_tells_little_apart_gives_no_mean() -> None:
    """Of two languages the one with 80% alarms and 90% hits is named, and is in no mean: 0.2 is left, not 0.4."""
    weak = record("sw", 0.6, expected=0.8)
    found = meaning.section([record("de", 0.2), weak, record("de", 0.2, task="nli")])
    assert found is not None
    overview = found.shown[0]
    assert isinstance(overview, Table)
    row = next(row for row in overview.rows if row.cells[0].text == "topics test")
    cell = row.cells[[column.name for column in overview.columns].index("Drifted")]
    assert cell.value == 0.2
    assert any(line.startswith("In sw the threshold tells little apart") for line in found.notes)


def test_labelled_pairs_lift_the_warning() -> None:
    """A threshold from labelled pairs in one language leaves the warning for the other alone."""
    lines = meaning.notes([record("fr", 0.2, calibrated="labelled"), record("sw", 0.3)])
    assert any("Not calibrated for real divergences in sw:" in line for line in lines)
