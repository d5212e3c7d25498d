"""Intermediate tasks ranked by their zero-shot gain: the first figure of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from isogloss.analysis.candidates import SAME, Candidate, question
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.ranking import Ranking
from isogloss.analysis.transfer import Board
from isogloss.report.figures.boards import span
from isogloss.report.parts import names
from isogloss.report.parts.chart import (
    ACCENT,
    ALARM,
    INK,
    LINES,
    PAPER,
    POINTS,
    SOFT,
    TYPE,
    WIDE,
    Figure,
    Spec,
    configured,
    row_height,
    wrapped,
)
from isogloss.report.parts.words import count, interval, listed, points, spelled
from isogloss.report.tables import transfer

HELPS, HARMS, OPEN = "helps", "does harm", "open"
_COLOURS = {HELPS: ACCENT, HARMS: ALARM, OPEN: SOFT}
GUTTER = 200
"""Pixels for the names on the left."""
_NUMBERS = 176
"""Pixels for the numbers on the right."""
_BEYOND = 12
"""Pixels that the axis' outermost numbers may stand beyond it on a narrow page."""


def forest(ledger: Ledger, boards: Sequence[Board], ranking: Ranking) -> Figure | None:
    """Zero-shot gains with intervals, best first; English below each, runs as small dots; None without a gain."""
    if not ranking.candidates:
        return None
    called = names.of(ledger)
    rows = [_row(each, called(each.intermediate), ranking) for each in ranking.candidates]
    dots = [
        {"name": called(each.intermediate), "gain": pair.gain,
         "tip": f"{called(each.intermediate)}, {_pair(pair.encoder, pair.replicate, pair.seed)}: "
         f"{points(pair.gain, True)}"}
        for each in ranking.candidates for pair in each.pairs
    ]  # fmt: skip
    runs = [pair.gain for each in ranking.candidates for pair in each.pairs]
    marks = [*runs, *(each.english.estimate().value for each in ranking.candidates)]
    reach = span([each.gain.estimate() for each in ranking.candidates], marks)
    most = max(len(each.targets) for each in ranking.candidates)
    mean = f"mean of {count(most, 'target task')}" if most > 1 else _target(ledger, boards, ranking)
    return Figure(
        key="ranking",
        title=f"Zero-shot gain of each intermediate task over none, {mean}",
        caption=_told(ledger, boards, ranking),
        alt=f"Forest plot: zero-shot gain of {count(len(rows), 'intermediate task')} with intervals, English below, "
        "runs as dots; the numbers are in the table “Where the gain sits”.",
        draw=lambda width: _forest(width, rows, dots, reach),
        data=rows,
    )


def _row(candidate: Candidate, name: str, ranking: Ranking) -> dict[str, Any]:
    gain, english = candidate.gain.estimate(), candidate.english.estimate()
    strict = candidate.gain.estimate(ranking.level)
    kind = OPEN if not strict.decided else HELPS if strict.value > 0 else HARMS
    shown = interval(gain, True) if gain.replicated else "one run"
    return {
        "intermediate": candidate.intermediate, "name": name, "gain": gain.value, "low": gain.low, "high": gain.high,
        "english": english.value, "english_low": english.low, "english_high": english.high, "kind": kind,
        "interval_over": gain.unit, "runs": gain.runs, "encoders": gain.encoders, "targets": len(candidate.targets),
        "said": f"{points(gain.value, True)} {shown}",
        "tip": f"{name}: zero-shot {points(gain.value, True)} {interval(gain, True)}, {gain.method}",
        "tip_english": f"{name}: English {points(english.value, True)} {interval(english, True)}",
    }  # fmt: skip


def _pair(encoder: str, replicate: str, seed: int | None) -> str:
    copy = f"{encoder} {replicate}".strip()
    return copy if seed is None else f"{copy}, seed {seed}"


def _target(ledger: Ledger, boards: Sequence[Board], ranking: Ranking) -> str:
    read = {at for each in ranking.candidates for at in each.targets}
    named = [transfer.title(ledger, board) for board in boards if question(board) in read]
    return listed(dict.fromkeys(named), 2)


def _told(ledger: Ledger, boards: Sequence[Board], ranking: Ranking) -> str:
    """How to read it, and what is not in it."""
    called = names.of(ledger)
    titles = {question(board): transfer.title(ledger, board) for board in boards}
    left: dict[str, list[str]] = {}
    for name, of in ranking.unread.items():
        for at, why in of.items():
            if why != SAME:
                left.setdefault(why, []).append(f"{called(name)} before {titles.get(at, at[0])}")
    out = [f"{listed(cells, 4)} ({why})" for why, cells in left.items()]
    most = max(len(each.targets) for each in ranking.candidates)
    fewer = [
        f"{called(each.intermediate)} ({len(each.targets)})" for each in ranking.candidates if len(each.targets) < most
    ]
    said = [
        "95% intervals over what was repeated. Small dots: runs; hollow: English; shaded: harm. Blue helps, red does "
        "harm, grey is undecided."
    ]
    said += [f"Not read: {'; '.join(out)}."] if out else []
    said += [f"On fewer than {spelled(most)} targets: {listed(fewer, 4)}."] if fewer else []
    return " ".join([*said, *transfer.without(ledger, boards)])


def _forest(
    width: int, rows: Sequence[Mapping[str, Any]], dots: Sequence[Mapping[str, Any]], reach: tuple[float, float]
) -> Spec:
    import altair as alt

    wide = width == WIDE
    order = [str(each["name"]) for each in rows]
    shown = {name: wrapped(name, 27 if wide else 24) for name in order}
    # On a narrow page a name stands above its marks, on as many lines as the longest takes.
    more = 0 if wide else row_height(shown.values(), 0) - row_height([""], 0)
    step = (44 if len(rows) <= 4 else 34 if len(rows) <= 6 else 26) if wide else 58 + more
    above, below = ((-5, 8) if step > 26 else (-4, 6)) if wide else (6 + more // 2, 18 + more // 2)
    held = {
        "ranking": [{**each, "label": shown[str(each["name"])]} for each in rows],
        "pairs": [{**each, "label": shown[str(each["name"])]} for each in dots],
    }
    gutter = GUTTER if wide else 0
    left = {"labelAlign": "left", "labelPadding": gutter, "labelLimit": gutter - 16, "labelOffset": above}
    axis = alt.Axis(labelExpr=LINES, minExtent=gutter, maxExtent=gutter, **left) if wide else None
    y = alt.Y("label:N", sort=[shown[name] for name in order], title=None, axis=axis)
    scale = alt.Scale(domain=reach, nice=False, padding=8)
    ticks = alt.Axis(format="+.0%", labelExpr=POINTS, tickCount=9 if wide else 5, grid=True)
    title = "← harm · points · gain →"
    base = alt.Chart(alt.NamedData(name="ranking")).encode(y=y)
    x = alt.X("low:Q", scale=scale, title=title, axis=ticks)
    hue = alt.Color(
        "kind:N", scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())), legend=None
    )  # fmt: skip
    zero = alt.Chart(alt.Data(values=[{"zero": 0, "least": reach[0] - 1}]))
    english = alt.X("english:Q", scale=scale)
    layers = [
        zero.mark_rect(color=ALARM, opacity=0.07, clip=True, aria=False).encode(
            x=alt.X("least:Q", scale=scale, title=title, axis=ticks), x2=alt.X2("zero:Q")
        ),
        zero.mark_rule(color=INK, aria=False).encode(x=alt.X("zero:Q", scale=scale)),
        base.mark_rule(strokeWidth=2, opacity=0.6, yOffset=above, clip=True, aria=False).encode(
            x=x, x2=alt.X2("high:Q"), color=hue
        ),
        alt.Chart(alt.NamedData(name="pairs"))
        .mark_point(filled=True, size=38, opacity=1, color=SOFT, stroke=PAPER, strokeWidth=1, yOffset=above, clip=True)
        .encode(x=alt.X("gain:Q", scale=scale), y=y, description=alt.Description("tip:N")),
        base.mark_point(filled=True, size=110, opacity=1, yOffset=above).encode(
            x=alt.X("gain:Q", scale=scale), color=hue, description=alt.Description("tip:N")
        ),
        base.mark_point(filled=False, size=44, opacity=1, color=SOFT, yOffset=below, clip=True).encode(
            x=english, description=alt.Description("tip_english:N")
        ),
    ]
    plot = width - gutter - 14 - (_NUMBERS if wide else _BEYOND)
    text: dict[str, Any] = {"fontSize": TYPE, "aria": False}
    if wide:
        layers.append(
            base.mark_text(**text, align="left", baseline="middle", yOffset=above).encode(
                x=alt.XValue(plot + 12), text=alt.Text("said:N"), color=hue
            )
        )
    else:
        text |= {"baseline": "top", "yOffset": -22 - more // 2}
        layers += [
            # No line of the axis runs through the words.
            base.mark_rule(color=PAPER, strokeWidth=23 + more, yOffset=-18, clip=True, aria=False).encode(
                x=alt.XValue(0), x2=alt.X2Value(plot)
            ),
            base.mark_text(**text, align="left", lineBreak="\n", limit=plot - 130).encode(
                x=alt.XValue(0), text=alt.Text("label:N")
            ),
            base.mark_text(**text, align="right").encode(x=alt.XValue(plot), text=alt.Text("said:N"), color=hue),
        ]
    chart = alt.layer(*layers).properties(width=plot, height=step * len(rows))
    return {**configured(chart), "datasets": held}
