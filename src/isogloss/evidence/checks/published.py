"""What published cells say of a claim that speaks of tasks and figures. Only an accepted claim decides."""

from collections.abc import Mapping
from typing import Any

from isogloss.core.check import Check, Outcome
from isogloss.core.reading import Candidate
from isogloss.evidence.claim import Claim, Verdict
from isogloss.evidence.corpus import Corpus
from isogloss.evidence.draft import draft, name_of


def run(claim: Candidate, corpus: Corpus, before: Mapping[str, Outcome]) -> Outcome:  # noqa: ARG001
    """ "supported", "refuted" or "undecided" by the cells, "no cells named", or "not looked at"."""
    if corpus.published is None:
        return Outcome(check="published", level=3, status="undecided", says="not looked at", reason="no table is given")
    drafted, accepted = of_cells(claim, corpus)
    if drafted is None:
        return Outcome(check="published", level=3, status="undecided", says="no cells named", reason=WITHOUT)
    from isogloss.evidence.cells import Cells
    from isogloss.evidence.judge import against_published

    table = corpus.published
    if not accepted:  # a derived cell takes a claim for granted; a draft has no name to tell which
        known = {key: value for key, value in table.values.items() if key not in table.assumes}
        table = Cells(name=table.name, values=known, facts=table.facts, sources=table.sources)
    return outcome("published", against_published(drafted, table), accepted)


WITHOUT = "it speaks of no tasks with figures that cells could decide"


def of_cells(claim: Candidate, corpus: Corpus) -> tuple[Claim | None, bool]:
    """(the claim in the language of cells, whether a person accepted it).

    A claims file may name a claim that comes with isogloss. A file of Python is run only when the command names it.
    """
    if claim.cells:
        from isogloss.core import folder

        return folder.load("claims", claim.cells), True
    if name_of(claim.id) in corpus.accepted:
        return corpus.accepted[name_of(claim.id)], True
    drafted = draft(claim.id, claim.text)
    return (drafted.claim if drafted else None), False


def outcome(check: str, verdict: Verdict, accepted: bool) -> Outcome:
    """A verdict of the claims' engine as a check's outcome."""
    missing = list(dict.fromkeys(name for finding in verdict.findings for name in finding.missing))
    told = [finding.says for finding in verdict.findings if finding.status == verdict.status]
    reason = "; ".join(told[:2]) + (f"; not there: {', '.join(missing[:3])}" if missing else "")
    cells: list[dict[str, Any]] = [
        {"intermediate": name, "task": task, "language": language or "mean", "score": round(value, 6)}
        for finding in verdict.findings for (name, task, language), value in sorted(finding.cells.items())
    ]  # fmt: skip
    return Outcome(
        check=check, level=3, status=verdict.status if accepted else "undecided", says=verdict.status,
        reason=reason if accepted else f"by a draft nobody has accepted: {reason}",
        data={"accepted": accepted, "against": verdict.against, "cells": cells},
    )  # fmt: skip


CHECK = Check(name="published", title="published cells", level=3, needs="cells", order=20, run=run)
