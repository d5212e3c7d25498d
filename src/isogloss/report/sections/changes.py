"""What each intermediate phase did to alignment, for the page and the terminal: by layer, and by language."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from isogloss.analysis.pairing import heeded
from isogloss.core.shown import amount
from isogloss.report.parts import heat
from isogloss.report.parts.chart import WIDE, Figure, Spec, configured, language, lines
from isogloss.report.parts.names import Names, measured
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.parts.words import points
from isogloss.report.sections._entry import Entry
from isogloss.store.divergence import CHANGE, Divergence

ANCHOR, TITLE = "change", "What the intermediate tasks did to alignment"
SECTION = Entry(place=50, of=lambda findings: section(findings.divergences, findings.names, findings.colours))
FIRST = ("retrieval_accuracy", "mexa", "cka", "retrieval_margin")
"""Measures in this order, others after them."""
HEADER = ("after", "measure", "layer", "languages", "change x 100", "worst language", "beyond noise")


def changes(divergences: Sequence[Divergence]) -> list[Divergence]:
    """The rows that are changes."""
    return [row for row in divergences if row.version == CHANGE]


def rows(divergences: Sequence[Divergence]) -> list[tuple[str, ...]]:
    """Per intermediate task, measure and heeded layer: the mean, the worst language, how many rows are not noise."""
    return [
        (
            *at[:2], f"{at[2]}", f"{_languages(of)}", points(fmean(row.value for row in of), True),
            f"{(worst := min(of, key=lambda row: row.value)).language} {points(worst.value, True)}",
            f"{sum(row.noise is False for row in of)}/{len(of)}",
        )
        for at, of in _groups(heeded(changes(divergences))).items()
    ]  # fmt: skip


def section(divergences: Sequence[Divergence], called: Names, colours: Mapping[str, int]) -> Section | None:
    """None where no change was measured."""
    own = changes(divergences)
    if not own:
        return None
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=(
            "How well sentences find their translations after an intermediate phase, less before it: known before any "
            "target is paid for. Vectors are centred in each language. A change is noise where its interval holds 0, "
            "and where it is no larger than the difference between two halves of the sentences.",
        ),
        shown=(_by_layer(own, called, colours),),
        folded=(
            Folded(label="By language, at the layer that stands for all and at the last", shown=_tables(own, called)),
        ),
        file="divergences.csv",
    )


def _groups(of: Sequence[Divergence]) -> dict[tuple[str, str, int], list[Divergence]]:
    """(intermediate, measure, layer) → a row per encoder and language."""
    groups: dict[tuple[str, str, int], list[Divergence]] = {}
    for row in sorted(of, key=lambda row: (_place(row.measure), row.measure, row.layer or 0)):
        groups.setdefault((row.intermediate, row.measure, row.layer or 0), []).append(row)
    return groups


def _languages(of: Sequence[Divergence]) -> int:
    """Of how many: each encoder has a row for each."""
    return len({row.language for row in of})


def _place(measure: str) -> int:
    return FIRST.index(measure) if measure in FIRST else len(FIRST)


def _by_layer(own: Sequence[Divergence], called: Names, colours: Mapping[str, int]) -> Figure:
    data: list[dict[str, Any]] = []
    for (task, measure, layer), of in _groups(own).items():
        spread = [row for row in of if row.low is not None and row.high is not None]
        low, high = (fmean(getattr(row, end) for row in spread) if spread else None for end in ("low", "high"))
        value = fmean(row.value for row in of)
        floor = [row.null_high for row in of if row.null_high is not None]
        spoken = _languages(of)
        where = f"{measured(measure)} at layer {layer} after {called(task)}"
        tip = f"{where}: {points(value, True)}, {amount(spoken, 'language')}"
        data.append(
            {"panel": measured(measure), "layer": layer, "condition": task, "series": called(task), "value": value,
             "low": low, "high": high, "floor": fmean(floor) if floor else None, "languages": spoken, "tip": tip}
        )  # fmt: skip
    series = {str(each["series"]): colours.get(str(each["condition"]), place) for place, each in enumerate(data)}
    panels = list(dict.fromkeys(str(each["panel"]) for each in data))
    depth = sorted({int(each["layer"]) for each in data})

    def draw(width: int) -> Spec:
        import altair as alt

        across = min(2, len(panels)) if width == WIDE else 1
        axis = alt.Axis(values=depth, format="d", grid=False)
        x = alt.X("layer:Q", title="layer", axis=axis, scale=alt.Scale(nice=False, padding=10))
        layered = lines(alt, x, "change × 100", list(series), list(series.values()), 4 if width == WIDE else 1)
        layered = layered.properties(width=(width - 80) // across - 44, height=150)
        chart = layered.facet(
            facet=alt.Facet("panel:N", sort=panels, title=None), columns=across, spacing=24,
            data=alt.NamedData(name="changes"),
        ).resolve_scale(y="independent")  # fmt: skip
        return {**configured(chart), "datasets": {"changes": data}}

    return Figure(
        key="change_by_layer",
        title="Change of alignment by layer",
        caption="After the intermediate phase less before it, mean over languages, with the mean of their 95% "
        "intervals (over sentences and runs). Below 0 alignment was lost. Layer 0 is the embeddings.",
        alt=f"Change of {', '.join(panels)} by layer after {', '.join(series)}; the numbers are in the CSV file.",
        draw=draw,
        data=data,
    )


def _tables(own: Sequence[Divergence], called: Names) -> tuple[Table, ...]:
    """A table per measure: a line per language, a column per intermediate task and layer."""
    kept = heeded(own)
    tables = []
    for measure in sorted({row.measure for row in kept}, key=lambda name: (_place(name), name)):
        of = [row for row in kept if row.measure == measure]
        columns = list(dict.fromkeys((row.intermediate, row.layer or 0) for row in of))
        spoken = sorted({row.language for row in of}, key=lambda code: (heat.family(code), code))
        cells: dict[tuple[str, str, int], list[Divergence]] = {}
        for row in of:
            cells.setdefault((row.language, row.intermediate, row.layer or 0), []).append(row)
        tables.append(
            table(
                key=f"change_{measure}",
                caption=f"Change of {measured(measure)}, × 100",
                facts="95% intervals over sentences and runs · ≈ noise: holds 0, or no more than two halves differ",
                columns=[
                    Column(name="Language", number=False),
                    *(Column(name=f"{called(task)}, layer {layer}", code=f"{task} {layer}") for task, layer in columns),
                ],
                rows=[
                    Rows(
                        cells=(Cell(text=language(code), name=code), *(_cell(cells.get((code, *at))) for at in columns))
                    )
                    for code in spoken
                ],
            )
        )
    return tuple(tables)


def _cell(of: Sequence[Divergence] | None) -> Cell:
    if not of:
        return Cell(text="–")
    value, one = fmean(row.value for row in of), of[0]
    noise = "≈" * all(row.noise for row in of)
    ends = None if len(of) > 1 or one.low is None or one.high is None else (one.low, one.high)
    told = in_points(value, ends, signed=True, heat=max(-1.0, min(1.0, value / 0.3)), title=one.note)
    return replace(told, text=f"{noise}{told.text}")
