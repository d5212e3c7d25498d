"""Hold a claim against a study's cells or against published ones: supported, refuted or undecided."""

from collections import Counter
from collections.abc import Mapping
from math import sqrt
from statistics import fmean

from isogloss.core.typing import np
from isogloss.evidence.cells import Cells, Evidence
from isogloss.evidence.claim import Claim, Finding, Verdict
from isogloss.evidence.expression import Key, MissingCells, Prediction, Recorder
from isogloss.stats.intervals import ENCODERS_NEEDED, mean_of, replicated

ROUNDING = 0.0005
"""A published score is rounded to a tenth of a point, so it lies within half of that."""
_NUDGE = 1e-4


def against_published(claim: Claim, table: Cells) -> Verdict:
    """The verdict on published scores, which carry no interval but their rounding."""
    usable = table.without(claim.name)
    return Verdict(claim=claim, against=table.name, findings=tuple(_stated(each, usable) for each in claim.predicts))


def against_study(claim: Claim, evidence: Evidence) -> Verdict:
    """The verdict on a study; the interval allows for encoders or seeds, as replicated, and for test examples."""
    return Verdict(
        claim=claim,
        against=evidence.ledger.study.name,
        findings=tuple(_measured(each, evidence) for each in claim.predicts),
    )


def _stated(prediction: Prediction, table: Cells) -> Finding:
    recorder = Recorder(table)
    if prediction.factual:
        return _factual(prediction, recorder)
    try:
        effect = prediction.effect(recorder)
    except MissingCells as missing:
        return Finding(says=prediction.says, status="undecided", missing=missing.cells)
    slack = ROUNDING * sum(abs(slope) for slope in _slopes(prediction, table, recorder.read).values())
    low, high = effect - slack, effect + slack
    return Finding(
        says=prediction.says,
        status=prediction.judged(low, high),
        effect=effect,
        low=low,
        high=high,
        cells=recorder.read,
        basis="one published figure per cell; the interval is rounding alone",
    )


def _measured(prediction: Prediction, evidence: Evidence) -> Finding:
    if prediction.factual:
        return _factual(prediction, Recorder(Cells(name=evidence.ledger.study.name, values={}, facts=evidence.facts)))
    effects: dict[str, list[float]] = {}
    used: dict[tuple[str, int | None], dict[Key, float]] = {}
    tables = evidence.tables()
    lacking: dict[str, None] = {}
    for (copy, seed), table in tables.items():
        recorder = Recorder(table)
        try:
            effects.setdefault(copy, []).append(prediction.effect(recorder))
            used[copy, seed] = recorder.read
        except MissingCells as missing:
            lacking |= dict.fromkeys(missing.cells)
    if not used:
        missed = tuple(lacking) or ("any score",)
        return Finding(says=prediction.says, status="undecided", missing=missed)
    groups = [tuple(values) for values in effects.values() if values]
    estimate = replicated(groups, _error(prediction, evidence, tables, used), (-float("inf"), float("inf")))
    means = [fmean(group) for group in groups]
    read: dict[Key, dict[str, list[float]]] = {}
    for (copy, _), cells in used.items():
        for key, value in cells.items():
            read.setdefault(key, {}).setdefault(copy, []).append(value)
    return Finding(
        says=prediction.says,
        status=prediction.judged(estimate.low, estimate.high) if estimate.replicated else "undecided",
        effect=estimate.value,
        low=estimate.low,
        high=estimate.high,
        p=_p(means) if len(means) >= ENCODERS_NEEDED else None,
        cells={key: mean_of(by_copy.values()) for key, by_copy in read.items()},
        basis=estimate.method,
    )


def _factual(prediction: Prediction, table: Recorder) -> Finding:
    try:
        seen = prediction.left.value(table)
    except MissingCells as missing:
        return Finding(says=prediction.says, status="undecided", missing=missing.cells)
    status = "supported" if prediction.holds(table) else "refuted"
    return Finding(says=prediction.says, status=status, seen=seen, basis="read from the study's own record")


def _slopes(prediction: Prediction, table: Cells, read: Mapping[Key, float]) -> dict[Key, float]:
    """How the effect moves with each cell that was read."""
    found = {}
    for key, value in read.items():
        ends = []
        for side in (-_NUDGE, _NUDGE):
            moved = Cells(name=table.name, values={**table.values, key: value + side}, facts=table.facts)
            ends.append(prediction.effect(moved))
        found[key] = (ends[1] - ends[0]) / (2 * _NUDGE)
    return found


def _error(
    prediction: Prediction,
    evidence: Evidence,
    tables: Mapping[tuple[str, int | None], Cells],
    used: Mapping[tuple[str, int | None], Mapping[Key, float]],
) -> float:
    """Standard error of the effect from the test examples: paired where runs share them."""
    terms = []
    seeds = Counter(copy for copy, _ in used)
    for at, read in used.items():
        share = 1 / seeds[at[0]] / len(seeds)
        for key, slope in _slopes(prediction, tables[at], read).items():
            rows = evidence.rows[at][key]
            terms += [(share * slope / len(rows), row) for row in rows]
    return evidence.ledger.error(terms)


def _p(means: list[float]) -> float | None:
    """Student's two-sided p that the mean over encoders is 0; None when they do not differ at all."""
    from scipy.special import stdtr

    spread = float(np.std(means, ddof=1)) / sqrt(len(means))
    if spread == 0:
        return None
    return float(2 * stdtr(len(means) - 1, -abs(fmean(means)) / spread))
