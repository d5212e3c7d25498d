"""Where transfer breaks: the score of every language beside its baseline, the second figure of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.ranking import Ranking
from isogloss.analysis.standing import CEILING, CLEARS, OPEN
from isogloss.analysis.transfer import Board, Condition
from isogloss.core.controls import NONE
from isogloss.core.languages import ENGLISH
from isogloss.report import without_labels
from isogloss.report.figures.ranked import GUTTER
from isogloss.report.parts import names
from isogloss.report.parts.chart import (
    ACCENT,
    ALARM,
    INK,
    PAPER,
    POINTS,
    SOFT,
    TYPE,
    WIDE,
    Figure,
    Spec,
    configured,
    language,
    wrapped,
)
from isogloss.report.parts.words import count, listed, points
from isogloss.report.tables import transfer
from isogloss.report.without_labels import LEGEND

BREAKS, FULL, BARE, UNLEARNED, FORECAST = "breaks", "ceiling", "no baseline", "not learned", "forecast"
ABOVE = 19
"""Pixels from the top of a lane up to its name on a narrow page, clear of the axis' number at the top."""
_STATES = {CLEARS: ACCENT, BREAKS: ALARM, OPEN: SOFT, FULL: SOFT, BARE: SOFT, UNLEARNED: SOFT}


def strip(ledger: Ledger, boards: Sequence[Board], ranking: Ranking) -> Figure | None:
    """A lane per target: the score of every language, its baseline as a tick, red where it breaks; None without one."""
    called = names.of(ledger)
    chosen = ranking.best[0] if ranking.best else ""
    data = [
        row
        for board in boards
        if board.conditions
        for code in board.languages
        for row in [_cell(board, without_labels.first(board, chosen), code, transfer.title(ledger, board), ledger)]
    ]
    foretold = [row for board in boards if board.conditions for row in _forecasts(ledger, board, chosen)]
    if not data:
        return None
    shown = dict.fromkeys(str(each["intermediate"]) for each in data)
    first = listed(["without an intermediate task" if n == NONE else f"after {called(n)}" for n in shown], last="or")
    order = [*(scored := _order(data)), *dict.fromkeys(r["code"] for r in foretold if r["code"] not in scored)]
    broken = [code for code in order if any(each["state"] == BREAKS for each in data if each["code"] == code)]
    where = f"it breaks in {listed([language(code) for code in broken], 4)}" if broken else _whole(data)
    return Figure(
        key="languages",
        title=f"Score in every language {first}: {where}",
        caption="Tick: the strongest trivial baseline of that language. Red: the score does not clear it. Grey: "
        "nothing can be told, as where the interval holds the baseline." + (f" {LEGEND}" if foretold else ""),
        alt=f"Scores of {count(len({each['task'] for each in data}), 'target task')} in "
        f"{count(len(order), 'language')} beside their trivial baselines; the numbers are in the tables of scores.",
        draw=lambda width: _strip(width, data, foretold, order),
        data=[*data, *foretold],
    )


def _whole(data: Sequence[Mapping[str, Any]]) -> str:
    """What may be said where no score is red: a grey one reassures nobody."""
    states = {each["state"] for each in data}
    if CLEARS in states:
        return "it breaks nowhere" if states == {CLEARS} else "it breaks in no language that can be judged"
    return "English was not learned, so nothing can be told" if states == {UNLEARNED} else "nothing can be told"


def _cell(board: Board, condition: Condition, code: str, title: str, ledger: Ledger) -> dict[str, Any]:
    estimate, stands = condition.scores[code].estimate(), condition.standings[code]
    state = {CLEARS: CLEARS, CEILING: FULL, OPEN: OPEN}.get(stands.verdict, BREAKS)
    if condition.competent is False:
        state = UNLEARNED
    elif not stands.measured:
        state = BARE
    says = {
        CLEARS: "clears", BREAKS: "does not clear", OPEN: "not told from", FULL: "cannot clear", BARE: "held against",
    }.get(state, "beside")  # fmt: skip
    aside = "; English was not learned" if state == UNLEARNED else ""
    after = "" if condition.intermediate == NONE else f" after {names.of(ledger)(condition.intermediate)}"
    return {
        "task": board.task, "target": title, "intermediate": condition.intermediate, "code": code,
        "language": language(code), "value": estimate.value, "low": estimate.low, "high": estimate.high,
        "floor": stands.floor, "baseline": stands.baseline, "state": state,
        "tip": f"{title} in {language(code)}{after}: {points(estimate.value)}, {says} {stands.baseline} at "
        f"{points(stands.floor)}{aside}",
    }  # fmt: skip


def _forecasts(ledger: Ledger, board: Board, chosen: str) -> list[dict[str, Any]]:
    """Languages without labels: what is forecast; a question mark where that is not known."""
    told = without_labels.of(ledger, board)
    arm = without_labels.first(board, chosen).intermediate
    title = transfer.title(ledger, board)
    rows = []
    for code in told.codes:
        line = told.lines.get((arm, code))
        score = line.score if line else None
        low, high = (score if end is None else end for end in ((line.low, line.high) if line else (None, None)))
        says = f"forecast {points(score)} [{points(low or 0.0)}, {points(high or 0.0)}]" if score is not None else "?"
        rows.append(
            {
                "task": board.task, "target": title, "intermediate": arm, "code": code, "language": language(code),
                "value": score, "low": low, "high": high, "floor": None, "baseline": "", "state": FORECAST,
                "tip": f"{title} in {language(code)}, which has no labels: {says}",
            }
        )  # fmt: skip
    return rows


def _order(data: Sequence[Mapping[str, Any]]) -> list[str]:
    """English first, then by how far scores lie above their baselines on average: where it breaks is on the right."""
    above: dict[str, list[float]] = {}
    for each in data:
        above.setdefault(str(each["code"]), []).append(float(each["value"]) - float(each["floor"]))
    return sorted(above, key=lambda code: (code != ENGLISH, -sum(above[code]) / len(above[code])))


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """What all lanes of the figure share, in pixels."""

    wide: bool
    gutter: int
    """Left of the plot."""
    order: tuple[str, ...]
    """Languages as they are spelled below the lanes."""
    label: str
    """The field that spells them."""
    plot: float
    step: float
    """Room for one language."""
    high: int
    """The height of a lane."""

    @classmethod
    def of(cls, width: int, codes: Sequence[str], targets: int) -> "_Frame":
        """For a page of this width."""
        wide = width == WIDE
        gutter = GUTTER if wide else 34
        plot = max(width - gutter - 16, 15 * len(codes))
        step = plot / len(codes)
        spelt = step >= 9 * max(len(language(code)) for code in codes)
        return cls(
            wide=wide, gutter=gutter, order=tuple(language(code) if spelt else code for code in codes), plot=plot,
            step=step, label="language" if spelt else "code",
            high=max(26, min(110, (180 if wide else 260) // targets)),
        )  # fmt: skip

    def x(self, *, last: bool) -> Any:
        """Languages side by side, named below the last lane."""
        import altair as alt

        axis = alt.Axis(labelAngle=0 if self.step >= 22 else -90, ticks=False, domain=False) if last else None
        order = list(self.order)
        return alt.X(f"{self.label}:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order))

    def scale(self, here: Sequence[Mapping[str, Any]], guessed: Sequence[Mapping[str, Any]]) -> Any:
        """Scores of a lane, with room for their numbers above them."""
        import altair as alt

        low = min([min(each["value"], each["floor"]) for each in here] + [each["low"] for each in guessed])
        top = max([max(each["value"], each["floor"]) for each in here] + [each["high"] for each in guessed])
        spare = max(0.06, 0.15 * (top - low))
        return alt.Scale(domain=[max(0.0, low - spare / 2), min(1.08, top + spare * (2.2 if self.step >= 34 else 1))])


def _strip(
    width: int, data: Sequence[Mapping[str, Any]], foretold: Sequence[Mapping[str, Any]], order: Sequence[str]
) -> Spec:  # fmt: skip
    import altair as alt

    targets = list(dict.fromkeys(str(each["target"]) for each in data))
    frame = _Frame.of(width, order, len(targets))
    held: dict[str, Any] = {}
    lanes = []
    for place, target in enumerate(targets):
        here = [each for each in data if each["target"] == target]
        name = f"lane_{place}"
        held[name] = [
            {**each, "score": points(each["value"]), "top": max(each["value"], each["floor"])} for each in here
        ]
        guessed = [each for each in foretold if each["target"] == target and each["value"] is not None]
        unknown = [each for each in foretold if each["target"] == target and each["value"] is None]
        held[f"{name}_unknown"] = unknown
        held[f"{name}_forecast"] = [{**each, "score": points(each["value"])} for each in guessed]
        layers = _lane(frame, name, frame.x(last=place == len(targets) - 1), frame.scale(here, guessed),
                       forecast=bool(guessed), unknown=bool(unknown))  # fmt: skip
        lanes.append(alt.layer(*layers, _title(frame, target)).properties(width=frame.plot, height=frame.high))
    chart = alt.vconcat(*lanes, spacing=8 if frame.wide else 34)
    return {**configured(chart), "datasets": held}


def _lane(frame: _Frame, name: str, x: Any, scale: Any, *, forecast: bool, unknown: bool) -> list[Any]:
    """The marks of one target, from data sets of its name: scores over baselines, forecasts, and what is unknown."""
    import altair as alt

    high, step = frame.high, frame.step
    size = 70 if step >= 18 else 36
    marks = alt.Axis(
        format=".0%", labelExpr=POINTS, tickCount=2, minExtent=frame.gutter, maxExtent=frame.gutter, domain=False,
        ticks=False, grid=True, labels=high >= 40,
    )  # fmt: skip
    y = alt.Y("value:Q", title=None, scale=scale, axis=marks)
    hue = alt.Color("state:N", scale=alt.Scale(domain=list(_STATES), range=list(_STATES.values())), legend=None)
    base = alt.Chart(alt.NamedData(name=name)).encode(x=x)
    layers = [
        base.mark_rule(strokeWidth=2, opacity=0.5, aria=False).encode(y=y, y2=alt.Y2("floor:Q"), color=hue),
        base.mark_tick(thickness=2, color=INK, width=min(34.0, 0.7 * step), aria=False).encode(
            y=alt.Y("floor:Q", scale=scale)
        ),
        base.mark_point(filled=True, size=size, opacity=1).encode(y=y, color=hue, description=alt.Description("tip:N")),
    ]
    if forecast:
        guess = alt.Chart(alt.NamedData(name=f"{name}_forecast")).encode(x=x)
        layers += [
            guess.mark_rule(strokeWidth=min(12.0, 0.6 * step), strokeDash=[1.5, 2.5], color=ACCENT, opacity=0.5,
                            aria=False).encode(y=alt.Y("low:Q", scale=scale), y2=alt.Y2("high:Q")),
            guess.mark_point(filled=True, size=size, opacity=1, fill=PAPER, stroke=ACCENT)
            .encode(y=y, description=alt.Description("tip:N")),
        ]  # fmt: skip
    if unknown:
        asking = alt.Chart(alt.NamedData(name=f"{name}_unknown")).encode(x=x, y=alt.YValue(high / 2))
        layers.append(
            asking.mark_text(fontSize=TYPE, color=ACCENT, text="?").encode(description=alt.Description("tip:N"))
        )
    if step >= 34 and high >= 40:
        layers.append(
            # Above the tick as well, which else crosses it where a score lies just below its baseline.
            base.mark_text(dy=-13, fontSize=TYPE, aria=False).encode(
                y=alt.Y("top:Q", scale=scale), text=alt.Text("score:N"), color=hue
            )
        )
    return layers


def _title(frame: _Frame, target: str) -> Any:
    """The target's name, left of its lane, or above it on a narrow page."""
    import altair as alt

    wide = frame.wide
    at = {"x": alt.XValue(-GUTTER if wide else -30), "y": alt.YValue(frame.high / 2 if wide else -ABOVE)}
    return (
        alt.Chart(alt.Data(values=[{"lane": wrapped(target, 22 if wide else 99)}]))
        .mark_text(align="left", baseline="middle", fontSize=TYPE, color=INK, lineBreak="\n", aria=False)
        .encode(text=alt.Text("lane:N"), **at)
    )
