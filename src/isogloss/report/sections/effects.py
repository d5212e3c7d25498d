"""What divergence does to each outcome, for the page: forest plot, scatter with the fitted line, and the verdicts."""

from collections.abc import Sequence

from isogloss.analysis import conclusions
from isogloss.analysis.conclusions import Analysis, Conclusion, sentence
from isogloss.analysis.outcomes import TITLES
from isogloss.analysis.pairing import heeded
from isogloss.core.shown import amount
from isogloss.report.figures.effects import forest, scatter
from isogloss.report.parts.names import Names, measured
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.parts.words import points
from isogloss.report.sections import robustness
from isogloss.report.sections._entry import Entry
from isogloss.report.sections.divergence import leading
from isogloss.report.tables.analysis import VERDICTS, told, turned, worse
from isogloss.stats.intervals import INTEREST
from isogloss.store.divergence import Divergence

ANCHOR, TITLE = "effect", "What divergence explains"
SECTION = Entry(
    place=60,
    of=lambda findings: section(findings.called, findings.analysis, heeded(findings.divergences), findings.names),
)

UNREAD = "No transfer could be read, so there is nothing for divergence to explain."
PANELS = 3
"""Outcomes that stand open, of the first measure of each family; in the order of TITLES."""


def section(study: str, analysis: Analysis | None, rows: Sequence[Divergence], called: Names) -> Section:
    """Forest plot, scatter of the leading measure, every effect, and every verdict with its reason."""
    if analysis is None or not analysis.verdicts:
        if command := missing(study, analysis, rows):
            return Section(anchor=ANCHOR, title=TITLE, command=command)
        return Section(anchor=ANCHOR, title=TITLE, says=(UNREAD,), notes=analysis.notes if analysis else ())
    tested = [each for each in analysis.verdicts if each.value is not None]
    notes = tuple(_unestimated(analysis.verdicts)) + analysis.notes
    says = (
        "One slope for each measure and outcome: what one standard deviation more of divergence does to the outcome, "
        "in points, with what rows share (encoder, tasks, language) counted once. More divergence is predicted to be "
        "worse.",
    )
    if not tested:
        said = "No effect could be estimated from this study, so every question stays undecided."
        return Section(anchor=ANCHOR, title=TITLE, says=(*says, said), notes=notes)
    outcomes = _outcomes(tested)
    first = [each for each in tested if each.measure in leading(rows)] or tested
    dots = [
        scatter(analysis, tested, rows, outcomes[place : place + PANELS], called, f"_{place}" * bool(place))
        for place in range(0, len(outcomes), PANELS)
    ]
    folded = [
        Folded(label="Every measure on every outcome, as a figure", shown=(forest(tested, outcomes, "_all"),)),
        Folded(label="Every measure on every outcome, as a table", shown=(_matrix(tested),)),
        Folded(label="Every cell behind the slopes", shown=tuple(each for each in dots if each)),
        Folded(label=f"All {len(tested)} verdicts and what they rest on", shown=(_verdicts(tested),)),
        Folded(
            label="What could not be estimated, and how verdicts are reached", notes=(conclusions.definition(), *notes)
        ),
    ]
    return Section(
        anchor=ANCHOR, title=TITLE, says=says, shown=(forest(first, _outcomes(first)[:PANELS]),),
        folded=tuple(each for each in folded if each.shown or each.notes),
    )  # fmt: skip


def missing(study: str, analysis: Analysis | None, rows: Sequence[Divergence]) -> str:
    """The command that makes verdicts of a study that has none; empty where none does, as no transfer was read."""
    if analysis and not analysis.outcomes.rows:
        return ""
    return " && ".join([f"isogloss measure {study}"] * (not rows) + [f"isogloss analyse {study}"])


def _unestimated(verdicts: Sequence[Conclusion]) -> list[str]:
    why: dict[str, list[Conclusion]] = {}
    for each in verdicts:
        if each.value is None:
            why.setdefault(each.why, []).append(each)
    said = []
    for reason, of in why.items():
        measures = list(dict.fromkeys(each.measure for each in of))
        outcomes = list(dict.fromkeys(TITLES.get(each.outcome, each.outcome) for each in of))
        which = ", ".join(map(measured, measures)) if len(measures) <= 3 else f"{len(measures)} measures"
        said.append(f"{which} and {', '.join(outcomes)}: {reason.rstrip('.')}.")
    return said


def _outcomes(tested: Sequence[Conclusion]) -> list[str]:
    known = {each.outcome for each in tested}
    return [name for name in TITLES if name in known]


def _matrix(tested: Sequence[Conclusion]) -> Table:
    outcomes = _outcomes(tested)
    by = {(each.measure, each.outcome): each for each in tested}
    rows = []
    for name_of in dict.fromkeys(each.measure for each in tested):
        cells = []
        for name in outcomes:
            each = by.get((name_of, name))
            if each is None or each.value is None:
                cells.append(Cell(text="–"))
                continue
            mark = {"supported": "decided", "refuted": "quiet"}.get(each.verdict, "")
            sign = {"supported": "supported", "refuted": "refuted"}.get(each.verdict, "")
            harm = worse(name, each.value)
            heat = max(-1.0, min(1.0, -harm / 0.05)) if sign == "supported" else None
            cells.append(
                in_points(harm, signed=True, note=sign, mark=mark, heat=heat,
                          title=f"{each.verdict}: worse by {told(each)}; {each.why}")
            )  # fmt: skip
        rows.append(Rows(cells=(Cell(text=measured(name_of), name=name_of), *cells)))
    return table(
        key="effects_matrix",
        caption="Effect of every measure on every outcome",
        facts="how many points worse the outcome is per standard deviation of divergence, as in the figure: above 0, "
        "farther is worse · a number without a word is undecided · the "
        "interval and the reason are behind each cell, and in the list below",
        columns=[
            Column(name="Measure", number=False),
            *(Column(name=robustness.heading(name), title=f"{TITLES[name]}: worse by") for name in outcomes),
        ],
        rows=rows,
    )


def _verdicts(tested: Sequence[Conclusion]) -> Table:
    ordered = sorted(tested, key=lambda each: (VERDICTS.index(each.verdict), each.p if each.p is not None else 2.0))
    rows = [
        Rows(
            cells=(
                Cell(text=measured(each.measure), name=each.measure),
                Cell(text=robustness.heading(each.outcome)),
                Cell(text=each.verdict, mark="decided" if each.verdict == "supported" else ""),
                _worse(each),
                _p(each.holm),
                _p(each.permutation),
                _share(each.partial),
                Cell(text=_prediction(each)),
                Cell(text=_rests(each)),
                Cell(text="; ".join(part for part in (each.why, sentence(each)) if part)),
            )
        )
        for each in ordered
    ]
    texts = ("Measure", "Outcome", "Verdict", "Predicts", "Rests on", "Why, and what would decide it")
    numbers = ("Worse by", "p (Holm)", "p (perm.)", "Partial R²")
    return table(
        key="verdicts",
        heads=2,
        caption="Verdicts",
        facts="worse by: points per standard deviation of divergence, with 95% intervals · smallest effect of "
        f"interest: {points(INTEREST)} point · Holm over everything tested · permutation of languages and intermediate "
        "tasks within blocks",
        columns=[Column(name=name, number=name in numbers) for name in (*texts[:3], *numbers, *texts[3:])],
        rows=rows,
    )


def _worse(each: Conclusion) -> Cell:
    by, low, high = turned(each)
    if by is None or low is None or high is None:
        return Cell(text="–")
    return in_points(by, (low, high), signed=True)


def _p(value: float | None) -> Cell:
    return Cell(text="–") if value is None else Cell(text=f"{value:.3f}", value=value)


def _share(value: float | None) -> Cell:
    return Cell(text="–") if value is None else Cell(text=f"{value:.2f}", value=value)


def _prediction(conclusion: Conclusion) -> str:
    """Root mean squared error on what was left out, with and without the divergence."""
    errors = conclusion.errors or {}
    said = []
    for name in ("family", "intermediate"):
        if f"unseen {name}" in errors:
            with_it, without = errors[f"unseen {name}"], errors[f"unseen {name}, without divergence"]
            said.append(f"unseen {name}: off by {points(with_it)}, without it {points(without)}")
    return "; ".join(said) or "–"


def _rests(conclusion: Conclusion) -> str:
    units = [amount(count, name) for name, count in (conclusion.units or {}).items()]
    return f"{amount(conclusion.rows, 'row')}: {', '.join(units)}"
