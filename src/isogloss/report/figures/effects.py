"""What divergence does to each outcome, as figures: a forest plot, and a scatter with the fitted line."""

from collections.abc import Sequence
from typing import Any

from isogloss.analysis import pairing
from isogloss.analysis.conclusions import Analysis, Conclusion
from isogloss.analysis.effects import Design
from isogloss.analysis.outcomes import TITLES
from isogloss.core.errors import MetricError
from isogloss.report.parts.chart import (
    ACCENT,
    COLOURS,
    INK,
    POINTS,
    RULE,
    TYPE,
    WIDE,
    Figure,
    Spec,
    colour,
    configured,
    language,
    shape,
)
from isogloss.report.parts.names import Names, measured
from isogloss.report.parts.words import number, points
from isogloss.report.sections.divergence import leading
from isogloss.report.tables.analysis import told, worse
from isogloss.stats.intervals import INTEREST
from isogloss.store.divergence import Divergence

DRAWN = 250
"""Dots of one panel; more become a blot. The CSV has all."""
_PALETTE = {"undecided": 0, "supported": 1, "refuted": 2}


def forest(tested: Sequence[Conclusion], outcomes: Sequence[str], suffix: str = "") -> Figure:
    """Slopes turned so that right is worse, with intervals; the band holds what is too small to be of interest."""
    data: list[dict[str, Any]] = []
    for each in tested:
        if each.outcome not in outcomes or each.value is None or each.low is None or each.high is None:
            continue
        low, high = sorted((worse(each.outcome, each.low), worse(each.outcome, each.high)))
        tip = f"{measured(each.measure)}, {TITLES[each.outcome]}: worse by {told(each)} points per SD, {each.verdict}"
        data.append(
            {"measure": each.measure, "name": measured(each.measure), "outcome": TITLES[each.outcome],
             "series": each.verdict, "worse": worse(each.outcome, each.value), "low": low, "high": high,
             "slope": each.value, "holm": each.holm, "tip": tip}
        )  # fmt: skip
    order = list(dict.fromkeys(measured(each.measure) for each in tested))
    estimated = {row["outcome"] for row in data}
    titles = [TITLES[name] for name in outcomes if TITLES[name] in estimated]
    return Figure(
        key=f"effects{suffix}",
        title="Do outcomes get worse where texts lie farther apart?",
        caption="Effects with 95% intervals: right of 0, texts that lie farther go with worse outcomes. Grey band: "
        f"less than {points(INTEREST)} point, of no interest. What lies beyond a frame is drawn at its edge.",
        alt=f"Forest plot: effects of {len(order)} measures of divergence on {', '.join(titles)}, with intervals; the "
        "numbers are in the table below.",
        draw=lambda width: _forest(width, data, order, titles),
        data=data,
    )


def _forest(width: int, data: Sequence[dict[str, Any]], order: Sequence[str], titles: Sequence[str]) -> Spec:
    """A panel for each outcome, on a scale of its own: what lies beyond its frame is drawn at the edge."""
    import altair as alt

    wide = width == WIDE
    gutter = min(220 if wide else 140, 24 + 7 * max(len(name) for name in order))
    across = 3 if wide else 1
    kinds = [name for name in _PALETTE if any(each["series"] == name for each in data)]
    hue = colour(alt, kinds, [_PALETTE[name] for name in kinds])
    panels = []
    for place, title in enumerate(titles):
        first = place % across == 0
        axis = alt.Axis(labelLimit=gutter - 8, minExtent=gutter, maxExtent=gutter, labels=first)
        y = alt.Y("name:N", sort=list(order), title=None, axis=axis if first else None)
        here = alt.Chart(alt.NamedData(name="effects")).transform_filter(alt.datum.outcome == title)
        reach = _reach([each for each in data if each["outcome"] == title])
        panels.append(
            _panel(alt, here.encode(y=y, color=hue), reach, kinds).properties(
                title=alt.TitleParams(title, fontSize=TYPE, fontWeight="normal", color=INK, anchor="start"),
                width=(width - gutter - 14) // across - (20 if wide else 0),
                height=alt.Step(18),
            )
        )
    chart = alt.concat(*panels, columns=across, spacing=20)
    return {**configured(chart), "datasets": {"effects": list(data)}}


def _reach(here: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Most of the effects of a panel: one outlier does not make dots of all the others."""
    sizes = sorted(abs(each["worse"]) for each in here)
    most = 2.5 * max(3 * INTEREST, sizes[int(0.8 * (len(sizes) - 1))])
    return max(-most, min(-INTEREST, *(each["low"] for each in here))), min(
        most, max(INTEREST, *(each["high"] for each in here))
    )


def _panel(alt: Any, base: Any, reach: tuple[float, float], kinds: Sequence[str]) -> Any:
    form = "+.1%" if reach[1] - reach[0] < 0.06 else "+.0%"
    scale = alt.Scale(domain=reach, nice=False, padding=6, clamp=True)
    title = "worse by, points per SD"
    x = alt.X("low:Q", title=title, axis=alt.Axis(format=form, labelExpr=POINTS, tickCount=4), scale=scale)
    shapes = shape(alt, kinds, [_PALETTE[name] for name in kinds])
    band = alt.Chart(alt.Data(values=[{"a": -INTEREST, "b": INTEREST, "zero": 0}]))
    return alt.layer(
        band.mark_rect(color=RULE, opacity=0.55, aria=False).encode(
            x=alt.X("a:Q", scale=scale, title=title), x2=alt.X2("b:Q")
        ),
        band.mark_rule(color=INK, aria=False).encode(x=alt.X("zero:Q", scale=scale)),
        base.mark_rule(strokeWidth=1.5, aria=False).encode(x=x, x2=alt.X2("high:Q")),
        base.mark_point(filled=True, size=40, opacity=1).encode(
            x=alt.X("worse:Q", scale=scale), shape=shapes, description=alt.Description("tip:N")
        ),
    )


def scatter(
    analysis: Analysis, tested: Sequence[Conclusion], rows: Sequence[Divergence], outcomes: Sequence[str],
    called: Names, suffix: str = "",
) -> Figure | None:  # fmt: skip
    """Outcome against the leading measure, a panel per outcome, with the slope of the model and its interval."""
    known = list(dict.fromkeys(each.measure for each in tested))
    leads = next((name for name in (*leading(rows), *known) if name in known), "")
    of = pairing.named(rows).get(leads, [])
    typology = [row for row in rows if row.family == "typological"]
    data: list[dict[str, Any]] = []
    drawn: list[dict[str, Any]] = []
    titles = []
    for each in tested:
        if each.measure != leads or each.outcome not in outcomes or each.value is None:
            continue
        cells = [cell for cell in analysis.outcomes.rows if cell.name == each.outcome]
        try:
            made = pairing.table(cells, analysis.outcomes, of, typology)
        except MetricError:  # the store changed since the analysis
            continue
        titles.append(TITLES[each.outcome])
        here = _dots(made, TITLES[each.outcome], called)
        data += here
        drawn += here[:: -(-len(here) // DRAWN)]
        drawn += _line(each, here)
    if not data:
        return None
    data += [each for each in drawn if each["kind"] == "line"]
    fewer = f" {DRAWN} dots at most are drawn of each panel; the CSV has all." if len(drawn) < len(data) else ""
    return Figure(
        key=f"scatter{suffix}",
        title=f"Outcomes against {measured(leads)}",
        caption="A dot per encoder, tasks and language. The line has the model’s slope and goes through the mean; the "
        f"band is the slope’s 95% interval.{fewer}",
        alt=f"Scatter plots of {', '.join(titles)} against {measured(leads)} with fitted lines and their bands; the "
        "numbers are in the CSV file.",
        draw=lambda width: _scatter(width, drawn, measured(leads), titles),
        data=data,
    )


def _scatter(width: int, drawn: Sequence[dict[str, Any]], name: str, titles: Sequence[str]) -> Spec:
    import altair as alt

    across = 3 if width == WIDE else 1
    base = alt.Chart()
    x = alt.X("divergence:Q", title=f"{name}, SD", scale=alt.Scale(nice=False, padding=6))
    shown = alt.Axis(format=".0%", labelExpr=POINTS, tickCount=5, minExtent=30, maxExtent=30)
    y = alt.Y("value:Q", title="points", axis=shown, scale=alt.Scale(zero=False))
    line = base.transform_filter("datum.kind === 'line'")
    layered = alt.layer(
        line.mark_area(opacity=0.2, color=COLOURS[2], aria=False).encode(
            x=x, y=alt.Y("low:Q", title="points"), y2=alt.Y2("high:Q")
        ),
        base.transform_filter("datum.kind === 'cell'")
        .mark_point(filled=True, size=18, opacity=0.6, color=ACCENT)
        .encode(x=x, y=y, description=alt.Description("tip:N")),
        line.mark_line(strokeWidth=2, color=COLOURS[2], aria=False).encode(x=x, y=y),
    ).properties(width=(width - 20) // across - 72, height=160)
    facet = alt.Facet("outcome:N", sort=list(titles), title=None)
    chart = layered.facet(facet, columns=across, spacing=20, data=alt.NamedData(name="cells"))
    return {**configured(chart.resolve_scale(y="independent")), "datasets": {"cells": list(drawn)}}


def _dots(made: Design, outcome: str, called: Names) -> list[dict[str, Any]]:
    """By divergence, so that every n-th of them is a fair sample."""
    codes = made.factors.get("language", [""] * len(made.outcome))
    tasks = made.factors.get("intermediate", ["any intermediate task"] * len(made.outcome))
    dots = [
        {
            "kind": "cell", "outcome": outcome, "encoder": encoder, "intermediate": task, "target": target,
            "language": code, "divergence": float(x), "value": float(y), "low": None, "high": None,
            "tip": f"{called(task)} before {called(target)}{f' in {language(code)}' if code else ''}, {encoder}: "
            f"{points(float(y))} at {number(float(x), '+.2f')} SD",
        }
        for encoder, task, target, code, x, y in zip(
            made.factors["encoder"], tasks, made.factors["target"], codes, made.divergence,
            made.outcome, strict=True,
        )
    ]  # fmt: skip
    return sorted(dots, key=lambda each: float(each["divergence"]))


def _line(verdict: Conclusion, dots: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
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
