"""Tables of gains: what an intermediate task brought, in English and zero-shot, target by target and all together."""

from collections.abc import Sequence
from dataclasses import replace

from isogloss.analysis.candidates import question
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.ranking import Ranking
from isogloss.analysis.samples import Sample
from isogloss.analysis.transfer import Board, Condition
from isogloss.analysis.unlabelled import unlabelled
from isogloss.report.parts import names
from isogloss.report.parts.table import Cell, Column, Rows, Table, table
from isogloss.report.parts.words import points
from isogloss.report.tables.transfer import (
    ABSENT,
    FULL_TINT,
    by_family,
    facts,
    heading,
    language_cell,
    named,
    outcome,
    said,
    slug,
    title,
    without,
)
from isogloss.report.without_labels import MARK

GAINS = (
    ("gain english", "In English", "Gain in the language of the labels."),
    ("gain others", "Zero-shot", "Gain of the mean over all other languages; English is not in it."),
    ("gain gap", "Change of the gap", "Below zero: the other languages came closer to English."),
    ("gain worst", "Worst language", "Gain of each run's worst language."),
)

_UNKNOWN = Cell(text="–", title="no labels: the gain is not known", mark=f"{MARK} quiet")
REPEATED = {
    "encoders": "encoders", "seeds": "seeds of these encoders", "runs": "two runs, one of each encoder",
    "examples": "one run, not repeated",
}  # fmt: skip
"""What an interval holds, in words."""


def gains(ledger: Ledger, board: Board) -> Table:
    """One row per intermediate task: its gain in English beside its gain zero-shot."""
    outcomes = [each for each in GAINS if any(each[0] in c.outcomes for c in board.conditions)]
    with_gain = [c for c in board.conditions if c.gains]
    called = names.of(ledger)
    rows = []
    for condition in with_gain:
        cells = [
            outcome(condition.outcomes.get(key), signed=True, heat=_worse(key) * FULL_TINT) for key, _, _ in outcomes
        ]
        others = condition.outcomes["gain others"].estimate() if "gain others" in condition.outcomes else None
        agree = f"{others.positive} of {others.encoders}" if others else "–"
        unread = " not read: English not learned" if condition.competent is False else ""
        rows.append(
            Rows(
                cells=(
                    named(called, condition, unread),
                    *cells,
                    Cell(text=agree, value=others.positive / others.encoders if others else None, note=agree),
                    Cell(text=REPEATED[others.unit] if others else "–", title=others.method if others else ""),
                ),
                mark="control" if condition.same_task else "",
            )
        )
    return table(
        key=f"gains_{slug(board)}",
        caption=f"{title(ledger, board)}: gain over no intermediate task",
        facts=f"gains in {facts(board, with_gain)}, paired by encoder and seed",
        columns=[
            Column(name="Intermediate", number=False),
            *(Column(name=heading(board, name), title=about) for _, name, about in outcomes),
            Column(name="Encoders above 0", title="In how many pretrained encoders the zero-shot gain is above 0."),
            Column(name="Interval over", number=False, title="What was repeated."),
        ],
        rows=rows,
    )


def gains_by_language(ledger: Ledger, board: Board) -> Table:
    """Languages × intermediate tasks, as a heat map."""
    with_gain = [c for c in board.conditions if c.gains]
    called = names.of(ledger)
    rows = []
    quiet = [each.language for each in unlabelled(ledger, board)]
    for code, family in by_family((*board.languages, *quiet)):
        if code in quiet:
            rows.append(Rows(cells=(language_cell(code), *[_UNKNOWN] * len(with_gain)), group=family, family=family))
            continue
        cells = (outcome(c.gains[code], signed=True, heat=FULL_TINT) for c in with_gain)
        rows.append(Rows(cells=(language_cell(code), *cells), group=family, family=family))
    return table(
        key=f"gains_by_language_{slug(board)}",
        caption=f"{title(ledger, board)}: gain in every language",
        facts=f"gains in {facts(board, with_gain)}, paired by encoder and seed",
        columns=[
            Column(name="Language", number=False),
            *(Column(name=said(called, c), code=c.name) for c in with_gain),
        ],
        rows=rows,
        notes=without(ledger, [board]),
    )


def overview(ledger: Ledger, boards: Sequence[Board], ranking: Ranking) -> Table:
    """Intermediate × target tasks: the zero-shot gain, the gain in English as small print, and their mean."""
    called = names.of(ledger)
    ranked = {each.intermediate: each for each in ranking.candidates}
    conditions = dict.fromkeys(c.intermediate for board in boards for c in board.conditions if c.gains)
    rows = []
    for name in (*ranked, *(each for each in conditions if each not in ranked)):
        cells = []
        for board in boards:
            condition = next((c for c in board.conditions if c.intermediate == name and c.gains), None)
            cells.append(_gain_pair(condition, ranking.unread.get(name, {}).get(question(board), "")))
        if len(boards) > 1:
            of = ranked.get(name)
            cells.insert(0, _pair(of.gain, of.english) if of else ABSENT)
        rows.append(Rows(cells=(Cell(text=called(name), name=name), *cells)))
    mean = [Column(name="Mean of those read", title="Over the targets on which the intermediate task is read.")]
    return table(
        key="overview",
        caption="Zero-shot gain of every intermediate task on every target task",
        facts="points over no intermediate task, paired by encoder and seed; mean over the other languages, with the "
        "gain in English beside it as “en” · bold: decided, by an interval over repeated runs that leaves out 0",
        columns=[
            Column(name="Intermediate", number=False), *(mean if len(boards) > 1 else ()),
            *(Column(name=title(ledger, board), code=title(ledger, board)) for board in boards),
        ],
        rows=rows,
    )  # fmt: skip


def _gain_pair(condition: Condition | None, unread: str) -> Cell:
    if condition is None or "gain others" not in condition.outcomes:
        return ABSENT
    cell = _pair(condition.outcomes["gain others"], condition.outcomes.get("gain english"))
    if not unread:
        return cell
    note = "same task" if condition.same_task else "not read"
    return replace(
        cell,
        aside=f"{cell.aside} {note}".strip(),
        note=note,
        title=f"not read: {unread}; {cell.title}",
        heat=None,
        mark="quiet",
    )


def _pair(gain: Sample, english: Sample | None) -> Cell:
    cell = outcome(gain, signed=True, heat=FULL_TINT)
    aside = f"en {points(english.estimate().value, True)}" if english else ""
    return replace(cell, aside=aside, title=f"zero-shot {cell.text} {cell.aside}; {cell.title}")


def _worse(key: str) -> int:
    """-1 where less is better: a gap that shrinks is good."""
    return -1 if key.endswith(" gap") else 1
