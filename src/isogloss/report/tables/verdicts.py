"""Claims and their verdicts as rows: for the terminal, JSON and the page."""

from collections.abc import Sequence
from typing import Any

from isogloss.core.shown import amount, some
from isogloss.evidence.claim import Finding, Verdict
from isogloss.report.parts.words import spanned

SHOWN = 4
"""So many missing cells are named, the rest are counted."""


def plain(verdict: Verdict) -> dict[str, Any]:
    """As JSON values; effects in [-1, 1]."""
    claim = verdict.claim
    return {
        "claim": claim.name,
        "statement": claim.statement,
        "source": claim.source,
        "place": claim.place,
        "registered": claim.registered,
        "against": verdict.against,
        "verdict": verdict.status,
        "predictions": [
            {**_finding(finding), "severity": round(severity, 3)}
            for finding, severity in zip(verdict.findings, claim.severity, strict=True)
        ],
    }


def rows(verdicts: Sequence[Verdict]) -> list[tuple[str, ...]]:
    """(claim, against, verdict, prediction, its verdict, effect and interval in points, why) per prediction."""
    found: list[tuple[str, ...]] = []
    for verdict in verdicts:
        for place, finding in enumerate(verdict.findings):
            head = (verdict.claim.name, verdict.against, verdict.status) if not place else ("", "", "")
            found.append((*head, finding.says, finding.status, effect(finding), why(finding)))
    return found


def effect(finding: Finding) -> str:
    """The effect in points with its interval, or what the record says."""
    if finding.seen is not None:
        return ", ".join(sorted(finding.seen)) if isinstance(finding.seen, frozenset) else str(finding.seen)
    return "" if finding.effect is None else spanned(finding.effect, finding.low, finding.high)


def why(finding: Finding) -> str:
    """What the verdict rests on, or what lacks."""
    if finding.missing:
        return f"not there: {some(finding.missing, SHOWN, '; ')}"
    return f"{amount(len(finding.cells), 'cell')}; {finding.basis}" if finding.cells else finding.basis


def _finding(finding: Finding) -> dict[str, Any]:
    cells = [
        {"intermediate": name, "task": task, "language": language or "mean", "score": value}
        for (name, task, language), value in finding.cells.items()
    ]
    seen = sorted(finding.seen) if isinstance(finding.seen, frozenset) else finding.seen
    return {
        "says": finding.says, "verdict": finding.status, "effect": finding.effect, "low": finding.low,
        "high": finding.high, "p": finding.p, "seen": seen, "cells": cells, "missing": list(finding.missing),
        "basis": finding.basis,
    }  # fmt: skip
