"""Heat maps: intermediate tasks × languages, a panel per target. Tints follow light and dark, as those of tables do."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.core import languages
from isogloss.report.figures import COLOURS, INK, MANY, Figure, configured

PALE, DARK = 0.04, 0.55
"""Opacity of nothing and of the most: text in the foreground colour stays readable on both."""
_WIDE = 560


def family(code: str) -> str:
    """A language's family; empty for one that is in no table, as the languages of worlds."""
    found = languages.known(code)
    return found.family if found else ""


def by_family(codes: Sequence[str]) -> list[str]:
    """English first, then families together in the order their first language appears."""
    tops = list(dict.fromkeys(family(code) for code in codes))
    return sorted(dict.fromkeys(codes), key=lambda code: (code != "en", tops.index(family(code)), codes.index(code)))


def draw(key: str, caption: str, alt_text: str, cells: Sequence[Mapping[str, Any]], last: str = "") -> Figure:
    """A heat map of cells with target, intermediate, language, value, shade (-1 … 1), text and tip.

    `last` names a column that stands after the languages.
    """
    import altair as alt

    panels, held = [], {}
    for target in dict.fromkeys(str(cell["target"]) for cell in cells):
        here = [cell for cell in cells if cell["target"] == target]
        codes = [str(cell["language"]) for cell in here]
        order = [*by_family([code for code in codes if code != last]), *([last] if last in codes else [])]
        step = min(46, _WIDE // len(order)) if len(order) <= MANY + 1 else max(13, _WIDE // len(order))
        data = [
            {**cell, "side": "down" if float(cell["shade"]) < 0 else "up", "strength": abs(float(cell["shade"]))}
            for cell in here
        ]
        # By name: altair copies what stands in a chart at every step.
        held[target] = data
        base = alt.Chart(alt.NamedData(name=target)).encode(
            x=alt.X(
                "language:N", sort=order, title=None, axis=alt.Axis(labelAngle=0 if step > 20 else -90, ticks=False)
            ),
            y=alt.Y("intermediate:N", sort=None, title=None),
        )
        tinted = base.mark_rect(stroke=INK, strokeOpacity=0.15, strokeWidth=0.5).encode(
            color=alt.Color(
                "side:N", scale=alt.Scale(domain=["up", "down"], range=[COLOURS[1], COLOURS[2]]), legend=None
            ),
            fillOpacity=alt.FillOpacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[PALE, DARK]), legend=None),
            description="tip:N",
        )
        wide = step > 30
        words = base.mark_text(fontSize=10.5 if wide else 9, color=INK, aria=False).encode(
            text="text:N" if wide else "sign:N"
        )
        title = alt.TitleParams(target, anchor="start", fontSize=12, fontWeight="normal", color=INK)
        panels.append(alt.layer(tinted, words).properties(width=step * len(order), height=alt.Step(22), title=title))
    return Figure(
        key=key, caption=caption, alt=alt_text,
        spec={**configured(alt.vconcat(*panels, spacing=10)), "datasets": held},
        data=[{name: value for name, value in cell.items() if name not in ("shade", "text", "sign")} for cell in cells],
    )  # fmt: skip
