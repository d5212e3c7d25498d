"""The tables that come with the package: published gains, noise of runs, scores per language, each with its source.

`python bench/tables.py` makes them from what is published; docs/advice.md says how.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from isogloss.advice.arms import Result

HERE = Path(__file__).parent / "tables"


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """One published score in one language, of an encoder trained in English or in mixes with English."""

    task: str
    encoder: str
    setting: str
    language: str
    score: float
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """What choices made by this advice have lost, in % of the best score, by runs; measured by a bench."""

    runs: int
    lost: float
    low: float
    high: float
    pairs: int
    source: str


@cache
def history() -> tuple[Result, ...]:
    """Published mean gains of arms by kind of target, as results of a board that is named by the kind."""
    return tuple(
        Result(
            encoder=row["encoder"], target=row["target"], arm=row["arm"], value=float(row["gain"]),
            error=float(row["error"]),
        )
        for row in _rows("gains.csv")
    )  # fmt: skip


@cache
def popularity() -> dict[tuple[str, str], int]:
    """(encoder, arm) → over how many published targets its gain is known."""
    found: dict[tuple[str, str], int] = {}
    for row in _rows("gains.csv"):
        at = row["encoder"], row["arm"]
        found[at] = found.get(at, 0) + int(row["targets"])
    return found


def noise(kind: str) -> float:
    """The standard deviation of a run on targets of a kind, in [0, 1]: the median over encoders, or over all kinds."""
    values = sorted(float(row["noise"]) for row in _rows("noise.csv") if row["target"] == kind)
    values = values or sorted(float(row["noise"]) for row in _rows("noise.csv"))
    return values[len(values) // 2]


@cache
def levels() -> tuple[Level, ...]:
    """Published scores per language."""
    return tuple(
        Level(
            task=row["task"], encoder=row["encoder"], setting=row["setting"], language=row["language"],
            score=float(row["score"]), source=row["source"],
        )
        for row in _rows("levels.csv")
    )  # fmt: skip


def track(runs: int) -> Track:
    """What is known of choices after about this many runs: the row with the most runs that are not more."""
    rows = [
        Track(
            runs=int(row["runs"]), lost=float(row["lost"]), low=float(row["low"]), high=float(row["high"]),
            pairs=int(row["pairs"]), source=row["source"],
        )
        for row in _rows("track.csv")
    ]  # fmt: skip
    return max((row for row in rows if row.runs <= max(runs, 0)), key=lambda row: row.runs)


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
