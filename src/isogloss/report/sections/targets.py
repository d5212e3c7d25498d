"""What was found target by target: a part for each target with its scores and gains."""

from collections.abc import Sequence

from isogloss.analysis.transfer import Board
from isogloss.report.figures import boards
from isogloss.report.findings import Findings
from isogloss.report.parts.section import Folded, Section
from isogloss.report.sections._entry import Entry
from isogloss.report.tables import capabilities, gained, transfer

ANCHOR, TITLE = "scores", "Target by target"
SECTION = Entry(place=20, of=lambda findings: section(findings))

DOTS = 60
"""Dots of a figure of scores up to which it stands open: more fill a screen."""


def section(findings: Findings) -> Section | None:
    """A part for each target; None for a study without one."""
    if not findings.targets:
        return None
    ledger = findings.ledger
    reach = boards.reach(findings.with_gains)
    errors = capabilities.errors(ledger, findings.parts)
    metrics = transfer.other_metrics(ledger, findings.every)
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        shown=(errors,) if errors else (),
        folded=(Folded(label="Every metric of every task", shown=(metrics,)),) if metrics else (),
        parts=tuple(_part(findings, board, reach) for board in findings.targets),
    )


def _part(findings: Findings, board: Board, reach: tuple[float, float]) -> Section:
    ledger = findings.ledger
    folded: Sequence[Folded] = ()
    if board in findings.with_gains:
        folded = (
            Folded(
                label="Gain in English and zero-shot",
                shown=(boards.gains(ledger, board, reach), gained.gains(ledger, board)),
            ),
            Folded(label="Gain in every language", shown=(gained.gains_by_language(ledger, board),)),
        )
    drawn = boards.scores(ledger, board)
    tall = len(board.languages) * len(board.conditions) > DOTS
    if tall:
        folded = (Folded(label="Score in every language, as a figure", shown=(drawn,)), *folded)
    return Section(
        anchor=f"target_{transfer.slug(board)}",
        title=transfer.title(ledger, board),
        shown=(transfer.scores(ledger, board), *(() if tall else (drawn,))),
        folded=(
            Folded(label="Score in every language, every condition", shown=(transfer.languages_of(ledger, board),)),
            *folded,
        ),
    )
