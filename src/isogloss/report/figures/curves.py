"""Learning curves: the training loss of every run, a panel for each phase and task.

Where many runs would have one colour in one panel, their median is drawn, with a band from the lowest to the highest.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from isogloss.analysis.ledger import Ledger
from isogloss.core.controls import NONE
from isogloss.report.parts import names
from isogloss.report.parts.chart import COLOURS, WIDE, Figure, Spec, configured
from isogloss.report.parts.words import count, number
from isogloss.store.run_record import NOTHING

POINTS, MOST = 12_000, 40
"""Of all curves together, and of one: more would make a page of megabytes."""
LINES = 12
"""Runs of one colour in one panel that are drawn by themselves; more become a blot. The CSV has all."""
_STAGES = {"pretrain": "pretraining", "intermediate": "intermediate", "target": "target"}


Points = Sequence[tuple[int, float]]
"""(step, loss)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Curve:
    """What is drawn of one run."""

    run: str
    panel: str
    condition: str
    series: str
    state: str
    tip: str
    points: Points


def figure(ledger: Ledger, colours: Mapping[str, int], running: Mapping[str, Points] | None = None) -> Figure | None:
    """Of finished runs, or of those that are `running` (run → its curve so far). None where there is no curve."""
    every = list(_curves(ledger, running))
    if not every:
        return None
    groups: dict[tuple[str, str, str], list[_Curve]] = {}
    for each in every:
        groups.setdefault((each.panel, each.series, each.state), []).append(each)
    few = [each for each in every if len(groups[each.panel, each.series, each.state]) <= LINES]
    drawn = [row for each in few for row in _rows(each)]
    drawn += [row for of in groups.values() if len(of) > LINES for row in _median(of)]
    many = len(few) < len(every)
    most = max(8, POINTS // len(every))
    finished = running is None
    return Figure(
        key="curves" if finished else "now",
        title="Training loss of every run" if finished else "Training loss of the runs at work",
        caption="A line for each run, by its training steps; colours are intermediate tasks, dashed runs collapsed."
        + f" Of more than {LINES} runs of a colour: their median, and a band from the lowest to the highest." * many,
        alt=f"Learning curves of {count(len(every), 'run')}; the numbers are in the CSV file.",
        draw=lambda width: _draw(width, drawn, colours),
        data=[row for each in every for row in _rows(each, most)],
    )


def _curves(ledger: Ledger, running: Mapping[str, Points] | None) -> Iterator[_Curve]:
    called = names.of(ledger)
    for run in ledger.study.runs:
        record = ledger.records.get(run.id, NOTHING)
        if running is not None:
            losses = running.get(run.id)
        else:
            losses = ledger.store.record(run.id).losses if run.id in ledger.records else None
        if not losses:
            continue
        label, phase = ledger.labels[run.id], run.spec.phases[-1]
        task = called("+".join(phase.tasks))
        condition = label.intermediate if phase.stage == "target" else NONE
        series = called(condition)
        who = [label.encoder, f"seed {phase.seed}", *([f"after {series}"] if condition != NONE else [])]
        verb, fell = "ended at" if running is None else "is", ", collapsed" if record.collapsed else ""
        yield _Curve(
            run=run.id, panel=f"{task} ({_STAGES.get(phase.stage, phase.stage)})", condition=condition, series=series,
            state="collapsed" if fell else "learned", points=_thinned(losses, MOST),
            tip=f"{task}, {', '.join(who)}: loss {verb} {number(losses[-1][1])}{fell}",
        )  # fmt: skip


def _thinned(points: Points, most: int) -> Points:
    return points[:: -(-len(points) // most)]


def _rows(curve: _Curve, most: int = MOST) -> Iterator[dict[str, Any]]:
    for step, loss in _thinned(curve.points, most):
        yield {
            "panel": curve.panel, "run": curve.run, "condition": curve.condition, "series": curve.series,
            "state": curve.state, "step": step, "loss": loss, "tip": curve.tip,
        }  # fmt: skip


def _median(of: Sequence[_Curve]) -> Iterator[dict[str, Any]]:
    """At every step of any of the runs, over those that have it."""
    steps: dict[int, list[float]] = {}
    for each in of:
        for step, loss in each.points:
            steps.setdefault(step, []).append(loss)
    first, last = of[0], steps[max(steps)]
    fell = ", collapsed" if first.state == "collapsed" else ""
    tip = (
        f"{first.panel}, {first.series}, {count(len(of), 'run')}{fell}: median loss {number(median(last))}, from "
        f"{number(min(last))} to {number(max(last))}"
    )
    for step, losses in sorted(steps.items()):
        yield {
            "panel": first.panel, "run": f"{first.series}, {first.state}", "condition": first.condition,
            "series": first.series, "state": first.state, "step": step, "loss": median(losses), "tip": tip,
            "low": min(losses), "high": max(losses),
        }  # fmt: skip


def _draw(width: int, data: Sequence[Mapping[str, Any]], colours: Mapping[str, int]) -> Spec:
    import altair as alt

    across = 3 if width == WIDE else 1
    series = {str(each["series"]): colours.get(str(each["condition"]), 0) for each in data}
    tints = [COLOURS[place % len(COLOURS)] for place in series.values()]
    banded = any("low" in each for each in data)
    symbol = {"symbolType": "stroke", "symbolOpacity": 1} if banded else {}  # a line's, not a band's
    legend = alt.Legend(title=None, orient="top", columns=4 if width == WIDE else 1, symbolStrokeWidth=2, **symbol)
    hue = alt.Color("series:N", sort=list(series), scale=alt.Scale(domain=list(series), range=tints), legend=legend)
    axis = alt.Axis(minExtent=34, maxExtent=34, tickCount=4)
    x = alt.X("step:Q", title="step", axis=alt.Axis(tickCount=4, grid=False), scale=alt.Scale(nice=False))
    scale = alt.Scale(zero=False)
    lines = (
        alt.Chart()
        .mark_line(strokeWidth=1.2, opacity=0.8)
        .encode(
            x=x,
            y=alt.Y("loss:Q", title="loss", axis=axis, scale=scale),
            color=hue,
            strokeDash=alt.StrokeDash(
                "state:N", scale=alt.Scale(domain=["learned", "collapsed"], range=[[1, 0], [4, 3]]), legend=None
            ),
            detail=alt.Detail("run:N"),
            description=alt.Description("tip:N"),
        )
    )
    if banded:
        low, high = alt.Y("low:Q", title="loss", axis=axis, scale=scale), alt.Y2("high:Q")
        band = alt.Chart().mark_area(opacity=0.06, aria=False).transform_filter("isValid(datum.low)")
        lines = alt.layer(band.encode(x=x, y=low, y2=high, color=hue, detail=alt.Detail("run:N")), lines)
    panels = list(dict.fromkeys(str(each["panel"]) for each in data))
    chart = lines.properties(width=(width - 20) // across - 74, height=130).facet(
        alt.Facet("panel:N", sort=panels, title=None), columns=across, spacing=18, data=alt.NamedData(name="curves")
    )
    return {**configured(chart.resolve_scale(x="independent", y="independent")), "datasets": {"curves": list(data)}}
