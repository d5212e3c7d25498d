"""Dose-response in the worlds: which dial of a language moves which outcome, as rows, a table and figures."""

from dataclasses import asdict
from typing import Any

from isogloss.analysis.dose import OUTCOMES, SMALLEST, Doses, Point, Response, dialled
from isogloss.core.controls import NONE
from isogloss.report import concluded
from isogloss.report.parts.chart import WIDE, Figure, Spec, configured, lines
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.spreadsheet import as_csv
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.parts.words import capital, points
from isogloss.report.sections._entry import Entry

ANCHOR, TITLE = "dose", "What each dial of a language moves"
SECTION = Entry(
    place=70,
    of=lambda findings: (
        section(findings.called, concluded.doses(findings.ledger)) if dialled(findings.ledger) else None
    ),
)

HEADER = ("dial", "outcome", "from", "to", "change", "interval", "p", "Holm", "by draw", "verdict", "why")
BESIDE = "interval"
"""A column of the terminal; on the page it is the small print of the change."""


def rows(doses: Doses) -> list[tuple[str, ...]]:
    """Cells below HEADER; changes in points, from the dial's lowest value to its highest."""
    return [
        (
            each.dial.replace("_", " "),
            series(each, doses),
            f"{each.points[0].value:g}",
            f"{each.points[-1].value:g}",
            points(each.change, signed=True),
            _interval(each),
            _p(each.p),
            _p(each.adjusted),
            " ".join(points(change, signed=True) for change in each.by_draw.values()),
            each.verdict,
            each.why,
        )
        for each in doses.responses
    ]


def responses(doses: Doses) -> Table | None:
    """The same as a table of the page; None for a study without dials."""
    if not doses.responses:
        return None
    numbers = HEADER[2:9]
    return table(
        key="dose",
        caption="Dose-response",
        facts="change in points from the lowest to the highest value of a dial, all else equal; unit of replication: "
        "pretrained encoders",
        columns=[Column(name=capital(name), number=name in numbers) for name in HEADER if name != BESIDE],
        rows=[
            Rows(cells=tuple(_cell(name, text, each) for name, text in zip(HEADER, row, strict=True) if name != BESIDE))
            for each, row in zip(doses.responses, rows(doses), strict=True)
        ],
        notes=notes(doses),
    )  # fmt: skip


def notes(doses: Doses) -> list[str]:
    """How to read it, and what is not in it."""
    lines = [
        "Slope of the outcome on the dial within each encoder, every draw of the languages with a level of its own; "
        "Student's t over encoders; Holm over all rows. World and draws are the same for all encoders, so a response "
        "must have one direction in every draw.",
        f"Does not move: not significant, and the interval and every draw lie within {points(SMALLEST)} points of 0. "
        "Undecided rows name the smallest change, of 1, that would have shown with a power of .8.",
    ]
    if doses.left_out:
        lines.append(f"Not read, for English does not clear its trivial baselines: {'; '.join(doses.left_out)}.")
    return lines


def plain(doses: Doses) -> list[dict[str, Any]]:
    """As JSON values; changes in [-1, 1]."""
    return [asdict(each) for each in doses.responses]


def csv_text(doses: Doses) -> str:
    """A row per response and value of its dial, values in [0, 1]."""
    fields = ("dial", "task", "encoder", "intermediate", "outcome", "change", "low", "high", "p", "adjusted", "visible",
              "verdict", "why")  # fmt: skip
    rows = (
        (*(getattr(each, name) for name in fields), len(each.changes), point.value, point.mean, point.low, point.high)
        for each in doses.responses
        for point in each.points
    )
    return as_csv((*fields, "encoders", "dose", "mean", "mean low", "mean high"), rows)


def figure(doses: Doses, outcome: str = "score") -> Figure | None:
    """One panel per dial, one line per task: the mean over encoders with its interval. None without such responses.

    Task scores and retrieval share the figure of "score".
    """
    shown = [
        each
        for each in doses.responses
        if each.outcome in ((outcome, "retrieval") if outcome == "score" else (outcome,))
    ]
    data = [_datum(each, point, series(each, doses)) for each in shown for point in each.points]
    if not data:
        return None
    names = list(dict.fromkeys(str(each["series"]) for each in data))
    places = list(range(len(names)))
    dials = list(dict.fromkeys(str(each["dial"]) for each in data))
    said = capital(OUTCOMES[outcome])

    def draw(width: int) -> Spec:
        import altair as alt

        across = 4 if width == WIDE else 2
        axis = alt.Axis(values=[0, 0.5, 1], grid=False)
        x = alt.X("dose:Q", title=None, axis=axis, scale=alt.Scale(domain=[0, 1]))
        layered = lines(alt, x, f"{OUTCOMES[outcome]} (points)", names, places, 4 if width == WIDE else 1)
        layered = layered.properties(width=(width - 76) // across - 16, height=170)
        facet = alt.Facet("dial:N", sort=dials, title=None)
        drawn = layered.facet(facet=facet, columns=across, spacing=16, data=alt.NamedData(name="doses"))
        return {**configured(drawn), "datasets": {"doses": data}}

    return Figure(
        key=f"dose_{outcome.replace(' ', '_')}",
        title=f"{said} by value of one dial",
        caption="Means over encoders and draws with 95% intervals over encoders.",
        alt=f"{said} along the dials {', '.join(dials)} for {len(names)} tasks; the numbers are in the table below.",
        draw=draw,
        data=data,
    )


def section(study: str, doses: Doses | None) -> Section:
    """For the page: task scores and retrieval by dial, the table, and the other outcomes folded."""
    if doses is None or not doses.responses:
        return Section(anchor=ANCHOR, title=TITLE, command=f"isogloss analyse {study}")
    drawn = {name: figure(doses, name) for name in OUTCOMES if name != "retrieval"}
    first, made = drawn.pop("score"), responses(doses)
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=(
            "In a synthetic world one thing about a language is changed at a time, so what follows was caused by it. "
            "A response that is not there is reported as not there.",
        ),
        shown=tuple(each for each in (first, made) if each),
        folded=tuple(Folded(label=capital(OUTCOMES[name]), shown=(each,)) for name, each in drawn.items() if each),
    )


def series(response: Response, doses: Doses) -> str:
    """What a line is called: the task, without its world, and what tells it from others of that name."""
    parts = [response.task.partition("@")[0]]
    if response.outcome not in ("score", "retrieval"):
        parts.append(OUTCOMES[response.outcome])
    if response.intermediate != NONE:
        parts.append(f"after {response.intermediate.partition('@')[0]}")
    if len({each.encoder for each in doses.responses}) > 1:
        parts.append(response.encoder)
    return ", ".join(parts)


def _datum(response: Response, point: Point, name: str) -> dict[str, Any]:
    low = point.mean if point.low is None else point.low
    high = point.mean if point.high is None else point.high
    dial = response.dial.replace("_", " ")
    told = f"{dial} {point.value:g}, {name}: {points(point.mean)} [{points(low)}, {points(high)}]"
    return {
        "dial": dial, "dose": point.value, "series": name, "value": point.mean, "low": low, "high": high, "tip": told,
    }  # fmt: skip


def _cell(name: str, text: str, response: Response) -> Cell:
    if name == "change":
        ends = None if response.low is None or response.high is None else (response.low, response.high)
        return in_points(response.change, ends, signed=True)
    return Cell(text=text, value={"p": response.p, "Holm": response.adjusted}.get(name))


def _interval(response: Response) -> str:
    if response.low is None or response.high is None:
        return ""
    return f"[{points(response.low, signed=True)}, {points(response.high, signed=True)}]"


def _p(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if value >= 0.001 else "<.001"
