"""A figure: declared once, drawn for a desk and for a phone, as SVG, PDF and CSV, in the page's style.

Every mark carries its numbers as its description, which Vega writes as aria-label: a screen reader reads it, and a few
lines of script make a tooltip of it. The colours tell conditions apart for colour-blind readers, and shapes do too.
"""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from isogloss.core import languages
from isogloss.core.shown import visible
from isogloss.report.parts.spreadsheet import PAGE, as_csv
from isogloss.report.parts.table import as_key
from isogloss.report.parts.words import minus

COLOURS = ("#4d5763", "#0b62a4", "#bf4a00", "#157a58", "#9b3f86", "#7d6200", "#3f51b5", "#8b1e3f")
"""By condition, "none" first. The style sheet has a lighter twin of each for the dark."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
INK, SOFT, RULE, ALARM, PAPER = "#1d2126", "#5a626c", "#d9dcd8", "#b3261e", "#fbfaf7"
ACCENT = COLOURS[1]
WIDE, NARROW = 1080, 335
"""Pixels: the column of the page on a desk, and on a phone. Drawn for both, so that type has one size."""
TYPE = 13
MANY = 12
"""Languages of a figure above which they stand in order of their score."""
POINTS = "replace(replace(datum.label, '%', ''), '+0', '0')"
"""Of an axis in percent: points without their sign."""
LINES = "split(datum.label, '\\n')"
"""Of an axis: labels may have several lines."""
_TEXT = {
    "labelColor": INK, "titleColor": SOFT, "labelFontSize": TYPE, "titleFontSize": TYPE, "titleFontWeight": "normal",
}  # fmt: skip
_STYLE: Mapping[str, Any] = {
    "font": "Helvetica, Arial, Liberation Sans, sans-serif",
    "padding": {"left": 2, "right": 12, "top": 4, "bottom": 4},
    "background": "white",
    "view": {"stroke": None},
    "axis": {**_TEXT, "gridColor": RULE, "domainColor": RULE, "tickColor": RULE, "labelLimit": 220, "titlePadding": 6},
    "axisY": {"grid": False, "ticks": False, "domain": False, "labelPadding": 8},
    "legend": {
        "labelColor": INK,
        "labelFontSize": TYPE,
        "labelLimit": 260,
        "offset": 8,
        "rowPadding": 4,
        "columnPadding": 28,
    },
    "header": {"labelColor": INK, "labelFontSize": TYPE},
    "text": {"fontSize": TYPE, "color": INK},
}  # fmt: skip
_VARIABLES = {
    INK: "currentColor",
    SOFT: "var(--soft)",
    RULE: "var(--rule)",
    ALARM: "var(--alarm)",
    PAPER: "var(--paper)",
} | {colour: f"var(--c{place})" for place, colour in enumerate(COLOURS)}
Spec = Mapping[str, Any]


def _visible(value: Any) -> Any:
    """Plain data whose texts a store may have brought."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {key: _visible(each) for key, each in value.items()}
    return [_visible(each) for each in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A declared figure, its data, and what it shows in a sentence."""

    key: str
    title: str
    """What it shows; stands above it."""
    caption: str
    """How to read it; stands below it."""
    alt: str
    draw: Callable[[int], Spec]
    """Width in pixels → Vega-Lite."""
    data: Sequence[Mapping[str, Any]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", as_key(self.key))
        for name in ("title", "caption", "alt"):
            object.__setattr__(self, name, visible(getattr(self, name)))

    @cached_property
    def spec(self) -> Spec:
        """As wide as the page."""
        return self._declared(WIDE)

    @cached_property
    def svg(self) -> str:
        """As it goes beside the page: real colours."""
        return self.drawn(WIDE)

    def drawn(self, width: int) -> str:
        """As SVG of a width."""
        import vl_convert

        wide = width == WIDE
        drawn = str(vl_convert.vegalite_to_svg(dict(self.spec if wide else self._declared(width))))
        drawn = re.sub(r'aria-label="[^"]*"', lambda found: minus(found.group()), drawn)
        # Vega counts its clip paths through all figures of a process; here they are counted in each.
        places = {clip: place for place, clip in enumerate(dict.fromkeys(re.findall(r"clip\d+", drawn)))}
        key = self.key if wide else f"{self.key}_{width}"
        return re.sub(r"clip\d+", lambda found: f"{key}_clip{places[found.group()]}", drawn)

    def _declared(self, width: int) -> Spec:
        """Without characters that no SVG may hold: the renderer ends the whole process at one."""
        declared: Spec = _visible(self.draw(width))
        return declared

    def pdf(self) -> bytes:
        """For a paper. The library numbers what is in it in random order, so its bytes differ from call to call."""
        import vl_convert

        return bytes(vl_convert.vegalite_to_pdf(dict(self.spec)))

    def inline(self, *, whole: bool = True) -> str:
        """As it goes into the page, for wide and narrow screens; it follows light and dark, and has a name.

        Unless `whole`, the page's script brings the narrow drawing from the page's files, where it takes a tenth.
        """
        drawn, place = (self.narrow, "") if whole else ("", f' data-drawn="{self.narrow_file}"')
        return f'<div class="wide">{self._named(self.svg)}</div><div class="narrow"{place}>{drawn}</div>'

    @property
    def narrow(self) -> str:
        """As it goes into the page for a narrow screen."""
        return self._named(self.drawn(NARROW))

    @property
    def narrow_file(self) -> str:
        """Its name among the page's files."""
        return f"{self.key}_narrow.svg"

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        return self.svg

    def csv(self) -> str:
        """The numbers behind it, in [0, 1]."""
        fields = [name for name in self.data[0] if name != "tip"]
        return as_csv(fields, ([row.get(name) for name in fields] for row in self.data), digits=PAGE)

    def _named(self, drawn: str) -> str:
        for colour, variable in _VARIABLES.items():
            drawn = drawn.replace(f'"{colour}"', f'"{variable}"')
        drawn = re.sub(r'<rect width="[\d.]+" height="[\d.]+" fill="white"/>', "", drawn, count=1)
        drawn = _UNSEEN.sub("", _IDLE.sub("", drawn))
        drawn = _ATTRIBUTES.sub(_shortened, drawn)
        name = self.alt.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        return drawn.replace("<svg", f'<svg role="graphics-document" aria-label="{name}"', 1)


_IDLE = re.compile(
    r' (?:(?:xmlns(?::\w+)?|aria-roledescription|font-family)="[^"]*"'
    rf'|opacity="1"|font-weight="normal"|font-size="{TYPE}px"|role="graphics-object")'
)
"""What is so by itself, or by the page's style."""
_UNSEEN = re.compile(
    r'<path class="(?:background|foreground)" aria-hidden="true" d="[^"]*"(?: (?:pointer-events|display)="none")*/>'
)
"""Frames of groups without line or filling."""
_ATTRIBUTES = re.compile(r' ([\w:-]+)="[^"]*"')


def _shortened(attribute: re.Match[str]) -> str:
    """Places of a drawing to a hundredth; what is read aloud keeps as many digits as the page ever shows."""
    digits = r"(\d\.\d{4})\d{3,}" if attribute[1].startswith("aria-") else r"(\d\.\d\d)\d+"
    return re.sub(digits, r"\1", attribute[0])


def configured(chart: Any) -> dict[str, Any]:
    """The chart's specification in the page's style."""
    # Not validated, and not styled by altair, which copies the chart for every setting: both take longer than drawing.
    # A test validates them.
    spec: dict[str, Any] = chart.to_dict(validate=False)
    config = spec.setdefault("config", {})
    for part, settings in _STYLE.items():
        config[part] = {**config.get(part, {}), **settings} if isinstance(settings, Mapping) else settings
    return spec


def colour(alt: Any, names: Sequence[str], places: Sequence[int], columns: int = 4) -> Any:
    """A series' colour by its place in COLOURS."""
    colours = [COLOURS[place % len(COLOURS)] for place in places]
    legend = alt.Legend(title=None, orient="top", columns=columns, symbolStrokeWidth=0, symbolSize=60)
    return alt.Color("series:N", sort=list(names), scale=alt.Scale(domain=list(names), range=colours), legend=legend)


def shape(alt: Any, names: Sequence[str], places: Sequence[int]) -> Any:
    """A series' shape, so that it can be told without colour."""
    # Past the last colour the shapes shift by one, so that colour and shape together stay unique.
    shapes = [SHAPES[(place + place // len(COLOURS)) % len(SHAPES)] for place in places]
    return alt.Shape("series:N", sort=list(names), scale=alt.Scale(domain=list(names), range=shapes))


def lines(alt: Any, x: Any, y_title: str, series: Sequence[str], places: Sequence[int], columns: int) -> Any:
    """Lines with dots and intervals over "value", "low" and "high", for a chart that brings its data."""
    base = alt.Chart().encode(x=x, color=colour(alt, series, places, columns))
    axis = alt.Axis(format=".0%", labelExpr=POINTS, minExtent=30)
    value = alt.Y("value:Q", title=y_title, axis=axis, scale=alt.Scale(zero=False))
    return alt.layer(
        base.mark_line(strokeWidth=1.5, aria=False).encode(y=value),
        base.mark_rule(strokeWidth=1, strokeOpacity=0.5, aria=False).encode(
            y=alt.Y("low:Q", title=""), y2=alt.Y2("high:Q")
        ),
        base.mark_point(filled=True, size=46, opacity=1).encode(
            y=value, shape=shape(alt, series, places), description=alt.Description("tip:N")
        ),
    )


def wrapped(name: str, letters: int) -> str:
    """A name on as many lines as it takes."""
    return "\n".join(textwrap.wrap(name, letters, break_long_words=False)) or name


def row_height(labels: Iterable[str], least: int) -> int:
    """Pixels between rows whose labels have several lines."""
    return max([least, *(6 + (TYPE + 2) * (1 + label.count("\n")) for label in labels)])


def language(code: str) -> str:
    """Its English name; the code of one that is in no table."""
    found = languages.known(code)
    return found.name if found else code
