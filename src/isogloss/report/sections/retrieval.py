"""Retrieval layer by layer: a part for each way to find neighbours, the way that stands for all first."""

from collections.abc import Mapping, Sequence

from isogloss.analysis.transfer import Board
from isogloss.report.figures import boards
from isogloss.report.findings import Findings
from isogloss.report.parts import names
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.table import Table
from isogloss.report.sections._entry import Entry
from isogloss.report.tables import retrieval, transfer

ANCHOR, TITLE = "retrieval", "Retrieval by layer"
SECTION = Entry(place=90, of=lambda findings: section(findings, findings.colours))


def section(findings: Findings, colours: Mapping[str, int]) -> Section | None:
    """None for a study without retrieval."""
    panels = retrieval.panels(findings.retrievals)
    if not panels:
        return None
    usual = [groups for groups in panels if _usual(findings, groups)]
    others = [groups for groups in panels if not _usual(findings, groups)]
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=(
            "The nearest neighbour among the translations of a sentence, from pooled hidden states, without training "
            "for it. Raw vectors hold an offset for each language; centred ones have each language’s mean subtracted, "
            "without labels. All layers are shown: choosing the best one by its test score would be peeking.",
        ),
        parts=tuple(_part(findings, groups, colours) for groups in usual),
        folded=tuple(
            Folded(
                label=f"{_title(findings, groups[0][0])}: {retrieval.way(groups[0][0], 'pooling')}",
                shown=(boards.layers(findings.ledger, groups, colours), *_tables(findings, groups)),
            )
            for groups in others
        ),
    )


def _part(findings: Findings, groups: Sequence[Sequence[Board]], colours: Mapping[str, int]) -> Section:
    first = groups[0][0]
    return Section(
        anchor=f"retrieval_{transfer.slug(first)}_{'_'.join(retrieval.way(first, 'pooling').replace(',', '').split())}",
        title=_title(findings, first),
        shown=(boards.layers(findings.ledger, groups, colours),),
        folded=(
            Folded(label="Score and change by layer", shown=tuple(_tables(findings, groups))),
            *(Folded(label=made.heading, shown=(made,)) for made in retrieval.languages(findings.ledger, groups[0])),
        ),
    )


def _tables(findings: Findings, groups: Sequence[Sequence[Board]]) -> list[Table]:
    pairs = [(retrieval.layers(findings.ledger, each), retrieval.changes(findings.ledger, each)) for each in groups]
    return [each for pair in pairs for each in pair if each]


def _title(findings: Findings, board: Board) -> str:
    title = transfer.title(findings.ledger, board)
    return f"{title} after training on {names.of(findings.ledger)(board.target)}" if board.target else title


def _usual(findings: Findings, groups: Sequence[Sequence[Board]]) -> bool:
    """Whether it holds the way that stands for all."""
    return any(board is one for group in groups for board in group for one in findings.standing)
