"""Advice as a store keeps it, and how it did once the runs it spoke of were made."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot, sqrt
from statistics import fmean
from typing import Any

from isogloss.advice.forecast import Forecast
from isogloss.advice.kinds import MULTI
from isogloss.advice.measured import Cell, asked_languages, merged, noise_of
from isogloss.advice.next import RUN, Whole
from isogloss.advice.rank import LEVEL, Ranking, Z, same_encoder
from isogloss.core.controls import NONE
from isogloss.core.shown import counted
from isogloss.core.typing import np

RANK, FORECAST, NEXT = "rank", "forecast", "next"


def of_ranking(found: Ranking) -> dict[str, Any]:
    """A ranking as the store keeps it."""
    question = found.question
    return {
        "kind": RANK, "target": question.target, "encoder": question.encoder, "languages": list(question.languages),
        "level": LEVEL, "runs": list(found.runs), "first": list(found.first),
        "arms": [
            {"name": row.name, "gain": row.gain, "low": row.low, "high": row.high, "best": row.best, "harm": row.harm,
             "runs": row.runs}
            for row in found.arms
        ],
    }  # fmt: skip


def of_forecast(found: Forecast) -> dict[str, Any]:
    """A forecast as the store keeps it, with what it read of test files."""
    asked = found.asked
    return {
        "kind": FORECAST, "target": asked.target, "encoder": asked.encoder, "languages": list(asked.languages),
        "arm": asked.arm, "level": LEVEL, "runs": list(found.runs), "label": [code for code, _, _ in found.label],
        "files": {code: dict(of) for code, of in found.files.items()},
        "rows": [
            {"language": line.language, "score": line.score, "low": line.low, "high": line.high,
             "low80": line.low80, "high80": line.high80, "measured": line.measured, "far": line.far, "why": line.why}
            for line in found.lines
        ],
    }  # fmt: skip


def of_steps(study: str, found: Whole, runs: Iterable[str]) -> dict[str, Any]:
    """What `next` said, as the store keeps it."""
    return {
        "kind": NEXT, "study": study, "runs": sorted({*runs}),
        "steps": [
            {"encoder": at[0], "target": at[1], "kind": step.kind, "name": step.name, "before": step.before,
             "after": step.after}
            for at, step in (*found.runs, *found.labels)
        ],
        "stop": [{"encoder": at[0], "target": at[1], "why": why} for at, why in found.stop],
    }  # fmt: skip


def key(advice: Mapping[str, Any]) -> str:
    """12 hex digits: the same question, asked of the same runs, and answered alike, is one piece of advice."""
    text = json.dumps(advice, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True, slots=True)
class Came:
    """One arm or language of one piece of advice, and what was measured since."""

    key: str
    kind: str
    target: str
    encoder: str
    name: str
    """The arm, or the language; of a step, the arms that were run."""
    said: float
    """The gain, the score, or of a step what it would add to the best score."""
    low: float | None
    high: float | None
    """None of a step: it was said without an interval."""
    measured: float
    inside: bool | None
    """Whether the interval held it, the noise of the runs allowed for."""
    best: float | None
    """Of an arm: the P(best) that was said."""
    was_best: bool
    advised: bool
    """Of an arm: it was among those to run."""


def scored(advices: Mapping[str, Mapping[str, Any]], found: Iterable[Cell]) -> list[Came]:
    """What came of every piece of advice: arms and languages that have runs now which it did not know.

    Of what `next` said, the runs are scored; languages to label are scored with their forecast.
    """
    cells = merged(found)
    told = []
    for name, advice in sorted(advices.items()):
        if advice.get("kind") == RANK:
            told += _arms(name, advice, cells)
        elif advice.get("kind") == FORECAST:
            told += _languages(name, advice, cells)
        elif advice.get("kind") == NEXT:
            told += _steps(name, advice, cells)
    return told


def _here(advice: Mapping[str, Any], cells: Sequence[Cell], named: Iterable[str] = ()) -> list[Cell]:
    """Cells of the advice's target and encoder. Where it `named` all at once, the largest mixture is that."""
    here = [
        each for each in cells
        if each.target == advice["target"] and same_encoder(each.encoder, str(advice["encoder"])) and not each.control
    ]  # fmt: skip
    mixed = max((each.arm for each in here if "+" in each.arm), key=lambda arm: arm.count("+"), default="")
    if MULTI not in named or not mixed or any(each.arm == MULTI for each in here):
        return here
    return [replace(each, arm=MULTI) if each.arm == mixed else each for each in here]


def _arms(name: str, advice: Mapping[str, Any], cells: Sequence[Cell]) -> list[Came]:
    here = _here(advice, cells, [str(row["name"]) for row in advice["arms"]])
    noise = noise_of(here, advice["languages"]) or 0.0
    means = {
        each.arm: (float(np.mean(values)), len(values))
        for each in here if (values := each.values(asked_languages(each, advice["languages"])))
    }  # fmt: skip
    if NONE not in means:
        return []
    known = {*advice["runs"]}
    fresh = {each.arm for each in here if {*each.runs} - known}
    best = max(means, key=lambda arm: means[arm][0])
    found = []
    for row in advice["arms"]:
        arm = str(row["name"])
        if arm == NONE or arm not in means or not fresh & {arm, NONE}:
            continue
        gain = means[arm][0] - means[NONE][0]
        error = noise * hypot(1 / sqrt(means[arm][1]), 1 / sqrt(means[NONE][1]))
        half = (row["high"] - row["low"]) / 2
        wide = hypot(half, Z * error) - half
        found.append(
            Came(
                key=name, kind=RANK, target=advice["target"], encoder=advice["encoder"], name=arm, said=row["gain"],
                low=row["low"], high=row["high"], measured=gain,
                inside=row["low"] - wide <= gain <= row["high"] + wide, best=row["best"], was_best=arm == best,
                advised=arm in advice["first"],
            )
        )  # fmt: skip
    return found


def _languages(name: str, advice: Mapping[str, Any], cells: Sequence[Cell]) -> list[Came]:
    here = [each for each in _here(advice, cells) if each.arm == advice["arm"]]
    known = {*advice["runs"]}
    found = []
    for row in advice["rows"]:
        values = [
            scores[row["language"]] for each in here for run, scores in each.runs.items()
            if row["language"] in scores and (run not in known or not row["measured"])
        ]  # fmt: skip
        if row["measured"] or row["low"] is None or not values:
            continue
        value = float(np.mean(values))
        found.append(
            Came(
                key=name, kind=FORECAST, target=advice["target"], encoder=advice["encoder"], name=row["language"],
                said=row["score"], low=row["low"], high=row["high"], measured=value,
                inside=row["low"] <= value <= row["high"], best=None, was_best=False, advised=False,
            )
        )  # fmt: skip
    return found


def _steps(name: str, advice: Mapping[str, Any], cells: Sequence[Cell]) -> list[Came]:
    """Of each target and encoder: what the runs made since were to add to the best score, and what they added."""
    known = {*advice["runs"]}
    boards: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for step in advice["steps"]:
        if step["kind"] == RUN:
            boards.setdefault((step["encoder"], step["target"]), []).append(step)
    found = []
    for (encoder, target), told in boards.items():
        here = _here({"encoder": encoder, "target": target}, cells, [step["name"] for step in told])
        fresh = {each.arm: len({*each.runs} - known) for each in here}
        made: list[Mapping[str, Any]] = []
        for step in told:
            if fresh.get(step["name"], 0) > sum(each["name"] == step["name"] for each in made):
                made.append(step)
        before, after = (
            max((fmean(values) for cell in of if (values := cell.values(asked_languages(cell, ())))), default=None)
            for of in ([_without(cell, known) for cell in here], here)
        )
        if not made or before is None or after is None:
            continue
        found.append(
            Came(
                key=name, kind=NEXT, target=target, encoder=encoder,
                name=", ".join(counted([step["name"] for step in made])), said=sum(step["after"] for step in made),
                low=None, high=None, measured=after - before, inside=None, best=None, was_best=False, advised=True,
            )
        )  # fmt: skip
    return found


def _without(cell: Cell, known: Iterable[str]) -> Cell:
    """A cell as it was when only the `known` runs were made."""
    return replace(cell, runs={run: scores for run, scores in cell.runs.items() if run in known})
