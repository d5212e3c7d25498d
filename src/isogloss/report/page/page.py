"""The page: one self-contained HTML file that opens offline, with its tables and figures inside it and beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from isogloss.analysis.dose import series_of
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.pairing import heeded
from isogloss.analysis.tidy import tidy
from isogloss.analysis.transfer import Board, usual
from isogloss.core import quantities
from isogloss.core.controls import NONE
from isogloss.evidence.claim import Claim
from isogloss.report import concluded, findings
from isogloss.report.figures import ranked, strip
from isogloss.report.findings import Findings
from isogloss.report.page import answer, lead, share
from isogloss.report.page.render import HERE, packed, put, rendered
from isogloss.report.parts import names
from isogloss.report.parts.chart import Figure
from isogloss.report.parts.section import Section
from isogloss.report.parts.spreadsheet import as_csv
from isogloss.report.parts.table import Table
from isogloss.report.parts.words import called, count
from isogloss.report.sections import (
    advice,
    changes,
    claims,
    divergence,
    dose,
    effects,
    retrieval,
    robustness,
    runs,
    syntheses,
    targets,
    unlabelled,
)
from isogloss.report.sections import meaning as drift
from isogloss.store.divergence import CHANGE, Divergence
from isogloss.store.store import Store
from isogloss.store.write import replaceable, sweep_dead

_COLUMNS = (
    "encoder copy intermediate target seed task split language metric variant score n gain gain_english gain_others "
    "gap retention strongest_baseline signature collapsed"
)


def write(store: Store, name: str, path: Path, held: Sequence[Claim] = ()) -> Path:
    """Write the page of a study to `path`, `<stem>_files/` and `<stem>.png` beside it; returns the path.

    `held` are the claims that are held against the study.
    """
    found = findings.work_out(store, name)
    path = Path(path)
    folder = path.parent / f"{path.stem}_files"
    replaceable(path)
    replaceable(folder)
    measured = store.divergences(name)
    boards = usual(found.targets)
    verdict, front = _first(found)
    sections = _sections(found, measured, held, drift.section(store.drifts(name).values()))
    figures = _figures(front, sections)
    made = {each.key: each for each in _each(sections, Table) if isinstance(each, Table)}
    files = _files(found, figures, made, measured)
    html = rendered(
        "page.html",
        **_head(found, boards, measured),
        lead=verdict,
        front=front,
        sections=sections,
        folder=folder.name,
        image=f"{path.stem}.png",
        files=packed(files),
        script=(HERE / "page.js").read_text("utf-8"),
    )
    for place in (path.parent, folder):
        sweep_dead(place)
    for each, text in files.items():
        put(folder, each, text.encode())
    for key, figure in figures.items():
        put(folder, f"{key}.pdf", figure.pdf())
    few = replace(found.ranking, candidates=found.ranking.candidates[: share.ROWS])
    picture = share.png(found.ledger.study.title, verdict, ranked.forest(found.ledger, boards, few))
    put(path.parent, f"{path.stem}.png", picture)
    put(path.parent, path.name, html.lstrip().encode())
    return path


def first_screen(found: Findings) -> str:
    """The verdict and the figures over all targets as a page of its own, without a word below them."""
    verdict, front = _first(found)
    return rendered("screen.html", study=found.ledger.study, lead=verdict, front=front)


def figures(found: Findings) -> dict[str, Figure]:
    """Every figure of a study's page by its name."""
    store, name = found.ledger.store, found.ledger.study.name
    measured, drifts = store.divergences(name), store.drifts(name)
    return _figures(_first(found)[1], _sections(found, measured, (), drift.section(drifts.values())))


def _first(found: Findings) -> tuple[lead.Lead, list[Figure]]:
    """The verdict, and the figures of the first screen."""
    boards = usual(found.targets)
    verdict = lead.lead(found.ranking, names.of(found.ledger), found.ledger.missing)
    front = [ranked.forest(found.ledger, boards, found.ranking), strip.strip(found.ledger, boards, found.ranking)]
    return verdict, [each for each in front if each]


def _figures(front: Sequence[Figure], sections: Sequence[Section]) -> dict[str, Figure]:
    every = (*front, *_each(sections, Figure))
    return {each.key: each for each in every if isinstance(each, Figure)}


def _sections(
    found: Findings, measured: Sequence[Divergence], held: Sequence[Claim], meaning: Section | None
) -> list[Section]:
    """Everything below the first screen, in order; what has nothing to show comes as one line."""
    ledger = found.ledger
    name = called(ledger.study)  # in the commands that a reader is told to give
    said = names.of(ledger)
    analysis = concluded.read(ledger)
    colours = _colours(found)
    every: list[Section | None] = [
        targets.overview(found),
        targets.section(found),
        unlabelled.section(found),
        robustness.section(name, analysis, said),
        divergence.section(name, [row for row in measured if row.version != CHANGE], said),
        changes.section(measured, said, colours),
        effects.section(name, analysis, heeded(measured), said),
        dose.section(name, concluded.doses(ledger)) if _dialled(ledger) else None,
        meaning,
        retrieval.section(found, colours),
        advice.section(ledger.store, ledger.study.name),
        claims.section(name, claims.judged(ledger, held), ledger.study.name),
        syntheses.section(ledger.store, ledger.study.name),
        runs.section(ledger, colours),
        runs.licences(ledger),
    ]
    sections = [each for each in every if each]
    return sorted(sections, key=lambda each: bool(each.command or each.brief) and each.anchor != "run")


def _each(sections: Sequence[Section], kind: type[Figure] | type[Table]) -> Iterable[Figure | Table]:
    return [each for section in sections for each in section if isinstance(each, kind)]


def _head(found: Findings, boards: Sequence[Board], measured: Sequence[Divergence]) -> dict[str, object]:
    """What the template says in words."""
    ledger = found.ledger
    analysis = concluded.read(ledger)
    outdated = concluded.outdated(ledger, analysis, len(measured))
    said = names.of(ledger)
    return {
        "study": ledger.study,
        "headline": found.headline,
        "cautions": [*found.headline.cautions, *([outdated] if outdated else [])],
        "answers": answer.answers(called(ledger.study), boards, analysis, measured, said),
        "facts": _facts(found),
        "units": sorted(_units(found.targets)),
    }


def _dialled(ledger: Ledger) -> bool:
    """Whether languages differ in one known dial alone."""
    known = [facts["dials"] for facts in ledger.tasks.values() if facts.get("dials")]
    return any(series_of(each, list(each)) for each in known)


def _facts(found: Findings) -> list[str]:
    """How much was run."""
    ledger = found.ledger
    tested_runs = {row.score.run for row in ledger.rows} or set(ledger.labels)
    copies = {(label.encoder, label.replicate) for run, label in ledger.labels.items() if run in tested_runs}
    trained = [run for run in ledger.study.runs if run.spec.phases]
    done = len(ledger.records)
    tested = {row.score.language for row in ledger.rows}
    return [
        count(len(copies), "encoder"),
        f"{done:,} of {count(len(trained), 'run')}" if done < len(trained) else count(done, "run"),
        count(len(found.targets), "target task"),
        count(len(tested), "language"),
        f"{len(ledger.rows):,} scores",
        f"{quantities.duration(runs.seconds(ledger))} of computing",
        f"isogloss {ledger.study.version}".strip(),
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
    conditions = [c.intermediate for board in found.targets for c in board.conditions]
    return {name: place for place, name in enumerate(dict.fromkeys([NONE, *conditions]))}


def _files(
    found: Findings, figures: Mapping[str, Figure], made: Mapping[str, Table], measured: Sequence[Divergence]
) -> dict[str, str]:
    """Name → text of everything that can be downloaded from the page itself."""
    files = {f"{key}.svg": figure.svg for key, figure in figures.items()}
    files |= {f"{key}.csv": figure.csv() for key, figure in figures.items()}
    files |= {f"table_{key}.csv": table.csv() for key, table in made.items()}
    files["tables.tex"] = "\n".join(table.latex() for table in made.values())
    files["scores.csv"] = _scores(found)
    return files | ({"divergences.csv": divergence.as_csv(measured)} if measured else {})


def _scores(found: Findings) -> str:
    """Every score of every run as CSV, with its signature."""
    rows = (
        (row.label.encoder, row.label.replicate, row.label.intermediate, row.label.target, row.label.seed, row.task,
         row.split, row.language, row.metric, row.variant, row.score, row.n, row.gain, row.gain_english,
         row.gain_others, row.gap, row.retention, row.strongest_baseline, row.signature, row.collapsed)
        for row in tidy(found.ledger)
    )  # fmt: skip
    return as_csv(_COLUMNS.split(), rows)
