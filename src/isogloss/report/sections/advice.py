"""What was advised about a study: arms with P(best), languages with intervals, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from isogloss.advice.kept import FORECAST, NEXT, RANK, Came, scored
from isogloss.advice.measured import Cell, cells, cells_of
from isogloss.advice.rank import same_encoder
from isogloss.analysis.ledger import Ledger
from isogloss.core.controls import NONE
from isogloss.core.shown import amount
from isogloss.report.parts import names
from isogloss.report.parts.chart import ACCENT, PAPER, WIDE, Figure, Spec, configured
from isogloss.report.parts.names import Names
from isogloss.report.parts.section import Section
from isogloss.report.parts.table import Cell as Shown
from isogloss.report.parts.table import Column, Rows, Table, in_points
from isogloss.report.parts.words import capital, points
from isogloss.report.sections._entry import Entry
from isogloss.report.terminal.advice import CAME, came_rows, came_summary, chance

ANCHOR, TITLE = "advice", "What was advised, and what came of it"
SECTION = Entry(place=100, of=lambda found: section(found.ledger))


def section(ledger: Ledger) -> Section | None:
    """For the page of a study; None where nothing was advised about its targets."""
    advised = ledger.store.advices()
    found = list(cells_of(ledger)) if advised else []
    about = {key: each for key, each in advised.items() if _of(each, found)}
    ranked, forecasts = _latest(about, RANK), _latest(about, FORECAST)
    if not ranked and not forecasts:
        return None
    came = scored(about, cells(ledger.store, known=ledger))  # advised runs may lie in a study of their own
    called = names.of(ledger)
    drawn = [_figure(each, called) for each in forecasts if any(row["low"] is not None for row in each["rows"])]
    made = [_arms(each, called) for each in ranked] + [_languages(each, called) for each in forecasts]
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=(
            "Before runs were made, published tables and the runs that there were gave these expectations. "
            + capital(came_summary(came, len(about))),
        ),
        shown=(*drawn, *made, *([_record(came, called)] if came else [])),
        notes=("How advice is made, and how often it is wrong on published tables: docs/advice.md.",),
    )


def _of(advice: Mapping[str, Any], found: Sequence[Cell]) -> bool:
    """Whether it is about a target and an encoder of these cells; what `next` said is about several."""
    return any(
        each.target == about.get("target") and same_encoder(each.encoder, str(about.get("encoder", "")))
        for about in (advice["steps"] if advice.get("kind") == NEXT else (advice,))
        for each in found
    )


def _latest(about: Mapping[str, Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    """Of each target and encoder the advice that knew most runs."""
    best: dict[tuple[str, str], Mapping[str, Any]] = {}
    for each in (each for _, each in sorted(about.items()) if each["kind"] == kind):
        at = str(each["target"]), str(each["encoder"])
        if at not in best or len(each["runs"]) > len(best[at]["runs"]):
            best[at] = each
    return list(best.values())


def _arms(advice: Mapping[str, Any], called: Names) -> Table:
    rows = []
    for arm in advice["arms"]:
        none = arm["name"] == NONE
        aside = "" if none else f"{points(arm['low'], True)} to {points(arm['high'], True)}"
        gain = Shown(text="") if none else replace(in_points(arm["gain"], signed=True), aside=aside)
        harm = Shown(text="") if none else _chance(arm["harm"])
        rows.append(
            Rows(
                cells=(
                    Shown(text=called(arm["name"]), name=arm["name"]), gain, _chance(arm["best"]), harm,
                    Shown(text=str(arm["runs"] or ""), value=arm["runs"]),
                )
            )
        )  # fmt: skip
    return Table(
        key=f"advised_{advice['target']}_{advice['encoder']}",
        caption=f"Arms before {called(advice['target'])} on {advice['encoder']}",
        facts=f"Knew {amount(len(advice['runs']), 'run')}. "
        "Expected gain over none, with a 90% interval; points (x 100).",
        columns=(
            Column(name="arm", number=False), Column(name="gain"), Column(name="P(best)"), Column(name="P(harm)"),
            Column(name="runs"),
        ),
        rows=tuple(rows),
    )  # fmt: skip


def _chance(value: float) -> Shown:
    return Shown(text=chance(value), value=value, unit="fraction")


def _languages(advice: Mapping[str, Any], called: Names) -> Table:
    rows = []
    for line in advice["rows"]:
        state = "measured" if line["measured"] else "far" if line["far"] else "near"
        rows.append(
            Rows(
                cells=(
                    Shown(text=line["language"]),
                    replace(_score(line), title=line["why"], mark="" if line["measured"] else "quiet"),
                    Shown(text=state),
                )
            )
        )
    return Table(
        key=f"forecast_{advice['target']}_{advice['encoder']}",
        caption=f"Languages of {called(advice['target'])} on {advice['encoder']}, the riskiest first",
        facts="Measured scores as measured; forecasts are grey, with 90% intervals; points (x 100).",
        columns=(Column(name="language", number=False), Column(name="score"), Column(name="", number=False)),
        rows=tuple(rows),
        notes=(f"To label first: {', '.join(advice['label'])}.",) if advice["label"] else (),
    )


def _score(line: Mapping[str, Any]) -> Shown:
    if line["score"] is None:
        return Shown(text="do not know")
    aside = "" if line["low"] is None else f"{points(line['low'])} to {points(line['high'])}"
    return replace(in_points(line["score"]), aside=aside)


def _figure(advice: Mapping[str, Any], called: Names) -> Figure:
    """A point per language with its interval: filled where it was measured."""
    data = [
        {
            "language": line["language"], "score": 100 * line["score"],
            "low": 100 * (line["score"] if line["low"] is None else line["low"]),
            "high": 100 * (line["score"] if line["high"] is None else line["high"]),
            "state": "measured" if line["measured"] else "forecast",
        }
        for line in advice["rows"] if line["score"] is not None
    ]  # fmt: skip
    order = [each["language"] for each in data]

    def draw(width: int) -> Spec:
        import altair as alt

        y = alt.Y("language:N", sort=order, title=None)
        state = {"domain": ["measured", "forecast"]}
        rule = alt.Chart().mark_rule().encode(
            x=alt.X("low:Q", title="score (points)", scale=alt.Scale(zero=False)), x2=alt.X2("high:Q"), y=y
        )  # fmt: skip
        fill = alt.Scale(**state, range=[ACCENT, PAPER])
        dots = alt.Chart().mark_point(filled=True, size=60, opacity=1, stroke=ACCENT).encode(
            x=alt.X("score:Q"), y=y, fill=alt.Fill("state:N", title=None, scale=fill)
        )  # fmt: skip
        layered = alt.layer(rule, dots, data=alt.NamedData(name="languages"))
        layered = layered.properties(width=min(width - 120, WIDE - 120), height=18 * max(3, len(order)))
        return {**configured(layered), "datasets": {"languages": data}}

    return Figure(
        key=f"forecast_{advice['target']}_{advice['encoder']}",
        title=f"{called(advice['target'])} on {advice['encoder']}: measured and forecast",
        caption="Filled: measured. Open: forecast, with its 90% interval.",
        alt=f"Scores of {len(data)} languages with 90% intervals; the numbers are in the table below.",
        draw=draw,
        data=data,
    )


def _record(came: Sequence[Came], called: Names) -> Table:
    return Table(
        key="advice_record",
        caption="What was said, and what was measured since",
        facts="A run of an arm, or a score in a language, that the advice did not know; points (x 100).",
        columns=tuple(Column(name=name, number=False) for name in CAME),
        rows=tuple(Rows(cells=tuple(Shown(text=text) for text in row)) for row in came_rows(came, called)),
    )
