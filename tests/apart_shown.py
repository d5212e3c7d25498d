"""Distances between tasks, and meaning lost in translation: every place that shows them, by what each is a number of.

Both are walked as (output, how it is printed, what it is a number of). Distances are in the unit of their measure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from isogloss.report.parts import names
from isogloss.report.parts.chart import language
from isogloss.report.parts.words import points, spanned
from isogloss.report.sections import divergence
from isogloss.report.sections import meaning as drift
from isogloss.store.divergence import Divergence
from read_page import rows_of

Shown = tuple[str, str, tuple[str, ...]]
Tables = Mapping[str, Sequence[Sequence[str]]]
"""Key → rows of cells; the first row is the head, and one of a single cell heads a group."""
SHARES = ("Below threshold", "Were all equivalent", "Divergences found", "Drifted")


def distances(rows: Sequence[Divergence], tables: Tables, files: Path, called: names.Names) -> Iterator[Shown]:
    """What `measure` prints, the table of every measure, divergences.csv, and what is drawn of it."""
    for _, measure, version, *cells in divergence.rows(rows):
        yield "measure", " ".join(cells[1:]).strip(), ("measure", names.measured(measure), version)
    for measure, version, *cells in _body(tables.get("measures", ())):
        yield "page's measures", " ".join(cells[1:]).replace("–", "").strip(), ("measure", measure, version.strip("–"))
    for row in rows_of(files / "table_measures.csv"):
        cells = (f"{float(row[name]):.4g}".replace("-", "−") for name in ("Mean", "By chance") if row[name] != "–")
        shown = " ".join((row["Rows"], *cells, row["Above chance"].replace("–", "")))
        number = ("measure", names.measured(row["Measure"]), row["Vectors"].strip("–"))
        yield "file of measures", " ".join(shown.split()), number
    values: dict[tuple[str, str, str, str], list[float]] = {}
    for row in rows_of(files / "divergences.csv"):
        measure = f"{row['measure']} ({row['version']})" if row["version"] else row["measure"]
        of = (called(row["target"]) if row["target"] else "any target",
              called(row["intermediate"]) if row["intermediate"] else "any task")  # fmt: skip
        at = (measure, *of, row["language"])
        values.setdefault(at, []).append(float(row["value"]))
    for measure in dict.fromkeys(at[0] for at in values):
        for row in rows_of(files / f"divergence_{'_'.join(re.findall('[^_ ()]+', measure))}.csv"):
            if row["language"] != divergence.FLOOR:
                at = (measure, row["target"], row["intermediate"], row["language"])
                yield "divergences.csv", f"{fmean(values[at]):.6g}", ("divergence", *at)
                yield "figure of divergence", f"{float(row['value']):.6g}", ("divergence", *at)


def meaning(found: Sequence[Mapping[str, Any]], tables: Tables, files: Path) -> Iterator[Shown]:
    """What `semdiv` prints of a study, what it keeps, the tables of the page, and their files."""
    keys: dict[str, tuple[str, str]] = {}
    for row in drift.rows(found):
        for column, cell in zip(drift.HEADER[4:], row[4:], strict=True):
            yield "semdiv", cell, ("meaning", *row[:3], column)
    codes = {language(each["language"]): each["language"] for each in found}
    for each in found:
        at = (f"{each['task']} {each['split']}", each["kind"])
        keys[f"meaning_{'_'.join(at[0].split())}" + "_training_data" * (at[1] == "training")] = at
        for column, share in (("below threshold", each["below"]), ("drifted", each["drifted"])):
            if share is not None:
                text = spanned(share["value"], share["low"], share["high"], signed=False)
                yield "semdiv as JSON", text, ("meaning", *at, each["language"], column)
    for key, at in keys.items():
        for cells, row in zip(_body(tables.get(key, ())), rows_of(files / f"table_{key}.csv"), strict=True):
            code = codes[cells[0]]
            for column in SHARES:
                number = ("meaning", *at, code, column.lower())
                yield "page", cells[tables[key][0].index(column)], number
                if row[column] != "–":
                    yield "table", points(float(row[column])), number


def _body(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [row for row in rows[1:] if len(row) > 1]
