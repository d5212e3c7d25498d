"""The page: one self-contained HTML file that opens offline, with its tables and figures inside it and beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from isogloss.analysis.tidy import TidyRow, tidy
from isogloss.analysis.transfer import Board, usual
from isogloss.core import quantities
from isogloss.core.folder import load, names
from isogloss.core.way import Way, standing
from isogloss.evidence.claim import Claim
from isogloss.report import concluded
from isogloss.report.figures import ranked, strip
from isogloss.report.findings import Findings, work_out
from isogloss.report.page import answer, lead, live, share
from isogloss.report.page.render import HERE, packed, put, rendered
from isogloss.report.parts.chart import Figure
from isogloss.report.parts.section import Section
from isogloss.report.parts.spreadsheet import PAGE, as_csv
from isogloss.report.parts.table import Table
from isogloss.report.parts.words import count
from isogloss.report.sections import divergence, runs
from isogloss.report.sections._entry import Entry
from isogloss.store.store import Store
from isogloss.store.write import replaceable, sweep_dead

ROOM = "report/sections"
"""The folder whose every file is a section of the page."""
_EVERY, _STANDING = "scores.csv", "scores_standing.csv"
"""Of retrieval, every layer, pooling and direction, beside the page alone; and the way that stands for all."""
_COLUMNS = (
    "encoder copy intermediate target seed task split language metric variant score n gain gain_english gain_others "
    "gap retention strongest_baseline signature collapsed"
)


def write(store: Store, name: str, path: Path, held: Sequence[Claim] = (), refresh: int = 0) -> Path:
    """Write the page of a study to `path`, `<stem>_files/` and `<stem>.png` beside it; returns the path.

    `held` are the claims that are held against the study. A page with a `refresh` is a live one: it says what runs,
    loads itself again after that many seconds, and has no files beside it.
    """
    findings = work_out(store, name, held)
    path = Path(path)
    folder = path.parent / f"{path.stem}_files"
    replaceable(path)
    replaceable(folder)
    boards = usual(findings.targets)
    verdict, front = _first(findings)
    sections = sections_of(findings)
    figures = _figures(front, sections)
    now = live.live(findings.ledger, store.live(name), findings.colours, refresh) if refresh else None
    if now and now.figure:
        figures[now.figure.key] = now.figure
    made = {each.key: each for each in _each(sections, Table) if isinstance(each, Table)}
    files = _files(findings, figures, made)
    thinned = _STANDING in files and not now  # a live page has no folder beside it
    inside = {name: text for name, text in files.items() if name != (_EVERY if thinned else _STANDING)}
    inside |= {each.narrow_file: each.narrow for each in figures.values() if each not in front}
    html = rendered(
        "page.html",
        **_head(findings, boards),
        live=now,
        lead=verdict,
        front=front,
        sections=sections,
        folder=folder.name,
        image=f"{path.stem}.png",
        standing=_STANDING if thinned else "",
        files=packed(inside),
        script=(HERE / "page.js").read_text("utf-8"),
    )
    sweep_dead(path.parent)
    if now:
        put(path.parent, path.name, html.lstrip().encode())
        return path
    sweep_dead(folder)
    for each, text in files.items():
        put(folder, each, text.encode())
    for key, figure in figures.items():
        put(folder, f"{key}.pdf", figure.pdf())
    few = replace(findings.ranking, candidates=findings.ranking.candidates[: share.ROWS])
    picture = share.png(findings.ledger.study.title, verdict, ranked.forest(findings.ledger, boards, few))
    put(path.parent, f"{path.stem}.png", picture)
    put(path.parent, path.name, html.lstrip().encode())
    return path


def first_screen(findings: Findings) -> str:
    """The verdict and the figures over all targets as a page of its own, without a word below them."""
    verdict, front = _first(findings)
    return rendered("screen.html", study=findings.ledger.study, lead=verdict, front=front)


def figures(findings: Findings) -> dict[str, Figure]:
    """Every figure of a study's page by its name."""
    return _figures(_first(findings)[1], sections_of(findings))


def _first(findings: Findings) -> tuple[lead.Lead, list[Figure]]:
    """The verdict, and the figures of the first screen."""
    boards = usual(findings.targets)
    verdict = lead.lead(findings.ranking, findings.names, findings.ledger.missing)
    front = [
        ranked.forest(findings.ledger, boards, findings.ranking),
        strip.strip(findings.ledger, boards, findings.ranking),
    ]
    return verdict, [each for each in front if each]


def _figures(front: Sequence[Figure], sections: Sequence[Section]) -> dict[str, Figure]:
    every = (*front, *_each(sections, Figure))
    return {each.key: each for each in every if isinstance(each, Figure)}


def sections_of(findings: Findings) -> list[Section]:
    """Everything below the first screen, in order; what has nothing to show comes as one line."""
    entries: list[Entry] = [load(ROOM, name) for name in names(ROOM)]
    every = [entry.of(findings) for entry in sorted(entries, key=lambda entry: entry.place)]
    sections = [each for each in every if each]
    return sorted(sections, key=lambda each: bool(each.command or each.brief) and each.anchor != runs.ANCHOR)


def _each(sections: Sequence[Section], kind: type[Figure] | type[Table]) -> Iterable[Figure | Table]:
    return [each for section in sections for each in section if isinstance(each, kind)]


def _head(findings: Findings, boards: Sequence[Board]) -> dict[str, object]:
    """What the template says in words."""
    ledger = findings.ledger
    outdated = concluded.outdated(ledger, findings.analysis, len(findings.divergences))
    return {
        "study": ledger.study,
        "headline": findings.headline,
        "cautions": [*findings.headline.cautions, *([outdated] if outdated else [])],
        "answers": answer.answers(findings.called, boards, findings.analysis, findings.divergences, findings.names),
        "facts": _facts(findings),
        "units": sorted(_units(findings.targets)),
    }


def _facts(findings: Findings) -> list[str]:
    """How much was run."""
    ledger = findings.ledger
    tested_runs = {row.score.run for row in ledger.rows} or set(ledger.labels)
    copies = {(label.encoder, label.replicate) for run, label in ledger.labels.items() if run in tested_runs}
    trained = [run for run in ledger.study.runs if run.spec.phases]
    done = len(ledger.records)
    tested = {row.score.language for row in ledger.rows}
    return [
        count(len(copies), "encoder"),
        f"{done:,} of {count(len(trained), 'run')}" if done < len(trained) else count(done, "run"),
        count(len({board.task for board in findings.targets}), "target task"),
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


def _files(findings: Findings, figures: Mapping[str, Figure], made: Mapping[str, Table]) -> dict[str, str]:
    """Name → text of everything that can be downloaded from the page itself."""
    files = {f"{key}.svg": figure.svg for key, figure in figures.items()}
    files |= {f"{key}.csv": figure.csv() for key, figure in figures.items()}
    files |= {f"table_{key}.csv": table.csv() for key, table in made.items()}
    files["tables.tex"] = "\n".join(table.latex() for table in made.values())
    rows = tidy(findings.ledger)
    files[_EVERY] = _scores(rows)
    few = _standing(rows)
    if len(few) < len(rows):
        files[_STANDING] = _scores(few)
    return files | ({"divergences.csv": divergence.as_csv(findings.divergences)} if findings.divergences else {})


def _standing(rows: Sequence[TidyRow]) -> list[TidyRow]:
    """Those but what retrieval scored in other ways than the one that stands for all."""
    ways: dict[tuple[str, ...], set[Way]] = {}
    for row in rows:
        ways.setdefault(row.question, set()).add(Way.parse(row.variant))
    stands = {question: standing(those) for question, those in ways.items()}
    return [row for row in rows if (way := Way.parse(row.variant)).layer is None or way == stands[row.question]]


def _scores(scores: Iterable[TidyRow]) -> str:
    """Scores of runs as CSV, each with its signature."""
    rows = (
        (row.label.encoder, row.label.replicate, row.label.intermediate, row.label.target, row.label.seed, row.task,
         row.split, row.language, row.metric, row.variant, row.score, row.n, row.gain, row.gain_english,
         row.gain_others, row.gap, row.retention, row.strongest_baseline, row.signature, row.collapsed)
        for row in scores
    )  # fmt: skip
    return as_csv(_COLUMNS.split(), rows, digits=PAGE)
