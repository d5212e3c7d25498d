"""Everything a study's tables say, in order: as text for the terminal, and as LaTeX."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from isogloss.analysis import ledger as ledgers
from isogloss.analysis.conclusions import Analysis
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.measured import divergences
from isogloss.analysis.ranking import Ranking, rank
from isogloss.analysis.transfer import Board, boards, usual
from isogloss.core.controls import NONE
from isogloss.evidence.claim import Claim
from isogloss.report import concluded
from isogloss.report.page import headline, lead
from isogloss.report.page.headline import Headline
from isogloss.report.parts import names
from isogloss.report.parts.names import Names
from isogloss.report.parts.table import Cell, Column, Rows, Table, table
from isogloss.report.parts.words import called
from isogloss.report.tables import capabilities, gained, own, retrieval, transfer
from isogloss.store.divergence import Divergence
from isogloss.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Findings:
    """A study worked out once: what the page, the terminal and the files all show."""

    ledger: Ledger
    headline: Headline
    ranking: Ranking
    """Of the intermediate tasks, over the boards that summaries speak of."""
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
    learned: Sequence[Board] = ()
    """What intermediate phases scored on their own tasks: no targets."""
    held: Sequence[Claim] = ()
    """Claims that are held against the study."""

    @property
    def called(self) -> str:
        """How commands that a reader is told to give name the study."""
        return called(self.ledger.study)

    @cached_property
    def names(self) -> Names:
        """What tasks and intermediate tasks are called."""
        return names.of(self.ledger)

    @cached_property
    def divergences(self) -> list[Divergence]:
        """What was measured."""
        return divergences(self.ledger.store, self.ledger.study)

    @cached_property
    def analysis(self) -> Analysis | None:
        """What `isogloss analyse` left; None where it was not run."""
        return concluded.read(self.ledger)

    @cached_property
    def colours(self) -> Mapping[str, int]:
        """Condition → its place in the palette, the same all over the page."""
        conditions = [condition.intermediate for board in self.targets for condition in board.conditions]
        return {name: place for place, name in enumerate(dict.fromkeys([NONE, *conditions]))}

    @property
    def with_gains(self) -> list[Board]:
        """Targets on which an intermediate task can be compared with none."""
        return [board for board in self.targets if any(condition.gains for condition in board.conditions)]


def work_out(store: Store, name: str, held: Sequence[Claim] = ()) -> Findings:
    """Read a study and compute everything that is shown of it. Raises UnknownName for one that is not there."""
    ledger = ledgers.read(store, name)
    every = boards(ledger, retrieval=False, every_metric=True)
    parts = [board for board in every if board.way.part]
    every = [board for board in every if not board.way.part]
    targets = [board for board in every if board.metric == (ledger.counts(board.task) or board.metric)]
    return Findings(
        ledger=ledger,
        headline=headline.write(ledger, usual(targets)),
        ranking=rank(ledger, usual(targets)),
        targets=targets,
        every=every,
        parts=parts,
        retrievals=retrieval.ways(searched := boards(ledger, retrieval=True, every_metric=True)),
        standing=[board for board in usual(searched) if board.metric == (ledger.counts(board.task) or board.metric)],
        learned=boards(ledger, retrieval=False, own_phase=True),
        held=held,
    )


def tables(findings: Findings) -> list[Table]:
    """The numbers' tables in the order of the page."""
    ledger = findings.ledger
    shown = [transfer.scores(ledger, board) for board in findings.targets]
    shown += [transfer.languages_of(ledger, board) for board in findings.targets]
    shown += [learned] if (learned := own.learned(ledger, findings.learned)) else []
    shown += [errors] if (errors := capabilities.errors(ledger, findings.parts)) else []
    shown += [gained.gains(ledger, board) for board in findings.with_gains]
    shown += [gained.gains_by_language(ledger, board) for board in findings.with_gains]
    for group in findings.retrievals:
        changes = retrieval.changes(ledger, group)
        shown += [retrieval.layers(ledger, group), *([changes] if changes else [])]
    return shown


def summary(store: Store, name: str) -> str:
    """The study as text: the means of every test, the verdict, two sentences, and what to beware of."""
    ledger = ledgers.read(store, name)
    targets = boards(ledger, retrieval=False)
    top = headline.write(ledger, usual(targets))
    verdict = lead.lead(rank(ledger, usual(targets)), names.of(ledger), ledger.missing)
    shown = means(ledger, [*targets, *boards(ledger, retrieval=True, every_way=False)])
    said = [f"{verdict.says} {verdict.because}", top.done, top.found]
    learned = own.learned(ledger, boards(ledger, retrieval=False, own_phase=True))
    more = ["", learned.text()] if learned else []
    return "\n".join([shown.text(), *more, "", *said, *(f"! {each}" for each in top.cautions)])


def means(ledger: Ledger, compared: Sequence[Board]) -> Table:
    """A row per test and intermediate task: the scores and the zero-shot gain of the tables of each test."""
    rows = []
    said = names.of(ledger)
    for board in compared:
        way = f", {retrieval.told(board)}" if board.way.layer is not None else ""
        for condition in board.conditions:
            cells = (
                transfer.scored(board, condition, "english"),
                transfer.scored(board, condition, "others"),
                transfer.outcome(condition.outcomes.get("gain others"), signed=True),
                Cell(text=str(condition.runs), value=condition.runs),
            )
            group = f"{transfer.title(ledger, board)} ({board.metric}{way})"
            rows.append(Rows(cells=(transfer.named(said, condition), *cells), group=group))
    return table(
        key="means",
        caption=ledger.study.title,
        facts="points: means over encoders, each the mean of its seeds, with 95% intervals · the others are the mean "
        "over all languages without English · gain over no intermediate task, paired by encoder and seed",
        columns=[
            Column(name="Intermediate", number=False),
            *(Column(name=each) for each in ("English", "Other languages", "Zero-shot gain", "Runs")),
        ],
        rows=rows,
        notes=["* English does not clear the strongest trivial baseline."]
        * any(condition.competent is False for board in compared for condition in board.conditions),
    )


def latex(store: Store, name: str) -> str:
    """All tables of a study as LaTeX (booktabs), one after another."""
    return "\n".join(each.latex() for each in tables(work_out(store, name)))
