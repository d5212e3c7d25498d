"""The page: one self-contained HTML file that opens offline, and its tables and figures as files beside it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.analysis.dose import series_of
from isogloss.analysis.ledger import NONE, Ledger
from isogloss.analysis.tidy import tidy
from isogloss.analysis.transfer import Board, usual
from isogloss.core import quantities
from isogloss.core.claim import Claim
from isogloss.core.errors import StoreError
from isogloss.report import (
    answer,
    capabilities,
    claims,
    concluded,
    divergence,
    dose,
    drift,
    effects,
    figures,
    retrieval,
    robustness,
    runs,
    tables,
    transfer,
    translations,
)
from isogloss.report.figures import Figure
from isogloss.report.section import Section
from isogloss.report.spreadsheet import as_csv
from isogloss.report.table import Table
from isogloss.report.tables import Findings
from isogloss.report.words import called, count
from isogloss.store.divergence import Divergence
from isogloss.store.store import Store
from isogloss.store.write import replacing

HERE = Path(__file__).parent
OPEN_RUNS = 20
_COLUMNS = (
    "encoder copy intermediate target seed task split language metric variant score n gain gain_english gain_others "
    "gap retention strongest_baseline signature collapsed"
)


def write(store: Store, name: str, path: Path, held: Sequence[Claim] = ()) -> Path:
    """Write the page of a study to `path`, and `<stem>_files/` beside it; returns the path.

    `held` are the claims that are held against the study.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = tables.work_out(store, name)
    path = Path(path)
    files = path.parent / f"{path.stem}_files"
    measured = store.divergences(name)
    shown = _contents(found, measured, held, drift.section(store.drifts(name).values()))
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["breakable"] = breakable
    html = environment.get_template("page.html").render(
        **shown,
        files=files.name,
        style=(HERE / "style.css").read_text("utf-8"),
        script=(HERE / "page.js").read_text("utf-8"),
    )
    for figure in shown["figures"].values():
        _put(files, f"{figure.key}.svg", figure.svg.encode())
        _put(files, f"{figure.key}.pdf", figure.pdf())
        _put(files, f"{figure.key}.csv", figure.csv().encode())
    for each in shown["tables"].values():
        _put(files, f"table_{each.key}.csv", each.csv().encode())
    _put(files, "tables.tex", "\n".join(each.latex() for each in shown["tables"].values()).encode())
    _put(files, "scores.csv", _scores(found).encode())
    if measured:
        _put(files, "divergences.csv", divergence.as_csv(measured).encode())
    _put(path.parent, path.name, html.lstrip().encode())
    return path


def _contents(
    found: Findings, measured: Sequence[Divergence], held: Sequence[Claim], meaning: Section | None
) -> dict[str, Any]:
    ledger = found.ledger
    study = ledger.study
    name = called(study)  # in the commands that a reader is told to give
    analysis = concluded.read(ledger)
    outdated = concluded.outdated(ledger, analysis, len(measured))
    sections = [
        divergence.section(name, measured),
        robustness.section(name, analysis),
        effects.section(name, analysis, measured),
        *([dose.section(name, concluded.doses(ledger))] if _dialled(ledger) else []),
        *([meaning] if meaning else []),
        claims.section(name, claims.judged(ledger, held), str(study["name"])),
    ]
    colours = _colours(found)
    reach = figures.reach(found.with_gains)
    targets = [
        {
            "title": transfer.title(ledger, board),
            "anchor": transfer.slug(board),
            "figure": figures.scores(ledger, board),
            "scores": transfer.scores(ledger, board),
            "languages": transfer.languages_of(ledger, board),
            "long": len(board.languages) > figures.MANY,
        }
        for board in found.targets
    ]
    gains = [
        {
            "title": transfer.title(ledger, board),
            "figure": figures.gains(ledger, board, reach),
            "gains": transfer.gains(ledger, board),
            "languages": transfer.gains_by_language(ledger, board),
            "long": len(board.languages) > figures.MANY,
        }
        for board in found.with_gains
    ]
    of_pairs = [_retrieved(found, groups, colours) for groups in retrieval.panels(found.retrievals)]
    compared = usual(found.with_gains)
    overview = transfer.overview(ledger, compared) if compared else None
    metrics = transfer.other_metrics(ledger, found.every)
    errors = capabilities.errors(ledger, found.parts)
    totals, every, data = runs.totals(ledger), runs.every(ledger), runs.data(ledger)
    mixtures = runs.mixtures(ledger)
    translated = translations.kept(ledger)
    within = [each for section in sections for each in section]
    everything: list[Table | None] = [each for each in within if isinstance(each, Table)]
    everything += [overview, metrics, errors, totals, mixtures, every, data, translated]
    parts: list[dict[str, Any]] = [*targets, *gains, *of_pairs]
    for part in parts:
        everything += [each for each in part.values() if isinstance(each, Table)]
        everything += part.get("tables", ())
        everything += part.get("languages", ()) if part.get("usual") else ()
    drawn = [each for each in within if isinstance(each, Figure)]
    drawn += [each for part in parts for each in part.values() if isinstance(each, Figure)]
    return {
        "study": study,
        "headline": found.headline,
        "cautions": [*found.headline.cautions, *([outdated] if outdated else [])],
        "answers": answer.answers(name, usual(found.targets), analysis, measured),
        "sections": sections,
        "facts": _facts(found),
        "targets": targets,
        "gains": gains,
        "retrievals": of_pairs,
        "overview": overview,
        "metrics": metrics,
        "errors": errors,
        "totals": totals,
        "mixtures": mixtures,
        "every_run": every,
        "runs_open": len(study["runs"]) <= OPEN_RUNS,
        "data": data,
        "translations": translated,
        "tables": {each.key: each for each in everything if each},
        "figures": {each.key: each for each in drawn},
        "units": sorted(_units(found.targets)),
    }


def _dialled(ledger: Ledger) -> bool:
    """Whether languages differ in one known dial alone."""
    known = [facts["dials"] for facts in ledger.tasks.values() if facts.get("dials")]
    return any(series_of(each, list(each)) for each in known)


def _retrieved(found: Findings, groups: Sequence[Sequence[Board]], colours: Mapping[str, int]) -> dict[str, Any]:
    """One way to find neighbours: a figure of all poolings, and two tables for each."""
    first = groups[0][0]
    made = [(retrieval.layers(found.ledger, each), retrieval.changes(found.ledger, each)) for each in groups]
    return {
        "title": transfer.title(found.ledger, first),
        "way": retrieval.way(first, "pooling"),
        "usual": any(board is one for group in groups for board in group for one in found.standing),
        "target": first.target,
        "figure": figures.layers(found.ledger, groups, colours),
        "tables": [each for pair in made for each in pair if each],
        "languages": retrieval.languages(found.ledger, groups[0]),
    }


def _facts(found: Findings) -> list[str]:
    """The line under the title: how much was run."""
    ledger = found.ledger
    tested_runs = {row.score.run for row in ledger.rows} or set(ledger.labels)
    copies = {(label.encoder, label.replicate) for run, label in ledger.labels.items() if run in tested_runs}
    trained = [run for run in ledger.study["runs"] if run["spec"].get("phases")]
    done = len(ledger.records)
    tested = {row.score.language for row in ledger.rows}
    return [
        count(len(copies), "encoder"),
        f"{done:,} of {count(len(trained), 'run')}" if done < len(trained) else count(done, "run"),
        count(len(found.targets), "target task"),
        count(len(tested), "language"),
        f"{len(ledger.rows):,} scores",
        f"{quantities.duration(runs.seconds(ledger))} of computing",
        f"isogloss {ledger.study.get('version', '')}".strip(),
    ]


def _units(boards: Iterable[Board]) -> set[str]:
    return {
        sample.estimate().unit
        for board in boards
        for condition in board.conditions
        for sample in condition.outcomes.values()
    }


def _colours(found: Findings) -> Mapping[str, int]:
    """condition → its place in the palette, the same all over the page."""
    names = [c.intermediate for board in found.targets for c in board.conditions]
    return {name: place for place, name in enumerate(dict.fromkeys([NONE, *names]))}


def _scores(found: Findings) -> str:
    """Every score of every run as CSV, with its signature."""
    rows = (
        (row.label.encoder, row.label.replicate, row.label.intermediate, row.label.target, row.label.seed, row.task,
         row.split, row.language, row.metric, row.variant, row.score, row.n, row.gain, row.gain_english,
         row.gain_others, row.gap, row.retention, row.strongest_baseline, row.signature, row.collapsed)
        for row in tidy(found.ledger)
    )  # fmt: skip
    return as_csv(_COLUMNS.split(), rows)


def breakable(text: str) -> str:
    """HTML with room for a line break after each task of a mixture: nine in one word are wider than a page."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"(?<=\w)\+(?=\w)", "+<wbr>", str(escape(text))))


def _put(folder: Path, name: str, content: bytes) -> None:
    """The one way a file of the page is written. Raises StoreError for a name that leads out of the folder."""
    if Path(name).name != name or name in ("", "..") or "\\" in name:
        raise StoreError(f"{folder}: a file of the page would be called {name!r}, which leads out of this folder.")
    with replacing(folder / name) as temporary:
        temporary.write_bytes(content)
