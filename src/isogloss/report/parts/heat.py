"""Heat maps: intermediate tasks × languages, a panel per target. Tints follow light and dark, as those of tables do."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.core import languages
from isogloss.core.languages import ENGLISH
from isogloss.report.parts.chart import (
    ACCENT,
    ALARM,
    INK,
    LINES,
    TYPE,
    WIDE,
    Figure,
    Spec,
    configured,
    row_height,
    wrapped,
)

PALE, DARK = 0.04, 0.55
"""Opacity of nothing and of the most: text in the foreground colour stays readable on both."""


def family(code: str) -> str:
    """A language's family; empty for one that is in no table, as the languages of worlds."""
    found = languages.known(code)
    return found.family if found else ""


def by_family(codes: Sequence[str]) -> list[str]:
    """English first, then families together in the order their first language appears."""
    tops = list(dict.fromkeys(family(code) for code in codes))
    return sorted(dict.fromkeys(codes), key=lambda code: (code != ENGLISH, tops.index(family(code)), codes.index(code)))


def draw(
    key: str, title: str, caption: str, alt_text: str, cells: Sequence[Mapping[str, Any]], last: str = ""
) -> Figure:
    """A heat map of cells with target, intermediate, language, value, shade (-1 … 1), text and tip.

    `last` names a column that stands after the languages.
    """
    tinted = [
        {**cell, "side": "down" if float(cell["shade"]) < 0 else "up", "strength": abs(float(cell["shade"]))}
        for cell in cells
    ]
    return Figure(
        key=key, title=title, caption=caption, alt=alt_text, draw=lambda width: _panels(width, tinted, last),
        data=[{name: value for name, value in cell.items() if name not in ("shade", "text", "sign")} for cell in cells],
    )  # fmt: skip


def _panels(width: int, cells: Sequence[Mapping[str, Any]], last: str) -> Spec:
    """A panel for each target."""
    import altair as alt

    wide = width == WIDE
    letters = 28 if wide else 15
    longest = max(len(line) for cell in cells for line in wrapped(str(cell["intermediate"]), letters).split("\n"))
    gutter = 20 + round(7.2 * longest)
    most = max(len({cell["language"] for cell in cells if cell["target"] == each["target"]}) for each in cells)
    across = 2 if wide and 2 * (gutter + 50 * most) < width else 1
    panels, held = [], {}
    for target in dict.fromkeys(str(cell["target"]) for cell in cells):
        mine = [cell for cell in cells if cell["target"] == target]
        here = [{**cell, "row": wrapped(str(cell["intermediate"]), letters)} for cell in mine]
        codes = [str(cell["language"]) for cell in here]
        order = [*by_family([code for code in codes if code != last]), *([last] if last in codes else [])]
        step = max(18, min(110, (width // across - gutter - 24) // len(order)))
        # By name: altair copies what stands in a chart at every step.
        held[target] = here
        base = alt.Chart(alt.NamedData(name=target)).encode(
            x=alt.X(
                "language:N", sort=order, title=None, axis=alt.Axis(labelAngle=0 if step > 26 else -90, ticks=False)
            ),
            y=alt.Y(
                "row:N", sort=None, title=None,
                axis=alt.Axis(labelExpr=LINES, minExtent=gutter, maxExtent=gutter, labelLimit=gutter - 8),
            ),
        )  # fmt: skip
        tinted = base.mark_rect(stroke=INK, strokeOpacity=0.15, strokeWidth=0.5).encode(
            color=alt.Color("side:N", scale=alt.Scale(domain=["up", "down"], range=[ACCENT, ALARM]), legend=None),
            fillOpacity=alt.FillOpacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[PALE, DARK]), legend=None),
            description=alt.Description("tip:N"),
        )
        words = base.mark_text(fontSize=TYPE, color=INK, aria=False).encode(
            text=alt.Text("text:N" if step >= 42 else "sign:N")
        )
        title = alt.TitleParams(target, anchor="start", fontSize=TYPE, fontWeight="bold", color=INK)
        high = alt.Step(row_height((cell["row"] for cell in here), 26))
        panels.append(alt.layer(tinted, words).properties(width=step * len(order), height=high, title=title))
    return {**configured(alt.concat(*panels, columns=across, spacing=18)), "datasets": held}
