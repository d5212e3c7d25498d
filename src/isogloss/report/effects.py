"""What divergence does to each outcome, for the page: forest plot, scatter with the fitted line, and the verdicts."""

from collections.abc import Sequence
from typing import Any

from isogloss.analysis import conclusions, pairing
from isogloss.analysis.conclusions import Analysis, Verdict, sentence
from isogloss.analysis.effects import Table as Cells
from isogloss.analysis.outcomes import BETTER, TITLES
from isogloss.analysis.statistics import INTEREST
from isogloss.core.errors import MetricError
from isogloss.report import robustness
from isogloss.report.analysis import VERDICTS
from isogloss.report.divergence import leading
from isogloss.report.figures import COLOURS, INK, POINTS, RULE, Figure, colour, configured, language, shape
from isogloss.report.section import Folded, Section
from isogloss.report.table import Cell, Column, Rows, Table, table
from isogloss.report.words import points, spanned
from isogloss.store.divergence import Divergence

ANCHOR, TITLE = "effect", "What divergence explains"

DRAWN = 250
"""Dots of one panel; more become a blot. The CSV has all."""
PANELS = 4
"""Outcomes of a figure, in the order of TITLES; those after them have figures of their own, folded."""
_PALETTE = {"undecided": 0, "supported": 1, "refuted": 2}


def section(study: str, analysis: Analysis | None, rows: Sequence[Divergence]) -> Section:
    """Forest plot, scatter of the leading measure, every effect, and every verdict with its reason."""
    if analysis is None or not analysis.verdicts:
        missing = [f"isogloss measure {study}"] * (not rows) + [f"isogloss analyse {study}"]
        return Section(anchor=ANCHOR, title=TITLE, command=" && ".join(missing))
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
    first, rest = _outcomes(tested)[:PANELS], _outcomes(tested)[PANELS:]
    drawn = [forest(tested, first), scatter(analysis, tested, rows, first)]
    more = [forest(tested, rest, "_rest"), scatter(analysis, tested, rows, rest, "_rest")] if rest else []
    folded = [Folded(label="The other outcomes as figures", shown=tuple(each for each in more if each))] * bool(more)
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=says,
        shown=(*(each for each in drawn if each), _matrix(tested)),
        folded=(*folded, Folded(label=f"All {len(tested)} verdicts and what they rest on", shown=(_verdicts(tested),))),
        notes=(_definition(), *notes),
    )


def _definition() -> str:
    return " ".join((conclusions.__doc__ or "").split("\n\n", 1)[1].replace("**", "").split())


def _unestimated(verdicts: Sequence[Verdict]) -> list[str]:
    why: dict[str, list[Verdict]] = {}
    for each in verdicts:
        if each.value is None:
            why.setdefault(each.why, []).append(each)
    told = []
    for reason, of in why.items():
        measures = list(dict.fromkeys(each.measure for each in of))
        outcomes = list(dict.fromkeys(TITLES.get(each.outcome, each.outcome) for each in of))
        which = ", ".join(measures) if len(measures) <= 3 else f"{len(measures)} measures"
        told.append(f"{which} and {', '.join(outcomes)}: {reason.rstrip('.')}.")
    return told


def _outcomes(tested: Sequence[Verdict]) -> list[str]:
    known = {each.outcome for each in tested}
    return [name for name in TITLES if name in known]


def forest(tested: Sequence[Verdict], outcomes: Sequence[str], suffix: str = "") -> Figure:
    """Slopes turned so that right is worse, with intervals; the band holds what is too small to be of interest."""
    import altair as alt

    data: list[dict[str, Any]] = []
    for each in tested:
        if each.outcome not in outcomes or each.value is None or each.low is None or each.high is None:
            continue
        worse = -BETTER[each.outcome]
        low, high = sorted((worse * each.low, worse * each.high))
        told = f"{each.measure}, {TITLES[each.outcome]}: {_effect(each)} points per SD, {each.verdict}"
        data.append(
            {"measure": each.measure, "outcome": TITLES[each.outcome], "series": each.verdict,
             "worse": worse * each.value, "low": low, "high": high, "slope": each.value, "holm": each.holm, "tip": told}
        )  # fmt: skip
    most = 2.5 * max(0.02, *(abs(each["worse"]) for each in data))
    reach = (max(-most, min(each["low"] for each in data)), min(most, max(each["high"] for each in data)))
    order = list(dict.fromkeys(each.measure for each in tested))
    kinds = [name for name in _PALETTE if any(each["series"] == name for each in data)]
    places = [_PALETTE[name] for name in kinds]
    axis = alt.Axis(format="+.0%", labelExpr=POINTS, tickCount=5)
    if reach[1] - reach[0] < 0.06:
        axis = alt.Axis(format="+.1%", labelExpr=POINTS, tickCount=5)
    scale = alt.Scale(domain=reach, nice=False, padding=4)
    y = alt.Y("measure:N", sort=order, title=None, axis=alt.Axis(labelLimit=230))
    base = alt.Chart().encode(y=y, color=colour(alt, kinds, places))
    edges = {"a": f"{-INTEREST}", "b": f"{INTEREST}"}
    band = alt.Chart().transform_aggregate(count="count()").transform_calculate(**edges)
    layered = alt.layer(
        band.mark_rect(color=RULE, opacity=0.55, aria=False).encode(x=alt.X("a:Q", scale=scale), x2="b:Q"),
        band.transform_calculate(zero="0").mark_rule(color=INK, aria=False).encode(x=alt.X("zero:Q", scale=scale)),
        base.mark_rule(strokeWidth=1.5, clip=True, aria=False).encode(
            x=alt.X("low:Q", title="worse by, points per SD", axis=axis, scale=scale), x2="high:Q"
        ),
        base.mark_point(filled=True, size=40, opacity=1).encode(
            x=alt.X("worse:Q", scale=scale), shape=shape(alt, kinds, places), description="tip:N"
        ),
    ).properties(width=165, height=alt.Step(15))
    titles = [TITLES[name] for name in outcomes]
    facet = alt.Facet("outcome:N", sort=titles, title=None)
    chart = layered.facet(facet, columns=2, spacing=14, data=alt.NamedData(name="effects"))
    return Figure(
        key=f"effects{suffix}",
        caption="Effects with 95% intervals: right of 0, texts that lie farther go with worse outcomes. Grey band: "
        f"less than {points(INTEREST)} point, of no interest. Long intervals are cut at the frame.",
        alt=f"Forest plot: effects of {len(order)} measures of divergence on {', '.join(titles)}, with intervals; the "
        "numbers are in the table below.",
        spec={**configured(chart), "datasets": {"effects": data}},
        data=data,
    )


def scatter(
    analysis: Analysis, tested: Sequence[Verdict], rows: Sequence[Divergence], outcomes: Sequence[str], suffix: str = ""
) -> Figure | None:
    """Outcome against the leading measure, a panel per outcome, with the slope of the model and its interval."""
    import altair as alt

    known = list(dict.fromkeys(each.measure for each in tested))
    measure = next((name for name in (*leading(rows), *known) if name in known), "")
    of = pairing.named(rows).get(measure, [])
    typology = [row for row in rows if row.family == "typological"]
    data: list[dict[str, Any]] = []
    drawn: list[dict[str, Any]] = []
    titles = []
    for each in tested:
        if each.measure != measure or each.outcome not in outcomes or each.value is None:
            continue
        cells = [cell for cell in analysis.outcomes.found if cell.name == each.outcome]
        try:
            made = pairing.table(cells, analysis.outcomes, of, typology)
        except MetricError:  # the store changed since the analysis
            continue
        titles.append(TITLES[each.outcome])
        here = _dots(made, TITLES[each.outcome])
        data += here
        drawn += here[:: -(-len(here) // DRAWN)]
        drawn += _line(each, here)
    if not data:
        return None
    data += [each for each in drawn if each["kind"] == "line"]
    base = alt.Chart()
    x = alt.X("divergence:Q", title=f"{measure}, standard deviations", scale=alt.Scale(nice=False, padding=6))
    shown = alt.Axis(format=".0%", labelExpr=POINTS, tickCount=5)
    y = alt.Y("value:Q", title="points", axis=shown, scale=alt.Scale(zero=False))
    line = base.transform_filter("datum.kind === 'line'")
    layered = alt.layer(
        line.mark_area(opacity=0.2, color=COLOURS[2], aria=False).encode(
            x=x, y=alt.Y("low:Q", title="points"), y2="high:Q"
        ),
        base.transform_filter("datum.kind === 'cell'")
        .mark_point(filled=True, size=18, opacity=0.6, color=COLOURS[1])
        .encode(x=x, y=y, description="tip:N"),
        line.mark_line(strokeWidth=2, color=COLOURS[2], aria=False).encode(x=x, y=y),
    ).properties(width=175, height=150)
    facet = alt.Facet("outcome:N", sort=titles, title=None)
    chart = layered.facet(facet, columns=2, spacing=18, data=alt.NamedData(name="cells")).resolve_scale(y="independent")
    fewer = f" {DRAWN} dots at most are drawn of each panel; the CSV has all." if len(drawn) < len(data) else ""
    return Figure(
        key=f"scatter{suffix}",
        caption=f"Each outcome against {measure}: a dot per encoder, tasks and language. The line has the model’s "
        f"slope and goes through the mean; the band is the slope’s 95% interval.{fewer}",
        alt=f"Scatter plots of {', '.join(titles)} against {measure} with fitted lines and their bands; the numbers "
        "are in the CSV file.",
        spec={**configured(chart), "datasets": {"cells": drawn}},
        data=data,
    )


def _dots(made: Cells, outcome: str) -> list[dict[str, Any]]:
    """By divergence, so that every n-th of them is a fair sample."""
    codes = made.factors.get("language", [""] * len(made.outcome))
    tasks = made.factors.get("intermediate", ["any intermediate task"] * len(made.outcome))
    found = [
        {
            "kind": "cell", "outcome": outcome, "encoder": encoder, "intermediate": task, "target": target,
            "language": code, "divergence": float(x), "value": float(y), "low": None, "high": None,
            "tip": f"{task} before {target}{f' in {language(code)}' if code else ''}, {encoder}: {points(float(y))} at "
            f"{float(x):+.2f} SD",
        }
        for encoder, task, target, code, x, y in zip(
            made.factors["encoder"], tasks, made.factors["target"], codes, made.divergence,
            made.outcome, strict=True,
        )
    ]  # fmt: skip
    return sorted(found, key=lambda each: float(each["divergence"]))


def _line(verdict: Verdict, dots: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    value, low, high = verdict.value or 0.0, verdict.low or 0.0, verdict.high or 0.0
    middle = sum(each["value"] for each in dots) / len(dots)
    ends = [dots[0]["divergence"], 0.0, dots[-1]["divergence"]]
    return [
        {
            "kind": "line", "outcome": TITLES[verdict.outcome], "encoder": "", "intermediate": "", "target": "",
            "language": "", "divergence": x, "value": middle + value * x, "low": middle + min(low * x, high * x),
            "high": middle + max(low * x, high * x), "tip": "",
        }
        for x in ends
    ]  # fmt: skip


def _effect(each: Verdict) -> str:
    return spanned(each.value, each.low, each.high)


def _matrix(tested: Sequence[Verdict]) -> Table:
    outcomes = _outcomes(tested)
    by = {(each.measure, each.outcome): each for each in tested}
    rows = []
    for measure in dict.fromkeys(each.measure for each in tested):
        cells = []
        for name in outcomes:
            each = by.get((measure, name))
            if each is None or each.value is None:
                cells.append(Cell(text="–"))
                continue
            mark = {"supported": "decided", "refuted": "quiet"}.get(each.verdict, "")
            sign = {"supported": "supported", "refuted": "refuted"}.get(each.verdict, "")
            worse = -BETTER[name] * each.value
            heat = max(-1.0, min(1.0, -worse / 0.05)) if sign == "supported" else None
            cells.append(
                Cell(text=points(each.value, True), aside=sign, value=each.value, mark=mark, heat=heat,
                     title=f"{each.verdict}: {_effect(each)}; {each.why}")
            )  # fmt: skip
        rows.append(Rows(cells=(Cell(text=measure), *cells)))
    return table(
        key="effects_matrix",
        caption="Effect of every measure on every outcome",
        facts="points of the outcome per standard deviation of divergence · a number without a word is undecided · the "
        "interval and the reason are behind each cell, and in the list below",
        columns=[Column(name="Measure", number=False), *robustness.columns(outcomes)],
        rows=rows,
    )


def _verdicts(tested: Sequence[Verdict]) -> Table:
    ordered = sorted(tested, key=lambda each: (VERDICTS.index(each.verdict), each.p if each.p is not None else 2.0))
    rows = [
        Rows(
            cells=(
                Cell(text=each.measure),
                Cell(text=robustness.heading(each.outcome)),
                Cell(text=each.verdict, mark="decided" if each.verdict == "supported" else ""),
                Cell(text=_effect(each), value=each.value),
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
    numbers = ("Points per SD", "p (Holm)", "p (perm.)", "Partial R²")
    return table(
        key="verdicts",
        caption="Verdicts",
        facts=f"95% intervals · smallest effect of interest: {points(INTEREST)} point per standard deviation · Holm "
        "over everything tested · permutation of languages and intermediate tasks within blocks",
        columns=[Column(name=name, number=name in numbers) for name in (*texts[:3], *numbers, *texts[3:])],
        rows=rows,
    )


def _p(value: float | None) -> Cell:
    return Cell(text="–") if value is None else Cell(text=f"{value:.3f}", value=value)


def _share(value: float | None) -> Cell:
    return Cell(text="–") if value is None else Cell(text=f"{value:.2f}", value=value)


def _prediction(each: Verdict) -> str:
    """Root mean squared error on what was left out, with and without the divergence."""
    errors = each.errors or {}
    told = []
    for name in ("family", "intermediate"):
        if f"unseen {name}" in errors:
            with_it, without = errors[f"unseen {name}"], errors[f"unseen {name}, without divergence"]
            told.append(f"unseen {name}: off by {points(with_it)}, without it {points(without)}")
    return "; ".join(told) or "–"


def _rests(each: Verdict) -> str:
    told = [f"{count} {name}{'s' if count != 1 else ''}" for name, count in (each.units or {}).items()]
    return f"{each.rows} rows: {', '.join(told)}"
