"""The page's section on advice."""

from pathlib import Path

from isogloss import cli
from isogloss.analysis import ledger
from isogloss.report.sections import advice
from study_in_store import build


def test_the_page_shows_what_was_advised_and_what_came_of_it(tmp_path: Path) -> None:
    """Nothing before anything was advised; then arms with P(best), languages measured or not, and the record."""
    place = tmp_path / "store"
    targets = {"xnli": ("en", "de", "sw")}

    def share(_encoder: int, arm: str, _task: str, _language: str, seed: int) -> float:
        return 0.6 + 0.03 * (arm == "squad") + 0.01 * seed

    store = build(place, share, targets=targets, intermediates=("nli",), name="made")
    assert advice.section(ledger.read(store, "made")) is None
    assert cli.main(["rank", "xnli", "--arms", "squad,hellaswag", "--store", str(place)]) == 0
    assert cli.main(["forecast", "made", "--languages", "de,sw", "--store", str(place)]) == 0
    build(place, share, targets=targets, intermediates=("nli", "squad"), name="made")
    made = advice.section(ledger.read(store, "made"))
    assert made is not None
    captions = [each.caption for each in made.shown if hasattr(each, "rows")]
    assert captions[0].startswith("Arms before Xnli, made up")
    assert any(each.startswith("Languages of Xnli, made up") for each in captions)
    assert captions[-1] == "What was said, and what was measured since"
    squad = next(
        row for each in made.shown if hasattr(each, "rows") for row in each.rows if row.cells[0].text == "squad"
    )
    assert "%" in squad.cells[2].text
