"""Claims for the page: their verdicts against published scores and against the study, and the cells behind each."""

from collections import Counter
from collections.abc import Sequence

from isogloss.analysis.ledger import Ledger
from isogloss.core.folder import ROOT
from isogloss.evidence.cells import evidence, published
from isogloss.evidence.claim import Claim, Finding, Verdict
from isogloss.evidence.judge import against_published, against_study
from isogloss.report.parts.chart import language
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.table import Cell, Column, Rows, Table, in_points, table
from isogloss.report.parts.words import capital, count, listed, spelled
from isogloss.report.sections._entry import Entry
from isogloss.report.tables import verdicts

ANCHOR, TITLE = "claims", "Claims and what the data says of them"
SECTION = Entry(
    place=110,
    of=lambda findings: section(findings.called, judged(findings.ledger, findings.held), findings.ledger.study.name),
)


def judged(ledger: Ledger, held: Sequence[Claim]) -> list[Verdict]:
    """Each claim against the study, then against the published scores that ship with isogloss."""
    if not held:
        return []
    study = evidence(ledger)
    known = published(ROOT / "claims" / "published.csv")
    return [verdict for claim in held for verdict in (against_study(claim, study), against_published(claim, known))]


def section(called: str, judgements: Sequence[Verdict], study: str) -> Section:
    """Verdicts, and the cells that were read, folded; `called` is how a command line names the study."""
    if not judgements:
        return Section(anchor=ANCHOR, title=TITLE, command=f"isogloss claims --study {called}")
    cells = _cells(judgements)
    own = any(finding.cells for each in judgements if each.against == study for finding in each.findings)
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        brief="" if own else _brief(study, judgements),
        says=(
            "A claim is written down as what the data would have to look like, and is held against scores that were "
            "published and against this study. Where cells are not there, the verdict is undecided and they are named.",
        ),
        shown=(_verdicts(study, judgements),),
        folded=(Folded(label="The cells behind the verdicts", shown=(cells,)),) if cells else (),
    )


def _brief(study: str, judgements: Sequence[Verdict]) -> str:
    """Of claims that are about other tasks than the study's."""
    others = [each for each in judgements if each.against != study]
    by = Counter(each.status for each in others)
    told = listed([f"{spelled(by[status])} {status}" for status in ("supported", "refuted", "undecided") if by[status]])
    number = count(len({each.claim.name for each in judgements}), "claim")
    return f"{capital(number)} held against published scores: {told}. None reads a score of this study."


def _verdicts(study: str, judgements: Sequence[Verdict]) -> Table:
    rows = []
    for verdict in judgements:
        against = "this study" if verdict.against == study else verdict.against
        for finding in verdict.findings:
            mark = {"supported": "decided", "undecided": "quiet"}.get(finding.status, "")
            rows.append(
                Rows(
                    cells=(
                        Cell(text=finding.says),
                        Cell(text=against),
                        Cell(text=finding.status, mark=mark),
                        _effect(finding),
                        Cell(text=_rests_on(finding)),
                    ),
                    group=f"{verdict.claim.statement} ({verdict.claim.source}, {verdict.claim.place})",
                )
            )
    return table(
        key="claims_table",
        caption="Claims and their verdicts",
        facts="effects in points with 95% intervals; those of published scores allow for rounding alone · a claim is "
        "supported when all its predictions are, refuted when one is",
        columns=[Column(name=name, number=name == "Effect") for name in
                 ("Prediction", "Held against", "Verdict", "Effect", "Rests on")],
        rows=rows,
    )  # fmt: skip


def _effect(finding: Finding) -> Cell:
    if finding.effect is None or finding.low is None or finding.high is None:
        return Cell(text="–")
    return in_points(finding.effect, (finding.low, finding.high), signed=True)


def _rests_on(finding: Finding) -> str:
    """What the verdict rests on; of a claim about a record, what the record says, which is no effect."""
    seen = verdicts.effect(finding) if finding.seen is not None else ""
    return " · ".join(filter(None, (seen, verdicts.why(finding))))


def _cells(judgements: Sequence[Verdict]) -> Table | None:
    rows = [
        Rows(
            cells=(
                Cell(text=task),
                Cell(text=name),
                Cell(text=language(code) if code else "mean"),
                in_points(value),
            ),
            group=f"{finding.says} ({verdict.against})",
        )
        for verdict in judgements
        for finding in verdict.findings
        for (name, task, code), value in finding.cells.items()
    ]
    if not rows:
        return None
    return table(
        key="claims_cells",
        caption="Cells behind the verdicts",
        facts="points; mean over the languages of a task, English included, as XTREME averages · over those runs from "
        "which the whole prediction can be read",
        columns=[Column(name=name, number=name == "Score") for name in ("Target", "Intermediate", "Language", "Score")],
        rows=rows,
    )
