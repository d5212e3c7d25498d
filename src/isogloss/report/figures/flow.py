"""The flow of records as a figure: boxes and arrows as PRISMA 2020 draws them, with the counts of `literature.flow`.

Read down: what was found, screened, sought, included. To the right of each step, what left there and why.
"""

import html
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isogloss.report.parts.chart import INK, PAPER, RULE, SOFT, TYPE
from isogloss.report.terminal.literature import linked_words

WIDTH = 640
"""Pixels: drawn at the size it is read at."""
_LEFT, _RIGHT, _EDGE, _LINE, _PAD, _GAP = 300, 270, 4, 19, 12, 30
_LETTER = 0.54
"""Mean width of a letter of Helvetica, in its size."""


@dataclass(frozen=True, kw_only=True)
class _Step:
    """A box, and the box of what leaves there."""

    head: str
    lines: Sequence[str] = ()
    aside: str = ""
    reasons: Sequence[str] = ()


def flow_svg(flow: Mapping[str, Any], name: str = "", failed: Sequence[str] = ()) -> str:
    """The figure of a flow's JSON values, as SVG that stands alone. `failed`: sources that did not answer."""
    steps = _steps(flow, failed)
    parts, top = [], float(_EDGE)
    for step in steps:
        left, aside = _wrapped(step.head, step.lines, _LEFT), _wrapped(step.aside, step.reasons, _RIGHT)
        height = max(_height(left), _height(aside) if step.aside else 0)
        parts.append(_box(_EDGE, top, _LEFT, height, left))
        if step.aside:
            beside, middle = WIDTH - _EDGE - _RIGHT, top + height / 2
            parts.append(_box(beside, top, _RIGHT, height, aside))
            parts.append(_arrow(_EDGE + _LEFT, middle, beside, middle))
        if step is not steps[-1]:
            centre = _EDGE + _LEFT / 2
            parts.append(_arrow(centre, top + height, centre, top + height + _GAP))
        top += height + _GAP
    height = round(top - _GAP + _EDGE)
    told = " ".join(filter(None, (f"{step.head}. {step.aside}".rstrip(". ") + "." for step in steps)))
    title = f"Flow of records{f' of the search {name}' if name else ''}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" font-family="Helvetica, Arial, Liberation Sans, sans-serif" font-size="{TYPE}" fill="{INK}">'
        f"<title>{html.escape(title)}</title><desc>{html.escape(told)}</desc>"
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>{"".join(parts)}</svg>\n'
    )


def _steps(flow: Mapping[str, Any], failed: Sequence[str]) -> list[_Step]:
    linked = linked_words(flow)
    steps = [
        _Step(
            head=f"Records identified: {flow['identified']:,}",
            lines=[*_each(flow["by_source"]), *(f"{source}: failed" for source in failed)],
            aside=f"Merged into another record of the same paper: {flow['merged']:,}",
            reasons=[f"{linked}; both stay"] if linked else (),
        ),
        _Step(
            head=f"Records screened: {flow['screened']:,}", lines=["by title and abstract"],
            aside=f"Excluded: {flow['excluded']:,}", reasons=_each(flow["by_reason"]),
        ),
    ]  # fmt: skip
    if flow["not_held"] is None:
        return [*steps, _Step(head=f"Papers sought for reading: {flow['sought']:,}", lines=["not read yet"])]
    return [
        *steps,
        _Step(head=f"Papers sought for reading: {flow['sought']:,}", aside=f"No text held: {flow['not_held']:,}"),
        _Step(head=f"Papers included: {flow['included']:,}"),
    ]


def _each(counts: Mapping[str, int]) -> list[str]:
    return [f"{name}: {count:,}" for name, count in counts.items()]


def _wrapped(head: str, lines: Sequence[str], width: int) -> list[tuple[str, bool]]:
    """(line, whether it is of the head) as they fit into a box."""
    fits = int((width - 2 * _PAD) / (TYPE * _LETTER))
    return [(each, first) for first, text in [(True, head), *((False, line) for line in lines)]
            for each in textwrap.wrap(_printable(text), fits if not first else int(fits * 0.94))]  # fmt: skip


def _printable(text: str) -> str:
    """A source's name is foreign text: what XML cannot hold is left out."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _height(lines: Sequence[object]) -> int:
    return len(lines) * _LINE + 2 * _PAD - (_LINE - TYPE)


def _box(x: float, y: float, width: float, height: float, lines: Sequence[tuple[str, bool]]) -> str:
    rows = "".join(
        f'<text x="{x + _PAD}" y="{y + _PAD + TYPE - 2 + place * _LINE}"'
        + (' font-weight="bold"' if head else f' fill="{SOFT}"')
        + f">{html.escape(text)}</text>"
        for place, (text, head) in enumerate(lines)
    )
    box = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="3" fill="{PAPER}" stroke="{RULE}"/>'
    return box + rows


def _arrow(x: float, y: float, to_x: float, to_y: float) -> str:
    """A line with a head, to the right or down."""
    if y == to_y:
        head = f"{to_x},{to_y} {to_x - 7},{to_y - 4} {to_x - 7},{to_y + 4}"
    else:
        head = f"{to_x},{to_y} {to_x - 4},{to_y - 7} {to_x + 4},{to_y - 7}"
    return f'<line x1="{x}" y1="{y}" x2="{to_x}" y2="{to_y}" stroke="{SOFT}"/><polygon points="{head}" fill="{SOFT}"/>'
