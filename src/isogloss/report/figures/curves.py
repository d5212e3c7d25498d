"""Learning curves: the training loss of every run, a panel for each phase and task."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.analysis.ledger import Ledger
from isogloss.core.controls import NONE
from isogloss.report.parts import names
from isogloss.report.parts.chart import COLOURS, WIDE, Figure, Spec, configured
from isogloss.report.parts.words import count, number
from isogloss.store.run_record import NOTHING

POINTS, MOST = 12_000, 40
"""Of all curves together, and of one: more would make a page of megabytes."""
_STAGES = {"pretrain": "pretraining", "intermediate": "intermediate", "target": "target"}


Points = Sequence[tuple[int, float]]
"""(step, loss)."""


def figure(ledger: Ledger, colours: Mapping[str, int], running: Mapping[str, Points] | None = None) -> Figure | None:
    """Of finished runs, or of those that are `running` (run → its curve so far). None where there is no curve."""
    called = names.of(ledger)
    finished = running is None
    curves: Mapping[str, Points | None] = (
        {run: record.losses for run, record in ledger.records.items()} if running is None else running
    )
    kept = [run for run in ledger.study.runs if curves.get(run.id)]
    most = min(MOST, max(8, POINTS // max(1, len(kept))))
    data: list[dict[str, Any]] = []
    for run in kept:
        label, record = ledger.labels[run.id], ledger.records.get(run.id, NOTHING)
        phase = run.spec.phases[-1]
        task = called("+".join(phase.tasks))
        series = label.intermediate if phase.stage == "target" else NONE
        losses = curves[run.id] or ()
        who = [label.encoder, f"seed {phase.seed}", *([f"after {called(series)}"] if series != NONE else [])]
        verb = "ended at" if finished else "is"
        state = "collapsed" if record.collapsed else "learned"
        tip = f"{task}, {', '.join(who)}: loss {verb} {number(losses[-1][1])}{', collapsed' * (state != 'learned')}"
        data += [
            {"panel": f"{task} ({_STAGES.get(phase.stage, phase.stage)})", "run": run.id, "condition": series,
             "series": called(series), "state": state, "step": step, "loss": loss, "tip": tip}
            for step, loss in losses[:: -(-len(losses) // most)]
        ]  # fmt: skip
    if not data:
        return None
    return Figure(
        key="curves" if finished else "now",
        title="Training loss of every run" if finished else "Training loss of the runs at work",
        caption="A line for each run, by its training steps; colours are intermediate tasks, dashed runs collapsed.",
        alt=f"Learning curves of {count(len(kept), 'run')}; the numbers are in the CSV file.",
        draw=lambda width: _draw(width, data, colours),
        data=data,
    )


def _draw(width: int, data: Sequence[Mapping[str, Any]], colours: Mapping[str, int]) -> Spec:
    import altair as alt

    across = 3 if width == WIDE else 1
    series = {str(each["series"]): colours.get(str(each["condition"]), 0) for each in data}
    tints = [COLOURS[place % len(COLOURS)] for place in series.values()]
    legend = alt.Legend(title=None, orient="top", columns=4 if width == WIDE else 1, symbolStrokeWidth=2)
    hue = alt.Color("series:N", sort=list(series), scale=alt.Scale(domain=list(series), range=tints), legend=legend)
    axis = alt.Axis(minExtent=34, maxExtent=34, tickCount=4)
    lines = (
        alt.Chart()
        .mark_line(strokeWidth=1.2, opacity=0.8)
        .encode(
            x=alt.X("step:Q", title="step", axis=alt.Axis(tickCount=4, grid=False), scale=alt.Scale(nice=False)),
            y=alt.Y("loss:Q", title="loss", axis=axis, scale=alt.Scale(zero=False)),
            color=hue,
            strokeDash=alt.StrokeDash(
                "state:N", scale=alt.Scale(domain=["learned", "collapsed"], range=[[1, 0], [4, 3]]), legend=None
            ),
            detail="run:N",
            description="tip:N",
        )
        .properties(width=(width - 20) // across - 74, height=130)
    )
    panels = list(dict.fromkeys(str(each["panel"]) for each in data))
    chart = lines.facet(
        alt.Facet("panel:N", sort=panels, title=None), columns=across, spacing=18, data=alt.NamedData(name="curves")
    )
    return {**configured(chart.resolve_scale(x="independent", y="independent")), "datasets": {"curves": list(data)}}
