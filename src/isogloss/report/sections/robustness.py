"""How robust each transfer was, for the page: every outcome per intermediate task, target and language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

from isogloss.analysis.conclusions import Analysis
from isogloss.analysis.outcomes import ALL, BETTER, TITLES, Outcome, by_transfer
from isogloss.core.shown import amount
from isogloss.report.parts import heat
from isogloss.report.parts.chart import Figure, language
from isogloss.report.parts.names import Names
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.parts.words import capital, interval, points
from isogloss.report.sections._entry import Entry

ANCHOR, TITLE = "robustness", "How robust the transfer was"
SECTION = Entry(place=30, of=lambda findings: section(findings.called, findings.analysis, findings.names))

_FULL = 0.2
"""A gain of 20 points has the full tint, as in the tables of gains."""
_SIGNED = ("gain",)
_HEADS = {"gain": "Gain", "gap": "Gap", "retention": "Retention", "worst": "Worst language", "quarter": "Worst quarter",
          "seed SD": "Seed SD of the gain", "harm": "P(harm)", "calibration": "ECE",
          "consistency": "Consistency"}  # fmt: skip


def section(study: str, analysis: Analysis | None, called: Names) -> Section:
    """A heat map of gains, means over languages, and every language folded."""
    if analysis is None:
        return Section(anchor=ANCHOR, title=TITLE, command=f"isogloss analyse {study}")
    outcomes = analysis.outcomes.rows
    left = tuple(
        f"Left out: {called(each.intermediate)} before {called(each.target)}, because {called.within(each.why)}."
        for each in analysis.outcomes.left_out
    )
    if not outcomes:
        return Section(anchor=ANCHOR, title=TITLE, says=("No transfer could be read.",), notes=left)
    where = _Where(called=called, several=len({each.encoder for each in outcomes}) > 1)
    targets = list(dict.fromkeys(where(each) for each in outcomes))
    gains = _map([each for each in outcomes if each.name == "gain"], where)
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=(
            "Every outcome of an intermediate task, read only where English itself was learned. A gain is shown next "
            "to the gain in English; the gap, seed spread, harm, calibration error and drops are better when small.",
        ),
        shown=(gains,) if gains else (),
        folded=(
            Folded(label="Every outcome of every transfer", shown=(_means(outcomes, where),)),
            Folded(
                label="Every outcome in every language",
                shown=tuple(
                    _languages(target, [each for each in outcomes if where(each) == target], called)
                    for target in targets
                ),
            ),
        ),
        notes=left,
    )


@dataclass(frozen=True, kw_only=True)
class _Where:
    """What an outcome is of, for people: its target, and its encoder where there are `several`."""

    called: Names
    several: bool

    def __call__(self, each: Outcome) -> str:
        return self.named(each.target, each.encoder)

    def named(self, target: str, encoder: str, titles: bool = True) -> str:
        """The same of a target and an encoder; with the store's names where not with titles."""
        shown = self.called(target) if titles else target
        return f"{shown}, {encoder}" if self.several else shown


def heading(name: str) -> str:
    """An outcome as a column's head."""
    return _HEADS.get(name, capital(name))


def names(outcomes: Sequence[Outcome]) -> list[str]:
    """The outcomes that are there, in the order of TITLES."""
    known = {each.name for each in outcomes}
    return [name for name in TITLES if name in known]


def columns(of: Sequence[str]) -> list[Column]:
    """A column per outcome, with what it is and which way is good."""
    return [
        Column(name=heading(name), title=f"{TITLES[name]}; {'more' if BETTER[name] > 0 else 'less'} is better")
        for name in of
    ]


def _means(every: Sequence[Outcome], where: _Where) -> Table:
    shown = names(every)
    rows = [
        Rows(
            cells=(Cell(text=where.called(task), name=task), *means(outcomes, shown)),
            group=where.named(target, encoder), code=where.named(target, encoder, titles=False),
        )
        for (encoder, task, target), outcomes in by_transfer(every).items()
    ]  # fmt: skip
    return table(
        key="robustness",
        caption="Robustness of every transfer",
        facts="points · means over the languages but English, with the lowest and the highest language beside; worst "
        "language and worst quarter with their 95% interval",
        columns=[Column(name="Intermediate", number=False), Column(name="Gain in English"), *columns(shown)],
        rows=rows,
        notes=["Means over languages have no interval here: each language has its own below."],
    )


def means(outcomes: Mapping[str, Sequence[Outcome]], shown: Sequence[str]) -> list[Cell]:
    """Of one transfer the gain in English, then the mean of each outcome over the other languages."""
    english = [each.english for each in outcomes.get("gain", ()) if each.english is not None]
    side = in_points(english[0], signed=True) if english else Cell(text="–")
    return [side, *(_mean(name, outcomes.get(name, ())) for name in shown)]


def _mean(name: str, outcomes: Sequence[Outcome]) -> Cell:
    if not outcomes:
        return Cell(text="–")
    signed = name in _SIGNED
    if outcomes[0].language == ALL:
        return _single(outcomes[0])
    values = {each.language: each.estimate.value for each in outcomes}
    mean = fmean(values.values())
    ends = [min(values, key=lambda code: values[code]), max(values, key=lambda code: values[code])]
    aside = " to ".join(f"{points(values[code], signed)} {code}" for code in ends)
    tint = max(-1.0, min(1.0, mean / _FULL)) if name == "gain" else None
    told = in_points(mean, signed=signed, heat=tint, title=amount(len(values), "language"))
    return replace(told, aside=aside)


def _single(outcome: Outcome) -> Cell:
    signed = outcome.name in _SIGNED
    estimate = outcome.estimate
    mark = "decided" if outcome.name == "gain" and estimate.decided else ""
    tint = max(-1.0, min(1.0, estimate.value / _FULL)) if outcome.name == "gain" else None
    return in_points(
        estimate.value, (estimate.low, estimate.high), signed=signed, title=estimate.method, mark=mark, heat=tint
    )


def _languages(target: str, of_target: Sequence[Outcome], called: Names) -> Table:
    of = [each for each in of_target if each.language != ALL]
    key = f"{of[0].target} {of[0].encoder}" if target != called(of[0].target) else of[0].target
    shown = names(of)
    cells: dict[tuple[str, str], dict[str, Outcome]] = {}
    for each in of:
        cells.setdefault((each.language, each.intermediate), {})[each.name] = each
    order = heat.by_family([code for code, _ in cells])
    rows = []
    for (code, task), outcomes in sorted(cells.items(), key=lambda item: order.index(item[0][0])):
        kin = heat.family(code)
        every = (_single(outcomes[name]) if name in outcomes else Cell(text="–") for name in shown)
        head = Cell(text=language(code), aside=code if language(code) != code else "")
        rows.append(Rows(cells=(head, Cell(text=called(task), name=task), *every), family=kin))
    return table(
        key="robustness_" + "_".join("".join(c if c.isalnum() else " " for c in key).split()),
        heads=2,
        caption=f"{target}: robustness in every language",
        facts="points, 95% intervals · bold: a gain whose interval, taken alone, leaves out 0",
        columns=[Column(name="Language", number=False), Column(name="Intermediate", number=False), *columns(shown)],
        rows=rows,
    )


def _map(gains: Sequence[Outcome], where: _Where) -> Figure | None:
    if not gains:
        return None
    data: list[dict[str, Any]] = []
    for gain in sorted(gains, key=lambda one: (where(one), one.intermediate, one.language)):
        task = where.called(gain.intermediate)
        estimate = gain.estimate
        kin = heat.family(gain.language)
        told = f"{points(estimate.value, True)} {interval(estimate, True)}" + (f" ({kin})" if kin else "")
        sign = ("+" if estimate.value > 0 else "−") if estimate.decided else ""
        data.append(
            {
                "target": where(gain), "intermediate": task, "language": gain.language,
                "value": estimate.value, "low": estimate.low, "high": estimate.high, "english": gain.english,
                "interval_over": estimate.unit, "shade": max(-1.0, min(1.0, estimate.value / _FULL)), "sign": sign,
                "text": points(estimate.value, True),
                "tip": f"{task} before {where(gain)} in {language(gain.language)}: gain {told}",
            }
        )  # fmt: skip
    return heat.draw(
        "gain_by_language",
        "Gain of every intermediate task in every language",
        "Points over no intermediate task: blue is better, red worse, full at 20. In narrow columns + and − stand "
        "where the 95% interval over repeated runs, taken alone, leaves out 0.",
        f"Gain of {len({each.intermediate for each in gains})} intermediate tasks in "
        f"{len({each.language for each in gains})} languages, a panel per target; the numbers are in the tables below.",
        data,
    )
