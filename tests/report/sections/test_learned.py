"""What an intermediate phase scores on its own task is no target: it has a place of its own."""

from pathlib import Path

import pytest

from isogloss.analysis.outcomes import outcomes
from isogloss.evidence.cells import evidence
from isogloss.report import findings
from isogloss.report.findings import Findings, work_out
from isogloss.report.page import page
from isogloss.report.sections import learned
from isogloss.store.store import Store
from study_in_store import build

LANGUAGES = ("en", "de")


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Topics after qa and after none; each phase on qa is tested on qa, where it scores .9."""
    return build(
        tmp_path_factory.mktemp("store"), lambda *_: 0.7, targets={"topics": LANGUAGES}, intermediates=("qa",),
        encoders=1, baselines={"majority": 0.4}, learned=0.9,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(tested: Store) -> Findings:
    """It, worked out."""
    return work_out(tested, "made_up")


def test_one_target_is_counted(found: Findings) -> None:
    """In the boards, in the facts, in the prose, in what is analysed and in the cells of claims."""
    assert [board.task for board in found.targets] == ["topics"]
    assert "one target task" in page._facts(found)
    assert "(tests:" not in found.headline.done
    assert {each.target for each in outcomes(found.ledger).rows} == {"topics"}
    assert [board.task for board, _ in evidence(found.ledger).boards] == ["topics"]


def test_no_score_after_an_intermediate_task_is_called_one_without(found: Findings) -> None:
    """The strip has a lane for the target alone."""
    strip = page.figures(found)["languages"]
    assert {(each["task"], each["intermediate"]) for each in strip.data} == {("topics", "none")}
    assert strip.title.startswith("Score in every language without an intermediate task")


def test_the_score_is_in_a_table_of_its_own(found: Findings, tested: Store) -> None:
    """On the page and in the terminal, under a title that is true."""
    section = learned.section(found)
    assert section is not None
    (table,) = section
    assert [cell.text for cell in table.rows[0].cells][2] == "90.0"
    assert "Was each intermediate task learned?" in findings.summary(tested, "made_up")


def test_a_study_that_did_not_test_it_has_no_such_section(tmp_path: Path) -> None:
    """Nothing is shown of what was not tested."""
    store = build(tmp_path, lambda *_: 0.7, targets={"topics": LANGUAGES}, encoders=1)
    assert learned.section(work_out(store, "made_up")) is None
