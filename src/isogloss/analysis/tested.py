"""What each run scored in each of its tests: the numbers that a study's means are means of."""

from collections.abc import Mapping
from dataclasses import dataclass

from isogloss.analysis.ledger import Ledger, Row
from isogloss.analysis.transfer import Board, parts_of, questions
from isogloss.core.way import Way, standing


@dataclass(frozen=True, kw_only=True)
class Tested:
    """One run on one test, in the task's main metric and the way that stands for all (core/way.py)."""

    run: str
    key: str
    """Of the evaluation."""
    task: str
    way: Way
    scores: Mapping[str, float]
    """By language, in [0, 1]."""
    english: float | None
    """In the language of the labels."""
    others: float | None
    """The mean over the other languages, those that every run of the question has."""
    collapsed: str
    """Why the run is in no mean; empty where it is."""


def tested(ledger: Ledger) -> list[Tested]:
    """Every test of every run, those with parts followed by each part one level down."""
    by_test: dict[tuple[str, str], dict[Way, tuple[Board, dict[str, Row]]]] = {}
    for board, rows in questions(ledger):
        if board.metric == (ledger.counts(board.task) or board.metric):
            for row in rows:
                ways = by_test.setdefault((row.score.run, row.key), {})
                ways.setdefault(board.way, (board, {}))[1][row.score.language] = row
    tests = []
    for ways in by_test.values():
        best = standing(ways)
        shown = [best, *(way for way in ways if way.part and "/" not in way.part and way != best)]
        tests += [_tested(ledger, *ways[way]) for way in shown]
    return tests


def _tested(ledger: Ledger, board: Board, rows: Mapping[str, Row]) -> Tested:
    parts = parts_of(rows, board)
    first = next(iter(rows.values()))
    english, others = parts.get("english"), parts.get("others")
    return Tested(
        run=first.score.run, key=first.key, task=board.task, way=board.way,
        scores={language: row.value for language, row in rows.items()},
        english=english.value if english else None, others=others.value if others else None,
        collapsed=ledger.collapsed.get((first.score.run, first.key), ""),
    )  # fmt: skip
