"""Dose-response as the page shows it."""

import csv
import io

import pytest

from isogloss.analysis.dose import MOVES, UNDECIDED, Doses, Point, Response
from isogloss.report.sections import dose


def response(dial: str, task: str, outcome: str, change: float, verdict: str) -> Response:
    """A response of three values of a dial."""
    points = tuple(
        Point(value=value, mean=0.8 + change * value, low=0.75 + change * value, high=0.85 + change * value)
        for value in (0.0, 0.5, 1.0)
    )
    return Response(
        dial=dial, task=task, encoder="own encoder", intermediate="none", outcome=outcome, points=points,
        changes=(change,) * 5, by_draw={"0": change - 0.01, "1": change + 0.01}, change=change, low=change - 0.05,
        high=change + 0.05, p=0.0004, adjusted=0.0123, visible=0.06, verdict=verdict, why="in 5 encoders",
    )  # fmt: skip


FOUND = Doses(
    responses=(
        response("merge", "world_choice@dose", "score", -0.2, MOVES),
        response("merge", "world_choice@dose", "seed SD", 0.01, UNDECIDED),
        response("false_friends", "world_retrieval@dose", "retrieval", -0.1, MOVES),
    ),
    left_out=("world_nli@dose after none",),
)


def test_a_row_per_response_in_points() -> None:
    """Changes and intervals are points with a true minus sign; p below .001 is said to be; draws stand apart."""
    row = dict(zip(dose.HEADER, dose.rows(FOUND)[0], strict=True))
    assert row == {
        "dial": "merge", "outcome": "world_choice", "from": "0", "to": "1", "change": "−20.0",
        "interval": "[−25.0, −15.0]", "p": "<.001", "Holm": "0.012", "by draw": "−21.0 −19.0", "verdict": "moves",
        "why": "in 5 encoders",
    }  # fmt: skip


def test_the_table_begins_with_the_dial_and_names_what_is_not_read() -> None:
    """Rows begin with the dial; the notes name conditions whose English was not learned."""
    table = dose.responses(FOUND)
    assert table is not None
    assert [row.cells[0].text for row in table.rows] == ["merge", "merge", "false friends"]
    assert [row.cells[4].value for row in table.rows] == [-0.2, 0.01, -0.1]
    assert "world_nli@dose after none" in table.notes[-1]
    assert dose.responses(Doses()) is None


def test_the_figure_has_a_point_per_value() -> None:
    """Scores and retrieval share a figure, the spread over seeds has its own, and what nobody measured has none."""
    figure = dose.figure(FOUND)
    assert figure is not None
    rows = list(csv.DictReader(io.StringIO(figure.csv())))
    assert [(row["dial"], row["dose"], row["series"]) for row in rows][2:4] == [
        ("merge", "1.0", "world_choice"), ("false friends", "0.0", "world_retrieval"),
    ]  # fmt: skip
    assert float(rows[2]["value"]) == pytest.approx(0.6)
    assert "merge 1, world_choice: 60.0" in figure.svg
    spread = dose.figure(FOUND, "seed SD")
    assert spread is not None
    assert len(spread.data) == 3
    assert dose.figure(FOUND, "gain") is None


def test_the_numbers_go_on_as_csv() -> None:
    """A row per value of the dial, in [0, 1], with the response's verdict beside it."""
    with io.StringIO(dose.csv_text(FOUND)) as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    assert (rows[2]["dose"], rows[2]["verdict"], rows[2]["encoders"]) == ("1.0", "moves", "5")
    assert float(rows[2]["mean"]) == pytest.approx(0.6)
    assert dose.plain(FOUND)[0]["adjusted"] == 0.0123
