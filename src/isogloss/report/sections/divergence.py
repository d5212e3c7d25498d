"""A study's divergences: one line per measure for the terminal; heat maps and their parts for the page."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any, NamedTuple

from isogloss.analysis.pairing import named
from isogloss.core.languages import ENGLISH
from isogloss.core.shown import some
from isogloss.report.parts import heat, spreadsheet
from isogloss.report.parts.chart import Figure, language
from isogloss.report.parts.names import Names, measured
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.table import Cell, Column, Rows, Table, table
from isogloss.report.parts.words import capital, number
from isogloss.report.sections._entry import Entry
from isogloss.store.divergence import CHANGE, NAMES, Divergence

ANCHOR, TITLE = "divergence", "How far the tasks lie from each other"
SECTION = Entry(
    place=40,
    of=lambda findings: section(
        findings.called, [row for row in findings.divergences if row.version != CHANGE], findings.names
    ),
)

HEADER = ("family", "measure", "vectors", "larger is", "rows", "mean", "by chance", "above chance")
FIRST = ("mmd (centred)", "jensen_shannon", "otdd (centred)", "retrieval_accuracy (raw)", "retrieval_accuracy (change)")
"""Measures that are drawn, one of each family, the leading one first: fixed here, not picked by what they show."""
FLOOR = "noise"
"""The column beside the languages: what halves of one corpus show."""


def rows(divergences: Sequence[Divergence]) -> list[tuple[str, ...]]:
    """Per measure and kind of vectors: the mean over encoders, tasks and languages but English, and its noise floor."""
    return [
        (each.family, each.measure, each.version, each.side, str(each.rows), number(each.mean, ".4g"),
         "" if each.null is None else number(each.null, ".4g"), each.above)
        for each in _means(divergences)
    ]  # fmt: skip


class _Mean(NamedTuple):
    """One line of the table: a measure on one kind of vectors."""

    family: str
    measure: str
    version: str
    side: str
    """What a larger value is: "farther" or "closer"."""
    rows: int
    mean: float
    null: float | None
    """The mean by chance."""
    above: str
    """How many rows are above it, of those for which it is known."""


def _means(divergences: Sequence[Divergence]) -> Iterator[_Mean]:
    groups: dict[tuple[str, str, str], list[Divergence]] = {}
    for row in divergences:
        if row.language != ENGLISH:
            groups.setdefault((row.family, row.measure, row.version), []).append(row)
    for at, of_group in sorted(groups.items()):
        nulls = [row.null for row in of_group if row.null is not None]
        known = [row.noise for row in of_group if row.noise is not None]
        yield _Mean(
            *at,
            side="farther" if of_group[0].direction == "distance" else "closer",
            rows=len(of_group),
            mean=fmean(row.value for row in of_group),
            null=fmean(nulls) if nulls else None,
            above=f"{len(known) - sum(known)}/{len(known)}" if known else "",
        )


def notes(divergences: Sequence[Divergence], undefined: Mapping[str, Sequence[tuple[str, str]]]) -> list[str]:
    """What the table cannot say in numbers."""
    lines = [
        "Means over encoders, tasks and languages other than English. By chance: between halves of one corpus; with "
        "permuted labels or shuffled translations where those count. Above chance: rows beyond its 95% quantile."
    ]
    for measure, version in dict.fromkeys((row.measure, row.version) for row in divergences):
        every = [
            row for row in divergences if (row.measure, row.version) == (measure, version) and row.language != ENGLISH
        ]
        full = [row for row in every if "saturated" in row.note]
        if full:
            lines.append(
                f"{measure}, {version}: saturated in {len(full)} of {len(every)} rows. A linear classifier tells those "
                "corpora apart, as it does nearly any two languages or tasks: no finding about how far they lie."
            )
    views = sorted({f"layer {row.layer}, {row.pooling}" for row in divergences if row.layer is not None})
    sizes = [count for row in divergences for count in (row.n, row.m) if count]
    if views and sizes:
        lines.append(f"Vectors: {'; '.join(views)}. Examples per corpus: {_range(sizes)}.")
    return lines + absent(undefined)


def _range(sizes: Sequence[int]) -> str:
    low, high = min(sizes), max(sizes)
    return str(low) if low == high else f"{low} to {high}"


def absent(undefined: Mapping[str, Sequence[tuple[str, str]]]) -> list[str]:
    """The rows that are not there, since their value is undefined: measures with the same ones on one line."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for name, places in undefined.items():
        which = some((place for place, _ in places), 3)
        why = places[0][1].removeprefix(f"{name}: ")
        reasons.setdefault((which, why), []).append(name)
    return [
        f"No row, since undefined: {', '.join(names)} of {which} ({why})" for (which, why), names in reasons.items()
    ]


def leading(divergences: Sequence[Divergence]) -> dict[str, list[Divergence]]:
    """Per family of measures the one that is drawn: that of FIRST, else the first by name; typology has none."""
    measures = {name: of for name, of in named(divergences).items() if of[0].family != "typological"}
    order = sorted(measures, key=lambda name: (_place(name), "(raw)" in name, name))
    chosen: dict[str, str] = {}
    for name in order:
        chosen.setdefault(measures[name][0].family, name)
    return {name: measures[name] for name in sorted(chosen.values(), key=order.index)}


def _place(name: str) -> int:
    return next((place for place, each in enumerate(FIRST) if name.startswith(each)), len(FIRST))


def section(study: str, divergences: Sequence[Divergence], called: Names) -> Section:
    """The heat map of the leading measure, what its values are made of, and the other families folded."""
    if not divergences:
        return Section(anchor=ANCHOR, title=TITLE, command=f"isogloss measure {study}")
    drawn = [(name, of, _map(name, of, called), _parts(name, of, called)) for name, of in leading(divergences).items()]
    summary = _summary(divergences)
    says = (
        "Distance between the English text of an intermediate task and the text of a target in each language, on the "
        "encoder before it was trained on either: it can be known before a run is paid for. What two halves of one "
        "corpus show is the noise floor; a value below it says nothing.",
    )
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=says,
        file="divergences.csv",
        shown=(drawn[0][2],) if drawn else (),
        folded=(
            *(Folded(label=each.caption, shown=(each,)) for *_, each in drawn[:1] if each),
            *(
                Folded(label=f"{measured(name)}, {of[0].family}", shown=tuple(each for each in shown if each))
                for name, of, *shown in drawn[1:]
            ),
            Folded(
                label="Every measure, and how much of it is above chance", shown=(summary,),
                notes=tuple(notes(divergences, {})[1:]),
            ),
        ),
    )  # fmt: skip


def _cells(of: Sequence[Divergence]) -> dict[tuple[str, str, str], list[Divergence]]:
    """(target, intermediate, language) → rows, one per encoder; English first."""
    cells: dict[tuple[str, str, str], list[Divergence]] = {}
    for row in sorted(of, key=lambda row: (row.target, row.intermediate, row.language != ENGLISH, row.language)):
        cells.setdefault((row.target or "any target", row.intermediate or "any task", row.language), []).append(row)
    return cells


def _map(name: str, of: Sequence[Divergence], called: Names) -> Figure:
    cells = _cells(of)
    means = {at: fmean(row.value for row in rows) for at, rows in cells.items()}
    low, most = min(0.0, *means.values()), max(means.values())
    span = (most - low) or 1.0
    data: list[dict[str, Any]] = []
    for target, task in dict.fromkeys(at[:2] for at in cells):
        floors = []
        for at, rows in cells.items():
            if at[:2] != (target, task):
                continue
            floor = [row.null_high for row in rows if row.null_high is not None]
            floors += floor
            noise = 2 * sum(bool(row.noise) for row in rows) >= len(rows) and len(floor) == len(rows)
            data.append(_cell(at, called, means[at], rows, (means[at] - low) / span, noise, floor))
        if floors:
            level = fmean(floors)
            said, aim = called(task), called(target)
            tip = f"{said} to {aim}: noise floor {number(level)}, mean of the 95% quantiles of what chance shows"
            data.append(
                {"target": aim, "intermediate": said, "language": FLOOR, "value": level, "low": None, "high": None,
                 "floor": level, "encoders": len(of), "noise": "", "shade": max(0.0, (level - low) / span),
                 "text": number(level, ".2g"), "sign": "", "tip": tip}
            )  # fmt: skip
    side = "farther" if of[0].direction == "distance" else "closer"
    languages = len({at[2] for at in cells})
    return heat.draw(
        f"divergence_{_slug(name)}",
        f"Distance from each intermediate task to each target: {measured(name)}"
        if side == "farther"
        else f"How much each intermediate task promises for each target: {measured(name)}",
        f"The darker the {side}, from {number(low, '.2g')} to {number(most, '.2g')}. ≈ no more than chance; the last "
        "column is the noise floor. Languages are sorted by family.",
        f"{name} from each intermediate task to each target in {languages} languages, with the noise floor; the "
        "numbers are in the CSV file and its parts in the table below.",
        data,
        FLOOR,
    )


def _cell(
    at: tuple[str, str, str],
    called: Names,
    value: float,
    rows: Sequence[Divergence],
    shade: float,
    noise: bool,
    floor: Sequence[float],
) -> dict[str, Any]:
    target, task, code = called(at[0]), called(at[1]), at[2]
    one = rows[0]
    low, high = one.low, one.high
    if len(rows) > 1:
        low, high = min(row.value for row in rows), max(row.value for row in rows)
        told = f"mean of {len(rows)} encoders, {number(low)} to {number(high)}"
    else:
        told = "" if low is None or high is None else f"95% interval {number(low)} to {number(high)}"
    parts = [f"{task} to {target} in {language(code)}: {number(value)}", told, one.note]
    parts += [f"noise floor {number(fmean(floor))}" + (", so no more than chance" if noise else "")] if floor else []
    kin = heat.family(code)
    return {
        "target": target, "intermediate": task, "language": code, "value": value, "low": low, "high": high,
        "floor": fmean(floor) if floor else None, "encoders": len(rows), "noise": "yes" if noise else "no",
        "shade": shade, "text": f"{'≈' if noise else ''}{number(value, '.2g')}", "sign": "≈" if noise else "",
        "tip": "; ".join(part for part in parts if part) + (f" ({kin})" if kin else ""),
    }  # fmt: skip


def _parts(name: str, of: Sequence[Divergence], called: Names) -> Table | None:
    """Task shift, language shift and what is left; None for a measure that has no parts."""
    groups: dict[tuple[str, str], list[Divergence]] = {}
    for row in of:
        if row.language != ENGLISH and None not in (row.task_shift, row.language_shift, row.interaction):
            groups.setdefault((row.target, row.intermediate), []).append(row)
    if not groups:
        return None
    rows = []
    for (target, task), of_group in sorted(groups.items()):
        shifts: dict[str, list[float]] = {}
        for row in of_group:
            shifts.setdefault(row.language, []).append(row.language_shift or 0.0)
        means = {code: fmean(values) for code, values in shifts.items()}
        far = max(means, key=lambda code: means[code])
        floor = [row.null_high for row in of_group if row.null_high is not None]
        cells = [
            Cell(text=called(task), name=task),
            _plain([row.value for row in of_group]),
            _plain([row.task_shift or 0.0 for row in of_group]),
            _plain([row.language_shift or 0.0 for row in of_group]),
            Cell(text=number(means[far]), aside=far, value=means[far], title=language(far)),
            _plain([row.interaction or 0.0 for row in of_group]),
            _plain(floor) if floor else Cell(text="–"),
        ]
        rows.append(Rows(cells=tuple(cells), group=called(target), code=target))
    names = ("Divergence", "Task shift", "Language shift", "Farthest language", "Interaction", "Noise floor")
    return table(
        key=f"parts_{_slug(name)}",
        caption=f"What {measured(name)} is made of",
        facts="means over encoders and the languages but English, in the measure's own unit · task shift: from the "
        "intermediate task to the target, both in English · language shift: from the target in English to the target "
        "in the language · interaction: what the two leave",
        columns=[Column(name="Intermediate", number=False), *(Column(name=each) for each in names)],
        rows=rows,
    )


def _plain(values: Sequence[float]) -> Cell:
    value = round(fmean(values), 12)
    return Cell(text=number(value), value=value)


def _summary(divergences: Sequence[Divergence]) -> Table:
    texts = {"family", "measure", "vectors", "larger is"}
    return table(
        key="measures",
        caption="Every measure",
        facts=notes(divergences, {})[0],
        columns=[Column(name=capital(name), number=name not in texts) for name in HEADER[1:]],
        rows=[
            Rows(
                cells=(
                    Cell(text=measured(each.measure), name=each.measure),
                    Cell(text=each.version or "–"),
                    Cell(text=each.side),
                    Cell(text=str(each.rows), value=each.rows),
                    Cell(text=number(each.mean, ".4g"), value=each.mean),
                    Cell(text="–" if each.null is None else number(each.null, ".4g"), value=each.null),
                    Cell(text=each.above or "–"),
                ),
                group=each.family,
            )
            for each in _means(divergences)
        ],
    )


def _slug(name: str) -> str:
    return "_".join("".join(letter if letter.isalnum() else " " for letter in name).split())


DIGITS = 10
"""Of a value in divergences.csv: means over encoders are taken of them."""


def as_csv(divergences: Sequence[Divergence]) -> str:
    """Every row with every field."""
    rows = ([getattr(row, name) for name in NAMES] for row in divergences)
    return spreadsheet.as_csv(NAMES, rows, digits=DIGITS)
