"""What each intermediate phase scored on its own task: it was learned, or its arm says nothing of transfer."""

from isogloss.report.findings import Findings
from isogloss.report.parts.section import Section
from isogloss.report.sections._entry import Entry
from isogloss.report.tables import own

ANCHOR = "learned"
SECTION = Entry(place=27, of=lambda findings: section(findings))


def section(findings: Findings) -> Section | None:
    """One table; None for a study that tested no intermediate phase on its own task."""
    shown = own.learned(findings.ledger, findings.learned)
    if shown is None:
        return None
    return Section(
        anchor=ANCHOR,
        title=own.TITLE,
        says=("An intermediate task that was not learned in its own phase has nothing to carry over to a target.",),
        shown=(shown,),
    )
