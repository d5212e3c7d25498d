"""Languages without gold answers: which they are, and what their answers say by themselves."""

from dataclasses import replace
from pathlib import Path

import pytest

from isogloss.analysis import ledger
from isogloss.analysis.transfer import boards
from isogloss.analysis.unlabelled import languages, unlabelled
from study_in_store import build

LANGUAGES = ("en", "de", "sw")


def share(_encoder: int, arm: str, _task: str, language: str, seed: int) -> float:
    """In Swahili seeds differ in a tenth of the answers, and qa in two tenths more than nli."""
    return 0.9 if language != "sw" else 0.5 + 0.1 * seed + 0.2 * (arm == "qa")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> ledger.Ledger:
    folder = tmp_path_factory.mktemp("quiet") / "store"
    store = build(folder, share, targets={"topics": LANGUAGES}, encoders=1, n=300, unlabelled=("sw",), name="made")
    return ledger.read(store, "made")


def test_a_language_without_gold_answers_is_found(book: ledger.Ledger) -> None:
    """It was predicted and has no score; means are over the others."""
    (board,) = boards(book)
    assert "sw" not in board.languages
    assert languages(book, board) == ("sw",)
    assert [each.language for each in unlabelled(book, board)] == ["sw"]


def test_agreement_is_counted_between_runs(book: ledger.Ledger) -> None:
    """Right answers are nested: seeds share nine tenths; none and nli all, qa eight tenths with each of them."""
    (board,) = boards(book)
    (found,) = unlabelled(book, board)
    assert found.n == 300
    assert found.seeds == pytest.approx(0.9)
    assert found.intermediates == pytest.approx((1.0 + 0.8 + 0.8) / 3)
    assert found.confidence == pytest.approx(0.9)
    assert found.commonest.startswith("label ")
    assert found.share is not None
    assert found.share < 0.5


def test_labels_that_nobody_scored_are_labels(tmp_path: Path) -> None:
    """A language whose scores are not there yet, though its gold answers are, is not told of as one without."""
    folder = tmp_path / "store"
    store = build(folder, share, targets={"topics": LANGUAGES}, encoders=1, seeds=1, name="made", n=20)
    book = ledger.read(store, "made")
    (board,) = boards(book)
    rows = tuple(row for row in book.rows if row.score.language != "sw")
    study = replace(
        book.study, evaluations=tuple(replace(each, languages=LANGUAGES) for each in book.study.evaluations)
    )
    book = replace(book, rows=rows, study=study, _once={})
    assert languages(book, board) == ("sw",)
    assert unlabelled(book, board) == ()


def test_what_answers_say_is_worked_out_once(book: ledger.Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables, figures and sections ask for it; the predictions of every run are read for the first."""
    board, again = boards(book)[0], boards(book)[0]
    found = unlabelled(book, board)
    monkeypatch.setattr(type(book.store), "predictions", lambda *_, **__: pytest.fail("read again"))
    assert unlabelled(book, again) is found


def test_a_study_with_all_labels_has_none(tmp_path: Path) -> None:
    """No predictions are read for it."""
    store = build(tmp_path / "s", share, targets={"topics": LANGUAGES}, encoders=1, seeds=1, name="made")
    book = ledger.read(store, "made")
    assert unlabelled(book, boards(book)[0]) == ()
