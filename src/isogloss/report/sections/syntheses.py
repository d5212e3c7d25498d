"""Syntheses of literature that held claims against a study's cells: a line and a link each, on the study's page."""

from collections import Counter
from collections.abc import Iterator

from isogloss.core.errors import LockError
from isogloss.literature.lock import Lock, names
from isogloss.report.parts.section import Section
from isogloss.report.sections._entry import Entry
from isogloss.store.store import Store

ANCHOR, TITLE = "syntheses", "Syntheses of literature"
SECTION = Entry(place=120, of=lambda findings: section(findings.ledger.store, findings.ledger.study.name))


def section(store: Store, study: str) -> Section | None:
    """The syntheses of a study; None where there is none. A lock that cannot be read is left out: `doctor` names it."""
    links = tuple(_links(store, study))
    if not links:
        return None
    return Section(
        anchor=ANCHOR,
        title=TITLE,
        says=("Questions to the literature whose claims were held against this study's cells.",),
        links=links,
        notes=("A page lies beside this one once `isogloss synthesis NAME` has written it here.",),
    )


def _links(store: Store, study: str) -> Iterator[tuple[str, str]]:
    for name in names(store):
        lock = Lock(store, name)
        try:
            rows = [row for _, row in lock.plain("outcomes") if row["check"] == "claim" and row.get("study") == study]
            question = lock.question()["question"] if rows else ""
        except (LockError, KeyError):
            continue
        if rows:
            by = Counter(row["status"] for row in rows)
            told = ", ".join(f"{by[status]} {status}" for status in ("supported", "refuted", "undecided") if by[status])
            yield f"{name}.html", f"{question} ({told})"
