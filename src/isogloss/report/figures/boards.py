"""The figures of a study's boards: scores by language, gains, and retrieval by layer."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.transfer import Board, Condition
from isogloss.core.shown import amount
from isogloss.report.parts import names
from isogloss.report.parts.chart import (
    INK,
    LINES,
    MANY,
    POINTS,
    SOFT,
    WIDE,
    Figure,
    Spec,
    colour,
    configured,
    language,
    lines,
    row_height,
    shape,
    wrapped,
)
from isogloss.report.parts.words import interval, points
from isogloss.report.tables import retrieval, transfer
from isogloss.stats.intervals import Estimate

WHERE = ("in English", "zero-shot")


def scores(ledger: Ledger, board: Board) -> Figure:
    """Dots and intervals: a language per line, a colour per intermediate task, ticks for the strongest baseline."""
    called = names.of(ledger)
    series = [transfer.said(called, condition) for condition in board.conditions]
    data = [
        _point(
            condition.scores[code].estimate(), name, condition=condition.name, language=language(code), task=board.task
        )
        for code in board.languages
        for condition, name in zip(board.conditions, series, strict=True)
    ]
    floor = [_floor(board, code) for code in board.languages]
    order = [language(code) for code in _ordered(board)]
    domain = _span(data, floor)

    def draw(width: int) -> Spec:
        import altair as alt

        step = max(16, (5 if len(order) > MANY else 8) * len(series) + 6)
        gutter = _gutter(order, width)
        y = alt.Y("language:N", sort=order, title=None, scale=alt.Scale(paddingInner=0.15), axis=_axis(alt, gutter))
        marks = _dots(alt, series, y, "score", domain=domain, width=width)
        ticks = (
            alt.Chart(alt.Data(values=floor))
            .mark_tick(color=SOFT, thickness=1.5, size=step - 3)
            .encode(x=alt.X("floor:Q"), y=y, description=alt.Description("tip:N"))
        )
        chart = alt.layer(ticks, *marks).properties(width=width - gutter - 26, height=step * len(order))
        return {**configured(chart), "datasets": {"dots": data}}

    title = transfer.title(ledger, board)
    return Figure(
        key=f"scores_{transfer.slug(board)}",
        title=f"{title}: score in every language",
        caption=" ".join(
            [
                f"{board.metric} × 100 with 95% intervals. Grey ticks: the strongest trivial baseline of the language.",
                *transfer.without(ledger, [board]),
            ]
        ),
        alt=f"{title}: {board.metric} in {amount(len(order), 'language')}, by intermediate task, with "
        "intervals; the numbers are in the table below.",
        draw=draw,
        data=data,
    )


def _floor(board: Board, code: str) -> dict[str, Any]:
    name, value = board.strongest(code)
    told = f"{language(code)}: strongest trivial baseline, {name}, {points(value)}"
    return {"language": language(code), "floor": value, "tip": told}


def gains(ledger: Ledger, board: Board, reach: tuple[float, float]) -> Figure:
    """The gain of every intermediate task in English and zero-shot, on a scale all targets share."""
    called = names.of(ledger)
    shown = [condition for condition in board.conditions if condition.gains]
    data = [
        _point(
            condition.outcomes[key].estimate(), series, signed=True, condition=condition.name,
            intermediate=transfer.said(called, condition), task=board.task,
        )
        for condition in shown
        for key, series in (("gain english", WHERE[0]), ("gain others", WHERE[1]))
        if key in condition.outcomes
    ]  # fmt: skip

    def draw(width: int) -> Spec:
        import altair as alt

        letters = 26 if width == WIDE else 16
        order = [wrapped(transfer.said(called, condition), letters) for condition in shown]
        rows = [{**each, "intermediate": wrapped(each["intermediate"], letters)} for each in data]
        gutter = _gutter(order, width)
        y = alt.Y("intermediate:N", sort=order, title=None, scale=alt.Scale(paddingInner=0.2), axis=_axis(alt, gutter))
        title = "gain over no intermediate task"
        marks = _dots(alt, list(WHERE), y, title, reach=reach, first=1, width=width)
        zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=INK, aria=False).encode(x=alt.X("zero:Q"))
        step = row_height(order, 30)
        chart = alt.layer(zero, *marks).properties(width=width - gutter - 26, height=step * len(order))
        return {**configured(chart), "datasets": {"dots": rows}}

    title = transfer.title(ledger, board)
    return Figure(
        key=f"gains_{transfer.slug(board)}",
        title=f"{title}: gain in English and zero-shot",
        caption="Points over no intermediate task, with 95% intervals. Long intervals are cut at the frame.",
        alt=f"{title}: gain of {len(shown)} intermediate tasks in English and zero-shot, "
        "with intervals; the numbers are in the table below.",
        draw=draw,
        data=data,
    )


def layers(ledger: Ledger, groups: Sequence[Sequence[Board]], colours: Mapping[str, int]) -> Figure:
    """Retrieval by layer, raw beside centred, one row of panels per pooling, one line per condition."""
    called = names.of(ledger)
    first = groups[0][0]
    data = [
        _layer(board, condition, transfer.said(called, condition))
        for group in groups
        for board in group
        for condition in board.conditions
        if "others" in condition.outcomes
    ]
    series = {str(each["series"]): str(each["condition"]) for each in data}
    places = [colours.get(name.removesuffix(" (same task)"), place) for place, name in enumerate(series.values())]
    vectors = sorted({str(each["vectors"]) for each in data}, reverse=True)
    poolings = list(dict.fromkeys(str(each["pooling"]) for each in data))
    depth = sorted({int(each["layer"]) for each in data})

    def draw(width: int) -> Spec:
        import altair as alt

        wide = width == WIDE
        across = len(vectors) if wide else 1
        axis = alt.Axis(values=depth, format="d", grid=False)
        x = alt.X("layer:Q", title="layer", axis=axis, scale=alt.Scale(nice=False, padding=10))
        layered = lines(alt, x, "score (points)", list(series), places, 4 if wide else 1)
        layered = layered.properties(width=(width - 80) // across - 24, height=190 if len(poolings) == 1 else 130)
        chart = layered.facet(
            facet=alt.Facet("panel:N", sort=[f"{v}, {p}" for p in poolings for v in vectors], title=None),
            columns=across, spacing=24, data=alt.NamedData(name="layers"),
        )  # fmt: skip
        return {**configured(chart), "datasets": {"layers": data}}

    fixed = retrieval.way(first, "pooling")
    title = transfer.title(ledger, first)
    return Figure(
        key=f"retrieval_{transfer.slug(first)}_{'_'.join(fixed.replace(',', '').split())}",
        title=f"{title}: score by layer",
        caption=f"Mean over {amount(len(first.others), 'language')} ({fixed or 'all layers'}), with 95% intervals.",
        alt=f"{title}: retrieval by layer for {len(series)} conditions, "
        f"{' and '.join(vectors)}, pooling {', '.join(poolings)}; the numbers are in the table below.",
        draw=draw,
        data=data,
    )


def _layer(board: Board, condition: Condition, series: str) -> dict[str, Any]:
    centred = {True: "centred", False: "raw", None: "all"}[board.way.centred]
    pooling, layer = board.way.pooling or "-", retrieval.layer(board)
    estimate = condition.outcomes["others"].estimate()
    where: dict[str, Any] = {"condition": condition.name, "layer": layer, "vectors": centred, "pooling": pooling}
    point = _point(estimate, series, **where, task=board.task, panel=f"{centred}, {pooling}")
    point["tip"] = f"{series}, layer {layer}, {centred}, {pooling}: {points(estimate.value)} {interval(estimate)}"
    return point


def reach(boards: Sequence[Board]) -> tuple[float, float]:
    """One scale for the gains of all targets: the points and most of their intervals, within ±1."""
    estimates = [
        condition.outcomes[key].estimate()
        for board in boards
        for condition in board.conditions
        for key in ("gain english", "gain others")
        if key in condition.outcomes
    ]
    return span(estimates) if estimates else (-0.1, 0.1)


def span(estimates: Sequence[Estimate], runs: Sequence[float] = ()) -> tuple[float, float]:
    """What an axis of differences shows: every value and run, and intervals as far as 2.5 times the largest value."""
    most = 2.5 * max(0.04, *(abs(each.value) for each in estimates))
    low, high = max(-most, min(each.low for each in estimates)), min(most, max(each.high for each in estimates))
    return min(0.0, low, *runs), max(0.0, high, *runs)


def _dots(
    alt: Any,
    series: Sequence[str],
    y: Any,
    title: str,
    *,
    width: int,
    reach: tuple[float, float] | None = None,
    domain: tuple[float, float] | None = None,
    first: int = 0,
) -> list[Any]:
    """Interval rules with dots on them, of the data set "dots"."""
    places = [first + place for place in range(len(series))]
    scale = alt.Scale(domain=reach, nice=True) if reach else alt.Scale(domain=domain, nice=False, padding=6)
    axis = alt.Axis(format="+.0%" if reach else ".0%", labelExpr=POINTS, tickCount=9 if width == WIDE else 4)
    columns = 4 if width == WIDE else 2 if max(map(len, series)) < 14 else 1
    base = alt.Chart(alt.NamedData(name="dots")).encode(
        y=y, color=colour(alt, series, places, columns), yOffset=alt.YOffset("series:N", sort=list(series))
    )
    return [
        base.mark_rule(strokeWidth=1.5, clip=True, aria=False).encode(
            x=alt.X("low:Q", title=f"{title} (points)", axis=axis, scale=scale), x2=alt.X2("high:Q")
        ),
        base.mark_point(filled=True, size=42, opacity=1).encode(
            x=alt.X("value:Q"), shape=shape(alt, series, places), description=alt.Description("tip:N")
        ),
    ]


def _gutter(labels: Sequence[str], width: int) -> int:
    """Pixels for the labels of rows: as many as they take, within a third of the figure."""
    longest = max((len(line) for label in labels for line in label.split("\n")), default=0)
    return min(width // 3, 24 + 7 * longest)


def _axis(alt: Any, gutter: int) -> Any:
    return alt.Axis(labelExpr=LINES, minExtent=gutter, maxExtent=gutter, labelLimit=gutter - 8)


def _point(estimate: Estimate, series: str, *, signed: bool = False, **where: Any) -> dict[str, Any]:
    place = ", ".join(str(value) for key, value in where.items() if key in ("language", "intermediate"))
    told = f"{place}, {series}: {points(estimate.value, signed)} {interval(estimate, signed)}"
    return {
        **where,
        "series": series,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "interval_over": estimate.unit,
        "tip": told,
    }


def _span(data: Sequence[Mapping[str, Any]], floor: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """What the axis shows: every interval and baseline, and at least ten points, so that noise does not look large."""
    low = min([each["low"] for each in data] + [each["floor"] for each in floor], default=0.0)
    high = max([each["high"] for each in data] + [each["floor"] for each in floor], default=1.0)
    spare = max(0.0, 0.1 - (high - low)) / 2
    return (max(0.0, low - spare), min(1.0, high + spare))


def _ordered(board: Board) -> list[str]:
    """Languages as the task lists them when they are few; the best first, after English, when they are many."""
    if len(board.languages) <= MANY:
        return list(board.languages)
    first = board.conditions[0].scores
    return sorted(board.languages, key=lambda code: (code != board.source, -first[code].estimate().value))
