"""Advice in words and tables: what `rank`, `forecast` and `next` print."""

import dataclasses
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.advice import kept
from isogloss.advice.forecast import Forecast
from isogloss.advice.kept import Came
from isogloss.advice.languages import SHOWN
from isogloss.advice.next import SENTENCES, Whole
from isogloss.advice.rank import Ranking
from isogloss.core import quantities
from isogloss.core.controls import NONE
from isogloss.core.shown import amount, counted
from isogloss.report.parts.words import capital, count, listed, minus, points

RANKED = ("arm", "gain", "90% interval", "P(best)", "P(harm)", "time", "runs", "why")


def hours(value: float | None) -> str:
    """A cost; a question mark where it is not known."""
    return "?" if value is None else quantities.duration(3600 * value)


def chance(value: float) -> str:
    """A probability in [0, 1] as a percentage."""
    return "<1%" if value < 0.005 else f"{100 * value:.0f}%"


def ranked_rows(found: Ranking) -> list[tuple[str, ...]]:
    """A row per arm."""
    return [
        (
            row.name, "" if row.name == NONE else points(row.gain, True),
            "" if row.name == NONE else f"{points(row.low, True)} to {points(row.high, True)}", chance(row.best),
            "" if row.name == NONE else chance(row.harm), hours(row.hours), str(row.runs or ""), row.why,
        )
        for row in found.arms
    ]  # fmt: skip


def beside(found: Ranking) -> list[str]:
    """What those would get who do not ask."""
    told = {"random": "an arm at random", "type": "the largest of the target's type", "size": "the largest of all"}
    lines = []
    for key, (arm, gain) in found.beside.items():
        name = f"{told[key]}, {arm}" if arm else told[key]
        lines.append(f"{name}: {points(gain, True)}" if gain is not None else f"{name}: not known")
    return lines


def last_lines(found: Ranking, unit: str) -> list[str]:
    """What to run first, what it costs, and what cannot be told."""
    lines = []
    if found.first:
        cost = ""
        if found.hours is not None and found.all_hours is not None:
            all_of_them = f"one run of each of the {len(found.arms)} takes {hours(found.all_hours)}"
            cost = f": {hours(found.hours)} on {unit}; {all_of_them}"
        these = f"these {len(found.first)} first, one seed each" if len(found.first) > 1 else "this first, one seed"
        lines.append(f"Run {these}: {', '.join(counted(found.first))}{cost}.")
    else:
        lines.append(f"No run is advised: {found.stop}.")
    track = found.track
    lines.append(
        f"Choices made so after {count(track.runs, 'run')} have lost {track.lost:.1f}% [{track.low:.1f}, "
        f"{track.high:.1f}] of the best score ({track.pairs} pairs of encoder and target, in English)."
    )
    if found.decided:
        lines.append(f"Told from no intermediate task: {listed(found.decided)}.")
    else:
        more = ""
        if found.seeds:
            runs = capital(count(found.seeds, "run"))
            more = f" {runs} each of the first and of none would tell a gain as large as expected."
        lines.append(f"No interval leaves out 0: nothing here can be told from no intermediate task yet.{more}")
    return lines


def ranked_plain(found: Ranking) -> dict[str, Any]:
    """As JSON values."""
    question = found.question
    return {
        "target": question.target, "encoder": question.encoder, "languages": list(question.languages),
        "kind": question.kind, "arms": [vars_of(row) for row in found.arms], "first": list(found.first),
        "hours": found.hours, "all_hours": found.all_hours,
        "beside": {name: {"arm": arm, "gain": gain} for name, (arm, gain) in found.beside.items()},
        "decided": list(found.decided), "told": bool(found.decided), "seeds": found.seeds,
        "track": vars_of(found.track), "notes": list(found.notes), "boards": found.boards,
        "control": list(found.control), "runs": list(found.runs),
    }  # fmt: skip


def vars_of(thing: Any) -> dict[str, Any]:
    """A flat dataclass as a dict; those with slots have no `__dict__`."""
    return dataclasses.asdict(thing)


FORECAST = ("language", "score", "80% interval", "90% interval", "", "rests on")


def score(value: float | None) -> str:
    """A score as points; "do not know" for none."""
    return "not measured" if value is None else points(value)


def forecast_rows(found: Forecast) -> list[tuple[str, ...]]:
    """A row per language, the riskiest first; measured ones as measured."""

    def interval(low: float | None, high: float | None) -> str:
        return "" if low is None or high is None else f"{points(low)} to {points(high)}"

    return [
        (
            line.language, "do not know" if line.score is None else points(line.score),
            "" if line.score is None else interval(line.low80, line.high80),
            "" if line.score is None else interval(line.low, line.high),
            f"measured, {count(line.runs, 'run')}" if line.measured else "far" if line.far else "near",
            "" if line.measured else "; ".join(part for part in (line.rests_on, line.why) if part),
        )
        for line in found.lines
    ]  # fmt: skip


FILES = ("language", "characters per token", "sub-words per token", "unknown")


def file_rows(found: Forecast) -> list[tuple[str, ...]]:
    """What test files say without their labels, a row per language that has one."""

    def shown(of: Mapping[str, float], name: str, form: str) -> str:
        return format(of[name], form) if name in of else ""

    return [
        (code, *(shown(of, name, form) for name, form in zip(SHOWN, (".1f", ".2f", ".1%"), strict=True)))
        for code, of in found.files.items() if any(name in of for name in SHOWN)
    ]  # fmt: skip


def forecast_notes(found: Forecast) -> list[str]:
    """What the rows rest on, what cannot be said, and which languages to label."""
    lines = list(found.notes)
    if any(not line.measured for line in found.lines):
        lines.append(
            "Near: like languages that were measured; far: of a family or script that was not, or with less text. "
            "Intervals of far languages are wider, and may still be too narrow: only measuring cures that."
        )
    if found.label:
        names = listed(code for code, _, _ in found.label)
        before, after = found.label[0][1], found.label[-1][2]
        some = len(found.label) < sum(not line.measured for line in found.lines)  # all of them leave nothing unknown
        fall = f" What is not known would fall by {100 * (1 - after / before):.0f}% on average over the languages."
        lines.append(f"Label these first, some 100 sentences each: {names}.{fall * some}")
    return lines


def forecast_plain(found: Forecast) -> dict[str, Any]:
    """As JSON values."""
    return {
        **vars_of(found.asked), "english": found.english, "rows": [vars_of(line) for line in found.lines],
        "label": [{"language": code, "before": before, "after": after} for code, before, after in found.label],
        "notes": list(found.notes), "files": {code: dict(of) for code, of in found.files.items()},
    }  # fmt: skip


STEPS = ("do", "what", "for", "time", "expected change")


def step_rows(found: Whole) -> list[tuple[str, ...]]:
    """A row per run and per language to label."""
    rows: list[tuple[str, ...]] = [
        ("run", step.name, f"{at[1]}, {at[0]}", hours(step.hours), f"best score {points(step.after, True)}")
        for at, step in found.runs
    ]
    rows += [
        ("label", step.name, f"{at[1]}, {at[0]}", f"{SENTENCES} sentences",
         f"what is not known {minus(f'{100 * (step.after / step.before - 1):+.0f}')}%")
        for at, step in found.labels
    ]  # fmt: skip
    return rows


def step_notes(found: Whole) -> list[str]:
    """Where to stop."""
    lines = (
        ["Points (x 100). A run's change is what it is expected to add to the best choice's score."]
        if found.runs
        else []
    )
    more = {at for at, _ in found.runs}
    return lines + [
        f"{'Then stop' if at in more else 'Stop'} running {at[1]} on {at[0]}: {why}." for at, why in found.stop
    ]


def written(path: Path, runs: int, *, own: bool) -> list[str]:
    """What a recipe of advised runs holds and how it is run; `own`: its tasks are the user's."""
    if not runs:
        return ["No run is advised, so no recipe was written."]
    named = shlex.quote(str(path if path.is_absolute() else f"./{path}"))
    lines = [f"{path}: {count(runs, 'new run')}; `isogloss run {named}` trains what is missing."]
    return [*lines, "Keep it in the folder of your tasks' files: it finds them there."] if own else lines


def steps_plain(found: Whole) -> dict[str, Any]:
    """As JSON values."""
    return {
        "runs": [{"encoder": at[0], "target": at[1], **vars_of(step)} for at, step in found.runs],
        "labels": [{"encoder": at[0], "target": at[1], **vars_of(step)} for at, step in found.labels],
        "stop": [{"encoder": at[0], "target": at[1], "why": why} for at, why in found.stop],
    }


CAME = ("advice", "about", "arm or language", "said", "90% interval", "measured", "held", "P(best)")


def came_rows(found: Sequence[Came], called: Callable[[str], str] = str) -> list[tuple[str, ...]]:
    """A row per arm or language of past advice that was measured since; `called`: what tasks go by."""

    def row(each: Came) -> tuple[str, ...]:
        change = each.kind != kept.FORECAST
        interval = held = ""
        if each.low is not None and each.high is not None:
            interval = f"{points(each.low, change)} to {points(each.high, change)}"
            held = "yes" if each.inside else "no"
        best = "" if each.best is None else f"{chance(each.best)}{', was best' if each.was_best else ''}"
        name = each.name if each.kind == kept.FORECAST else ", ".join(map(called, each.name.split(", ")))
        name = f"{name}: best score" if each.kind == kept.NEXT else name
        said, measured = points(each.said, change), points(each.measured, change)
        return each.key, f"{called(each.target)}, {each.encoder}", name, said, interval, measured, held, best

    return [row(each) for each in found]


def came_summary(found: Sequence[Came], advices: int) -> str:
    """How past advice did, in a sentence or two."""
    if not advices:
        return "No advice is kept in this store yet."
    known = f"{count(advices, 'piece')} of advice kept; "
    if not found:
        return f"{known}no run has been made since that tells how it did."
    told = [each.inside for each in found if each.inside is not None]
    lines = []
    if told:
        held = f"{sum(told)} of {amount(len(told), 'interval')} held what was measured since"
        lines.append(f"{held} ({100 * sum(told) / len(told):.0f}%, 90% were promised)")
    if steps := [each for each in found if each.kind == kept.NEXT]:
        said, measured = (sum(getattr(each, name) for each in steps) for name in ("said", "measured"))
        lines.append(
            f"advised runs were to add {points(said, True)} to the best scores and added {points(measured, True)}"
        )
    return minus(f"{known}{'; '.join(lines)}.")
