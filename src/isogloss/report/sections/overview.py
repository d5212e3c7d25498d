"""Where the gain sits: every intermediate task before every target."""

from isogloss.analysis.transfer import usual
from isogloss.report.findings import Findings
from isogloss.report.parts.section import Section
from isogloss.report.sections._entry import Entry
from isogloss.report.tables import gained

ANCHOR, TITLE = "overview-section", "Where the gain sits"
SECTION = Entry(place=10, of=lambda findings: section(findings))


def section(findings: Findings) -> Section | None:
    """Every intermediate before every target; None where nothing was compared."""
    compared = usual(findings.with_gains)
    if not compared:
        return None
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=(
            "A mean over tasks can hide that one task gains and the others do not. A zero-shot gain no larger than the "
            "gain in English is mastery of the task that carried over, not better transfer.",
        ),
        shown=(gained.overview(findings.ledger, compared, findings.ranking),),
    )
