"""The study's figures: declared once, drawn as SVG for the page and as SVG, PDF and CSV beside it.

Every mark carries its numbers as its description, which Vega writes as aria-label: a screen reader reads it, and a few
lines of script make a tooltip of it. The colours tell conditions apart for colour-blind readers, and shapes do too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.statistics import Estimate
from isogloss.analysis.transfer import Board, Condition
from isogloss.core import languages
from isogloss.report import retrieval, transfer
from isogloss.report.spreadsheet import as_csv
from isogloss.report.table import as_key
from isogloss.report.words import interval, points

COLOURS = ("#4d5763", "#0b62a4", "#bf4a00", "#157a58", "#9b3f86", "#7d6200", "#3f51b5", "#8b1e3f")
"""By condition, "none" first. The style sheet has a lighter twin of each for the dark."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
INK, SOFT, RULE = "#1d2126", "#5a626c", "#d9dcd8"
MANY = 12
"""Languages of a figure above which they stand in order of their score."""
_TEXT = {"labelColor": INK, "titleColor": SOFT, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
_STYLE: Mapping[str, Any] = {
    "font": "Helvetica, Arial, Liberation Sans, sans-serif",
    "padding": {"left": 24, "right": 4, "top": 4, "bottom": 4},  # room for a reader whose font is wider than ours
    "background": "white",
    "view": {"stroke": None},
    "axis": {**_TEXT, "gridColor": RULE, "domainColor": RULE, "tickColor": RULE, "labelLimit": 150, "titlePadding": 6},
    "axisY": {"grid": False, "ticks": False, "domain": False, "labelPadding": 8},
    "legend": {"labelColor": INK, "labelFontSize": 12, "labelLimit": 200, "offset": 6, "rowPadding": 4},
    "header": {"labelColor": SOFT, "labelFontSize": 12},
}
_WIDTH = 400
"""Narrow enough to be read on a phone, two beside each other on a desk."""
_VARIABLES = {INK: "currentColor", SOFT: "var(--soft)", RULE: "var(--rule)"} | {
    colour: f"var(--c{place})" for place, colour in enumerate(COLOURS)
}


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A declared figure, its data, and what it shows in a sentence."""

    key: str
    caption: str
    alt: str
    spec: Mapping[str, Any]
    data: Sequence[Mapping[str, Any]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", as_key(self.key))

    @cached_property
    def svg(self) -> str:
        """As it goes beside the page: real colours."""
        import vl_convert

        drawn = str(vl_convert.vegalite_to_svg(dict(self.spec)))
        # Vega counts its clip paths through all figures of a process; here they are counted in each.
        places = {clip: place for place, clip in enumerate(dict.fromkeys(re.findall(r"clip\d+", drawn)))}
        return re.sub(r"clip\d+", lambda found: f"{self.key}_clip{places[found.group()]}", drawn)

    def pdf(self) -> bytes:
        """For a paper."""
        import vl_convert

        return bytes(vl_convert.vegalite_to_pdf(dict(self.spec)))

    def inline(self) -> str:
        """As it goes into the page: it scales, follows light and dark, and has a name for screen readers."""
        drawn = self.svg
        for colour, variable in _VARIABLES.items():
            drawn = drawn.replace(f'"{colour}"', f'"{variable}"')
        drawn = re.sub(r'<rect width="[\d.]+" height="[\d.]+" fill="white"/>', "", drawn, count=1)
        drawn = re.sub(r' xmlns(:\w+)?="[^"]*"', "", drawn)
        drawn = re.sub(r"(\d\.\d\d)\d+", r"\1", drawn)
        size = re.search(r'width="([\d.]+)" height="[\d.]+"', drawn)
        width = size.group(1) if size else str(_WIDTH)
        least = 0.72 * float(width)  # below it labels are too small; the figure scrolls instead
        name = self.alt.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        opening = (
            f'<svg role="graphics-document" aria-label="{name}" style="max-width:{width}px;min-width:{least:.0f}px"'
        )
        return re.sub(r'<svg([^>]*?) width="[\d.]+" height="[\d.]+"', rf"{opening}\1", drawn, count=1)

    def csv(self) -> str:
        """The numbers behind it, in [0, 1]."""
        fields = [name for name in self.data[0] if name != "tip"]
        return as_csv(fields, ([row.get(name) for name in fields] for row in self.data))


def scores(ledger: Ledger, board: Board) -> Figure:
    """Dots and intervals: a language per line, a colour per intermediate task, ticks for the strongest baseline."""
    import altair as alt

    names = [condition.name for condition in board.conditions]
    data = [
        _point(condition.scores[code].estimate(), condition.name, language=language(code), task=board.task)
        for code in board.languages
        for condition in board.conditions
    ]
    floor = [
        {
            "language": language(code),
            "floor": board.strongest(code)[1],
            "tip": f"{language(code)}: strongest trivial baseline, {board.strongest(code)[0]}, "
            f"{points(board.strongest(code)[1])}",
        }
        for code in board.languages
    ]
    order = [language(code) for code in _ordered(board)]
    step = max(14, (5 if len(order) > MANY else 8) * len(names) + 6)

    y = alt.Y("language:N", sort=order, title=None, scale=alt.Scale(paddingInner=0.15))
    marks = _dots(alt, data, names, y, "score", offset=True, domain=_span(data, floor))
    ticks = (
        alt.Chart(alt.Data(values=floor))
        .mark_tick(color=SOFT, thickness=1.5, size=step - 3)
        .encode(x="floor:Q", y=y, description="tip:N")
    )
    chart = alt.layer(ticks, *marks).properties(width=_WIDTH - 110, height=step * len(order))
    return Figure(
        key=f"scores_{transfer.slug(board)}",
        caption=f"{board.metric} × 100 in every language; grey ticks: the strongest trivial baseline.",
        alt=f"{transfer.title(ledger, board)}: {board.metric} in {len(order)} languages, by intermediate task, with "
        "intervals; the numbers are in the table below.",
        spec=configured(chart),
        data=data,
    )


def gains(ledger: Ledger, board: Board, reach: tuple[float, float]) -> Figure:
    """The gain of every intermediate task in English and zero-shot, on a scale all targets share."""
    import altair as alt

    where = ("in English", "zero-shot")
    data = [
        _point(condition.outcomes[key].estimate(), series, signed=True, intermediate=condition.name, task=board.task)
        for condition in board.conditions
        for key, series in (("gain english", where[0]), ("gain others", where[1]))
        if key in condition.outcomes
    ]
    order = [condition.name for condition in board.conditions if condition.gains]
    y = alt.Y("intermediate:N", sort=order, title=None, scale=alt.Scale(paddingInner=0.2))
    marks = _dots(alt, data, list(where), y, "gain over no intermediate task", offset=True, reach=reach, first=1)
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=INK, aria=False).encode(x="zero:Q")
    chart = alt.layer(zero, *marks).properties(width=_WIDTH - 110, height=30 * len(order))
    return Figure(
        key=f"gains_{transfer.slug(board)}",
        caption=f"{transfer.title(ledger, board)}: gain in points, with 95% intervals.",
        alt=f"{transfer.title(ledger, board)}: gain of {len(order)} intermediate tasks in English and zero-shot, "
        "with intervals; the numbers are in the table below.",
        spec=configured(chart),
        data=data,
    )


def layers(ledger: Ledger, groups: Sequence[Sequence[Board]], colours: Mapping[str, int]) -> Figure:
    """Retrieval by layer, raw beside centred, one row of panels per pooling, one line per condition."""
    import altair as alt

    first = groups[0][0]
    data = [
        point
        for group in groups
        for board in group
        for condition in board.conditions
        if "others" in condition.outcomes
        for point in [_layer(board, condition)]
    ]
    names = list(dict.fromkeys(str(each["series"]) for each in data))
    places = [colours.get(name.removesuffix(" (same task)"), place) for place, name in enumerate(names)]
    vectors = sorted({str(each["vectors"]) for each in data}, reverse=True)
    poolings = list(dict.fromkeys(str(each["pooling"]) for each in data))
    depth = sorted({int(each["layer"]) for each in data})
    width = (_WIDTH + (200 if len(depth) > 6 else 0) - 70) // max(1, len(vectors))
    axis = alt.Axis(values=depth, format="d", grid=False)
    x = alt.X("layer:Q", title="layer", axis=axis, scale=alt.Scale(nice=False, padding=10))
    base = alt.Chart(alt.Data(values=data)).encode(x=x, color=colour(alt, names, places))
    shown = alt.Axis(format=".0%", labelExpr=POINTS)
    value = alt.Y("value:Q", title="score (points)", axis=shown, scale=alt.Scale(zero=False))
    layered = alt.layer(
        base.mark_line(strokeWidth=1.5, aria=False).encode(y=value),
        base.mark_rule(strokeWidth=1, strokeOpacity=0.5, aria=False).encode(y=alt.Y("low:Q", title=""), y2="high:Q"),
        base.mark_point(filled=True, size=46, opacity=1).encode(
            y=value, shape=shape(alt, names, places), description="tip:N"
        ),
    ).properties(width=width, height=190 if len(poolings) == 1 else 130)
    rows = {"row": alt.Row("pooling:N", sort=poolings, title=None)} if len(poolings) > 1 else {}
    chart = layered.facet(column=alt.Column("vectors:N", sort=vectors, title=None), spacing=14, **rows)
    fixed = retrieval.way(first, "pooling")
    return Figure(
        key=f"retrieval_{transfer.slug(first)}_{'_'.join(fixed.replace(',', '').split())}",
        caption=f"Mean over {len(first.others)} languages by layer ({fixed or 'all layers'}), with 95% intervals.",
        alt=f"{transfer.title(ledger, first)}: retrieval by layer for {len(names)} conditions, "
        f"{' and '.join(vectors)}, pooling {', '.join(poolings)}; the numbers are in the table below.",
        spec=configured(chart),
        data=data,
    )


def _layer(board: Board, condition: Condition) -> dict[str, Any]:
    centred = {True: "centred", False: "raw", None: "all"}[board.way.centred]
    pooling, layer = board.way.pooling or "-", retrieval.layer(board)
    found = condition.outcomes["others"].estimate()
    point = _point(found, condition.name, layer=layer, vectors=centred, pooling=pooling, task=board.task)
    point["tip"] = f"{condition.name}, layer {layer}, {centred}, {pooling}: {points(found.value)} {interval(found)}"
    return point


def reach(boards: Sequence[Board]) -> tuple[float, float]:
    """One scale for the gains of all targets: the points and most of their intervals, within ±1."""
    found = [
        condition.outcomes[key].estimate()
        for board in boards
        for condition in board.conditions
        for key in ("gain english", "gain others")
        if key in condition.outcomes
    ]
    if not found:
        return (-0.1, 0.1)
    values = [each.value for each in found]
    most = 2.5 * max(0.04, *(abs(value) for value in values))
    return (max(-most, min(each.low for each in found)), min(most, max(each.high for each in found)))


def _dots(
    alt: Any,
    data: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    y: Any,
    title: str,
    *,
    offset: bool = False,
    reach: tuple[float, float] | None = None,
    domain: tuple[float, float] | None = None,
    first: int = 0,
) -> list[Any]:
    """Interval rules with dots on them."""
    places = [first + place for place in range(len(names))]
    scale = alt.Scale(domain=reach, nice=True) if reach else alt.Scale(domain=domain, nice=False, padding=6)
    shown = {"axis": alt.Axis(format="+.0%" if reach else ".0%", labelExpr=POINTS), "scale": scale}
    base = alt.Chart(alt.Data(values=list(data))).encode(y=y, color=colour(alt, names, places))
    if offset:
        base = base.encode(yOffset=alt.YOffset("series:N", sort=list(names)))
    return [
        base.mark_rule(strokeWidth=1.5, clip=True, aria=False).encode(
            x=alt.X("low:Q", title=f"{title} (points)", **shown), x2="high:Q"
        ),
        base.mark_point(filled=True, size=42, opacity=1).encode(
            x="value:Q", shape=shape(alt, names, places), description="tip:N"
        ),
    ]


POINTS = "replace(replace(datum.label, '%', ''), '+0', '0')"


def colour(alt: Any, names: Sequence[str], places: Sequence[int]) -> Any:
    """A series' colour by its place in COLOURS."""
    colours = [COLOURS[place % len(COLOURS)] for place in places]
    legend = alt.Legend(title=None, orient="top", columns=4, symbolStrokeWidth=0, symbolSize=60)
    return alt.Color("series:N", sort=list(names), scale=alt.Scale(domain=list(names), range=colours), legend=legend)


def shape(alt: Any, names: Sequence[str], places: Sequence[int]) -> Any:
    """A series' shape, so that it can be told without colour."""
    # Past the last colour the shapes shift by one, so that colour and shape together stay unique.
    shapes = [SHAPES[(place + place // len(COLOURS)) % len(SHAPES)] for place in places]
    return alt.Shape("series:N", sort=list(names), scale=alt.Scale(domain=list(names), range=shapes))


def _point(found: Estimate, series: str, *, signed: bool = False, **where: Any) -> dict[str, Any]:
    place = ", ".join(str(value) for key, value in where.items() if key in ("language", "intermediate"))
    told = f"{place}, {series}: {points(found.value, signed)} {interval(found, signed)}"
    return {
        **where,
        "series": series,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "interval_over": found.unit,
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


def language(code: str) -> str:
    """Its English name; the code of one that is in no table."""
    found = languages.known(code)
    return found.name if found else code


def configured(chart: Any) -> dict[str, Any]:
    """The chart's specification in the page's style."""
    # Not validated, and not styled by altair, which copies the chart for every setting: both take longer than drawing.
    # A test validates them.
    spec: dict[str, Any] = chart.to_dict(validate=False)
    config = spec.setdefault("config", {})
    for part, settings in _STYLE.items():
        config[part] = {**config.get(part, {}), **settings} if isinstance(settings, Mapping) else settings
    return spec
