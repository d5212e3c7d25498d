"""Under which terms the data is used."""

from isogloss.analysis.ledger import Ledger
from isogloss.report.parts.section import Folded, Section
from isogloss.report.parts.table import Cell, Column, Rows, Table, table
from isogloss.report.sections._entry import Entry
from isogloss.report.tables import translations

ANCHOR, TITLE = "licences", "Data and licences"
SECTION = Entry(place=140, of=lambda findings: section(findings.ledger))


def section(ledger: Ledger) -> Section:
    """The tasks' data, and what became of translations."""
    translated = translations.kept(ledger)
    return Section(
        anchor=ANCHOR, title=TITLE, shown=(translated,) if translated else (),
        folded=(Folded(label="Every task with its licence and source", shown=(data(ledger),)),),
    )  # fmt: skip


def data(ledger: Ledger) -> Table:
    """Tasks, their licences and their papers."""
    rows = [
        Rows(
            cells=(
                Cell(text=name),
                Cell(text=str(task.get("title") or name)),
                Cell(text=str(task.get("type", ""))),
                Cell(text=str(len(task.get("languages", ()))), value=len(task.get("languages", ()))),
                Cell(text=str(task.get("licence") or "not stated")),
                Cell(text=str(task.get("cite") or "–")),
            )
        )
        for name, task in ledger.tasks.items()
    ]
    return table(
        key="data",
        caption="Tasks, and the licences of their data",
        facts="the number of languages is the task's own; a study may test fewer",
        columns=[Column(name=name, number=name == "Languages") for name in
                 ("Task", "Title", "Type", "Languages", "Licence", "Source")],
        rows=rows,
    )  # fmt: skip
