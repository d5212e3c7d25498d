"""Error rates of a test's parts, such as the capabilities of MultiCheckList."""

from collections.abc import Sequence
from dataclasses import replace

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.samples import Sample
from isogloss.analysis.transfer import Board
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.tables.transfer import ABSENT, title


def errors(ledger: Ledger, parts: Sequence[Board]) -> Table | None:
    """What share of each part of a test was answered wrongly: 1 - its score. None without such parts."""
    if not parts:
        return None
    rows = [
        Rows(
            cells=(
                Cell(text=board.way.part),
                Cell(text=condition.name),
                *(_error(condition.outcomes.get(side)) for side in ("english", "others", "worst")),
                Cell(text=" ".join(condition.worst_languages[:2])),
            ),
            group=title(ledger, board),
        )
        for board in parts
        for condition in board.conditions
    ]
    metrics = " ".join(dict.fromkeys(board.metric for board in parts))
    return table(
        key="errors",
        caption="Error rate of each capability, and of each of its tests",
        facts=f"× 100, 100 - {metrics}: lower is better · means are without English · 95% intervals",
        columns=[
            Column(name="Capability", number=False),
            Column(name="Intermediate", number=False),
            Column(name="English"),
            Column(name="Other languages"),
            Column(name="Worst language"),
            Column(name="which", number=False),
        ],
        rows=rows,
    )


def _error(sample: Sample | None) -> Cell:
    if sample is None:
        return ABSENT
    estimate = sample.estimate()
    flipped = replace(estimate, value=1 - estimate.value, low=1 - estimate.high, high=1 - estimate.low)
    return in_points(flipped.value, (flipped.low, flipped.high), title=flipped.method)
