"""Whether each intermediate task was learned: its score in its own phase, in the language of its labels."""

from collections.abc import Sequence

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.transfer import Board
from isogloss.report.parts import names
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.tables import transfer

TITLE = "Was each intermediate task learned?"


def learned(ledger: Ledger, every: Sequence[Board]) -> Table | None:
    """A row per intermediate task and task that its phase was tested on; None where none was."""
    called = names.of(ledger)
    rows = []
    for board in every:
        name, floor = board.strongest(board.source)
        beside = in_points(floor, note=name)
        for condition in board.conditions:
            runs = Cell(text=str(condition.runs), value=condition.runs)
            tested = Cell(text=called(board.task), aside=f"{board.metric}, {board.split}", name=board.task)
            score = transfer.scored(board, condition, "english")
            rows.append(Rows(cells=(transfer.named(called, condition), tested, score, beside, runs)))
    if not rows:
        return None
    return table(
        key="learned",
        caption=TITLE,
        facts="each intermediate phase on its own task, before any target phase: no transfer · score × 100 · "
        "95% intervals",
        columns=[
            Column(name="Intermediate", number=False),
            Column(name="Tested on", number=False),
            *(Column(name=each) for each in ("English", "Strongest baseline", "Runs")),
        ],
        rows=rows,
        notes=["◦ or *: English does not clear the strongest trivial baseline."]
        * any(condition.competent is False for board in every for condition in board.conditions),
    )
