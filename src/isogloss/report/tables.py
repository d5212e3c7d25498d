"""Everything a study's tables say, in order: as text for the terminal, and as LaTeX."""

from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.analysis import ledger as ledgers
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.transfer import Board, boards, usual
from isogloss.report import capabilities, headline, retrieval, transfer
from isogloss.report.headline import Headline
from isogloss.report.table import Table
from isogloss.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Findings:
    """A study worked out once: what the page, the terminal and the files all show."""

    ledger: Ledger
    headline: Headline
    targets: Sequence[Board]
    """One per target task, in its first metric."""
    every: Sequence[Board]
    """The same in all metrics."""
    parts: Sequence[Board]
    """Parts of a test, each by itself: MultiCheckList's capabilities."""
    retrievals: Sequence[Sequence[Board]]
    """Grouped by everything but layer and centring."""
    standing: Sequence[Board]
    """Of each retrieval the board whose way stands for all."""

    @property
    def with_gains(self) -> list[Board]:
        """Targets on which an intermediate task can be compared with none."""
        return [board for board in self.targets if any(condition.gains for condition in board.conditions)]


def work_out(store: Store, name: str) -> Findings:
    """Read a study and compute everything that is shown of it. Raises UnknownName for one that is not there."""
    ledger = ledgers.read(store, name)
    every = boards(ledger, retrieval=False, every_metric=True)
    parts = [board for board in every if board.way.part]
    every = [board for board in every if not board.way.part]
    targets = [board for board in every if board.metric == (ledger.counts(board.task) or board.metric)]
    return Findings(
        ledger=ledger,
        headline=headline.write(ledger, usual(targets)),
        targets=targets,
        every=every,
        parts=parts,
        retrievals=retrieval.ways(found := boards(ledger, retrieval=True, every_metric=True)),
        standing=[board for board in usual(found) if board.metric == (ledger.counts(board.task) or board.metric)],
    )


def tables(found: Findings) -> list[Table]:
    """The numbers' tables in the order of the page."""
    ledger = found.ledger
    shown = [transfer.scores(ledger, board) for board in found.targets]
    shown += [transfer.languages_of(ledger, board) for board in found.targets]
    shown += [errors] if (errors := capabilities.errors(ledger, found.parts)) else []
    shown += [transfer.gains(ledger, board) for board in found.with_gains]
    shown += [transfer.gains_by_language(ledger, board) for board in found.with_gains]
    for group in found.retrievals:
        changes = retrieval.changes(ledger, group)
        shown += [retrieval.layers(ledger, group), *([changes] if changes else [])]
    return shown


def summary(store: Store, name: str) -> str:
    """The study as text: its two sentences, what to beware of, then scores, gains and retrieval."""
    found = work_out(store, name)
    ledger, top = found.ledger, found.headline
    parts = [str(ledger.study["title"]), top.done, top.found, *(f"! {each}" for each in top.cautions)]
    for board in found.targets:
        parts += ["", transfer.scores(ledger, board).first(4).text()]
        if board in found.with_gains:
            parts += ["", transfer.gains(ledger, board).first(4).text()]
    for group in found.retrievals:
        parts += ["", retrieval.layers(ledger, group).text()]
    return "\n".join(parts)


def latex(store: Store, name: str) -> str:
    """All tables of a study as LaTeX (booktabs), one after another."""
    return "\n".join(each.latex() for each in tables(work_out(store, name)))
