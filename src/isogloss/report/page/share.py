"""The picture that stands for a page where its address is shared: 1200 × 630, the verdict above the ranking."""

import re
import textwrap

from isogloss.core.shown import visible
from isogloss.report.page.lead import Lead
from isogloss.report.parts.chart import ALARM, COLOURS, INK, PAPER, SOFT, Figure

WIDTH, HEIGHT = 1200, 630
ROWS = 4
"""Of the figure: more would be too small to be read."""
_EDGE, _DRAWN = 64, 720
"""Pixels of the margin, and of the figure before it is enlarged."""
_TONES = {"good": COLOURS[1], "bad": ALARM, "open": SOFT}
_FONTS = "Helvetica, Arial, Liberation Sans, sans-serif"


def png(title: str, lead: Lead, figure: Figure | None) -> bytes:
    """The picture."""
    import vl_convert

    return bytes(vl_convert.svg_to_png(svg(title, lead, figure), scale=1.0))


def svg(title: str, lead: Lead, figure: Figure | None) -> str:
    """The same as SVG: the figure as large as fits below the words."""
    says = textwrap.wrap(lead.says, 38)[:3]
    because = textwrap.wrap(re.sub(r"(\[[^\], ]+,) ", "\\1\u00a0", lead.because), 84)[
        :3
    ]  # an interval stays on its line
    parts = [_text(textwrap.shorten(title, 92, placeholder=" …"), _EDGE, 74, 24, SOFT)]
    top = 136
    for line in says:
        parts.append(_text(line, _EDGE, top, 54, INK, bold=True))
        top += 62
    top -= 14
    for line in because:
        parts.append(_text(line, _EDGE, top, 25, INK))
        top += 34
    if figure:
        room = HEIGHT - 64 - top
        scale = min(1.48, room / _size(figure.drawn(_DRAWN))[1])
        drawn = figure.drawn(round((WIDTH - 2 * _EDGE) / scale))
        drawn = re.sub(r'<rect width="[\d.]+" height="[\d.]+" fill="white"/>', "", drawn, count=1)
        drawn = re.sub(r"^.*?(?=<svg)", "", drawn, flags=re.DOTALL)
        parts.append(f'<g transform="translate({_EDGE} {top}) scale({scale:.3f})">{drawn}</g>')
    parts.append(_text("isogloss", WIDTH - _EDGE, HEIGHT - 28, 22, SOFT, end=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{WIDTH}" '
        f'height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f'<rect width="14" height="{HEIGHT}" fill="{_TONES[lead.tone]}"/>{"".join(parts)}</svg>'
    )


def _size(drawn: str) -> tuple[float, float]:
    match = re.search(r'width="([\d.]+)" height="([\d.]+)"', drawn)
    return (float(match.group(1)), float(match.group(2))) if match else (1.0, 1.0)


def _text(text: str, x: float, y: float, size: int, fill: str, bold: bool = False, end: bool = False) -> str:
    escaped = visible(text).replace("&", "&amp;").replace("<", "&lt;")
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    style = f'font-family="{_FONTS}" font-size="{size}" fill="{fill}"{weight}{anchor}'
    return f'<text x="{x}" y="{y}" {style}>{escaped}</text>'
