"""What the test examples leave open about a score, and about a sum of scores."""

from math import sqrt
from pathlib import Path

import pytest

from isogloss.analysis import ledger
from isogloss.analysis.ledger import Ledger, Row
from study_in_store import build

SHARES = {"topics": 0.8, "places": 0.5}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """Two tasks of which each numbers its 200 examples from 0, and one test set in two languages."""
    folder: Path = tmp_path_factory.mktemp("store")
    targets = dict.fromkeys(SHARES, ("en", "de"))
    return ledger.read(build(folder, lambda *at: SHARES[at[2]], targets=targets, encoders=1, seeds=1), "made_up")


def row(book: Ledger, task: str, language: str) -> Row:
    """The score of direct transfer."""
    return next(
        each
        for each in book.rows
        if (each.score.task, each.score.language, each.label.intermediate) == (task, language, "none")
    )


def test_one_score_has_the_error_of_a_share(book: Ledger) -> None:
    """160 of 200 right: sqrt(.8 × .2 / 199), without bias."""
    assert book.error([(1.0, row(book, "topics", "en"))]) == pytest.approx(sqrt(0.8 * 0.2 / 199), rel=1e-9)


def test_examples_of_two_tasks_are_not_each_other(book: Ledger) -> None:
    """Both number their examples 0 to 199; variances of independent scores add up."""
    one, two = (row(book, task, "en") for task in SHARES)
    expected = sqrt(0.8 * 0.2 / 199 + 0.5 * 0.5 / 199)
    assert book.error([(1.0, one), (1.0, two)]) == pytest.approx(expected, rel=1e-9)
    assert book.error([(1.0, one), (-1.0, two)]) == pytest.approx(expected, rel=1e-9)


def test_translations_of_one_test_are_resampled_together(book: Ledger) -> None:
    """The same examples are right in both languages: their sum varies twice as much, their difference hardly at all."""
    english, german = (row(book, "topics", code) for code in ("en", "de"))
    one = book.error([(1.0, english)])
    assert book.error([(1.0, english), (1.0, german)]) == pytest.approx(2 * one, rel=1e-9)
    assert book.error([(1.0, english), (-1.0, german)]) < one / 4
