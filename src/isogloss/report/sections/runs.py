"""What was run and how long it took."""

from collections.abc import Mapping

from isogloss.analysis.ledger import Label, Ledger
from isogloss.core import quantities
from isogloss.core.controls import FRESH
from isogloss.core.phase import STAGES
from isogloss.report.figures import curves
from isogloss.report.parts import names
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.sections._entry import Entry
from isogloss.store.run_record import NOTHING, RunRecord

ANCHOR, TITLE = "run", "What was run and how long it took"
SECTION = Entry(place=130, of=lambda findings: section(findings.ledger, findings.colours))


def section(ledger: Ledger, colours: Mapping[str, int]) -> Section:
    """What was run, with every run and its learning curve folded."""
    drawn, shared = curves.figure(ledger, colours), mixtures(ledger)
    folded = [
        Folded(label="Learning curves of every run", shown=(drawn,) if drawn else ()),
        Folded(label="Every run", shown=(every(ledger),)),
        Folded(label="Tasks that shared a phase", shown=(shared,) if shared else ()),
    ]
    return Section(
        anchor=ANCHOR, title=TITLE, shown=(totals(ledger),),
        folded=tuple(each for each in folded if each.shown),
    )  # fmt: skip


def totals(ledger: Ledger) -> Table:
    """Per stage: runs, steps, tokens, time."""
    stages: dict[str, list[RunRecord]] = {}
    planned: dict[str, int] = {}
    for run in ledger.study.runs:
        stage = run.spec.phases[-1].stage if run.spec.phases else "published"
        planned[stage] = planned.get(stage, 0) + 1
        if run.id in ledger.records:
            stages.setdefault(stage, []).append(ledger.records[run.id])
    rows = [_line(stage, stages.get(stage, []), planned[stage]) for stage in (*STAGES, "published") if stage in planned]
    known = [each for each in ledger.seconds.values() if each is not None]
    rows.append(
        Rows(
            cells=(
                Cell(text="tests in every language"),
                Cell(text=f"{len(ledger.seconds):,}", value=len(ledger.seconds)),
                Cell(text="–"),
                Cell(text="–"),
                _duration(sum(known)) if known else Cell(text="–"),
                Cell(text="–"),
            )
        )
    )
    return table(
        key="totals",
        caption="What was run",
        facts="time is that of the runs themselves, added up; runs side by side took less by the clock",
        columns=[
            Column(name="Phase", number=False),
            Column(name="Runs"),
            Column(name="Steps"),
            Column(name="Tokens"),
            Column(name="Time"),
            Column(name="Tokens per second"),
        ],
        rows=rows,
    )


def every(ledger: Ledger) -> Table:
    """One row per run."""
    rows = []
    called = names.of(ledger)
    for run in ledger.study.runs:
        label, record = ledger.labels[run.id], ledger.records.get(run.id, NOTHING)
        trained = "done" if run.id in ledger.records else "not run yet"
        state = trained if run.spec.phases else "as published"
        of_run = [why for (name, _), why in ledger.collapsed.items() if name == run.id]
        why = next(iter(of_run), record.collapsed)
        tried = record.attempts
        again = f", repeated {len(tried)}× under a new seed ({record.seed})" if tried else ""
        collapsed = (f" (as {record.same_as})" if record.same_as else "") + (" (collapsed)" if why else "") + again
        kept = {source for source in record.heads.values() if source != FRESH}
        collapsed += f" (head of {', '.join(sorted(kept))})" if kept else ""
        rows.append(
            Rows(
                cells=(
                    Cell(text=run.id, title=f"parent: {run.parent or 'none'}", mark="code"),
                    Cell(text=_copy(label)),
                    _task(called, label.intermediate if label.seed is not None else ""),
                    _task(called, label.target),
                    Cell(text="–" if label.seed is None else str(label.seed), value=label.seed),
                    _number(record.steps),
                    _number(record.tokens),
                    _duration(record.seconds),
                    Cell(text=state + collapsed, title=str(why), mark="quiet" if why else ""),
                )
            )
        )
    heads = ["Run", "Encoder", "Intermediate", "Target", "Seed", "Steps", "Tokens", "Time", "State"]
    return table(
        key="runs",
        caption="Every run",
        facts="a run is named by what it is: encoder and phases; its parent is the same without the last phase",
        columns=[Column(name=name, number=name in ("Seed", "Steps", "Tokens", "Time")) for name in heads],
        rows=rows,
    )


def mixtures(ledger: Ledger) -> Table | None:
    """What each task gave to the runs that trained on several, as it came out; None where no run did."""
    rows = []
    for run, record in ledger.records.items():
        batches = sum(each.batches for each in record.mixture.values())
        for name, taken in record.mixture.items():
            rows.append(
                Rows(
                    cells=(
                        Cell(text=run, mark="code"),
                        Cell(text=name),
                        Cell(text=f"{taken.batches:,}", value=taken.batches),
                        in_points(taken.batches / batches),
                        Cell(text=f"{taken.examples:,}", value=taken.examples),
                    )
                )
            )
    if not rows:
        return None
    return table(
        key="mixtures",
        caption="Tasks that shared a phase",
        facts="as trained, an example counted each time it was seen; shares in percent; text is masked language "
        "modelling",
        columns=[
            Column(name="Run", number=False),
            Column(name="Task", number=False),
            Column(name="Batches"),
            Column(name="Share of batches"),
            Column(name="Examples"),
        ],
        rows=rows,
    )


def seconds(ledger: Ledger) -> float:
    """Of all finished runs and tests together."""
    tests = [each or 0.0 for each in ledger.seconds.values()]
    return sum(record.seconds or 0.0 for record in ledger.records.values()) + sum(tests)


def _line(stage: str, records: list[RunRecord], planned: int) -> Rows:
    own = [record for record in records if not record.same_as]  # what was trained once counts once
    tokens = [record.tokens for record in own if record.tokens]
    time = [record.seconds for record in own if record.seconds]
    whole = stage == "published" or len(records) == planned
    runs = f"{planned:,}" if whole else f"{len(records):,} of {planned:,}"
    rate = sum(tokens) / sum(time) if tokens and time else None
    return Rows(
        cells=(
            Cell(text=stage),
            Cell(text=runs, value=planned if whole else len(records)),
            _number(sum(record.steps for record in own)),
            _number(sum(tokens)),
            _duration(sum(time) if time else None),
            Cell(text=f"{rate:,.0f}", value=rate) if rate else Cell(text="–"),
        )
    )


def _task(called: names.Names, name: str) -> Cell:
    return Cell(text=called(name), name=name) if name else Cell(text="–")


def _copy(label: Label) -> str:
    return f"{label.encoder}, seed {label.replicate}" if label.replicate else label.encoder


def _number(value: int) -> Cell:
    return Cell(text=f"{value:,}", value=float(value)) if value else Cell(text="–")


def _duration(seconds: float | None) -> Cell:
    return (
        Cell(text="–")
        if seconds is None
        else Cell(text=quantities.duration(float(seconds)), value=round(float(seconds), 3), unit="seconds")
    )
