"""Scores in languages that were not measured, with intervals, or "do not know" and why; measured ones as measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from isogloss.advice import languages as about_languages
from isogloss.advice import levels, tables
from isogloss.advice.measured import Cell, merged
from isogloss.advice.rank import same_encoder
from isogloss.core.controls import NONE
from isogloss.core.languages import ENGLISH
from isogloss.core.shown import amount
from isogloss.core.typing import np
from isogloss.models import pretraining
from isogloss.stats import conformal

LABELS = 3
"""Languages that are named to be labelled."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is forecast."""

    target: str
    encoder: str
    languages: tuple[str, ...]
    """Empty = all that the task has."""
    chance: float
    arm: str = NONE


@dataclass(frozen=True, kw_only=True)
class Line:
    """One language."""

    language: str
    score: float | None
    """In [0, 1]; None where it is not known."""
    low: float | None = None
    high: float | None = None
    """90%."""
    low80: float | None = None
    high80: float | None = None
    measured: bool = False
    runs: int = 0
    far: bool = False
    """Unlike every language that was measured: by family, script, or less text."""
    rests_on: str = ""
    why: str = ""
    """Why it, or its interval, is not known."""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The answer, the riskiest language first."""

    asked: Asked
    lines: tuple[Line, ...]
    english: float | None
    label: tuple[tuple[str, float, float], ...]
    """Languages to label first; mean standard deviation on the logit before and after."""
    notes: tuple[str, ...]
    runs: tuple[str, ...]
    """Ids of the runs it knew."""
    files: Mapping[str, Mapping[str, float]]
    """Language → features of its test file, where it was read."""


def forecast(
    asked: Asked, found: Sequence[Cell], files: Mapping[str, Mapping[str, float]] | None = None,
    published: Sequence[tables.Level] | None = None,
) -> Forecast:  # fmt: skip
    """Forecast the languages asked for, from a store's cells and the shipped tables."""
    files = files or {}
    cells = merged(found)
    own = [each for each in cells if each.target == asked.target and same_encoder(each.encoder, asked.encoder)
           and each.arm == asked.arm]  # fmt: skip
    measured, counts, runs = _measured(own)
    rows = _others(asked, cells, tables.levels() if published is None else published)
    english = measured.get(ENGLISH) or _published_english(asked, published)
    told = {code for scores in rows.values() for code in scores if code != ENGLISH}
    wanted = [code for code in dict.fromkeys(asked.languages or (*sorted(measured), *sorted(told))) if code != ENGLISH]
    known = [code for code in measured if code != ENGLISH]
    lines = [
        Line(language=code, score=measured[code], measured=True, runs=counts[code], rests_on="measured")
        for code in wanted if code in measured
    ]  # fmt: skip
    unknown = [code for code in wanted if code not in measured]
    reason = _reason(asked, english, len({*known, *told}))
    label: tuple[tuple[str, float, float], ...] = ()
    if unknown:
        # Where English is not known it is not a data point, and drops are counted from the best that was measured.
        top = english if english is not None else max(measured.values(), default=0.0)
        every = tuple(dict.fromkeys((*wanted, *known, *sorted(told), *((ENGLISH,) if english is not None else ()))))
        about = about_languages.of(every, asked.encoder, files)
        row = levels.Row(
            chance=asked.chance, measured=measured, english=top,
            languages=about.languages, features=about.features, groups=about.groups,
            others=_drops(rows, asked.chance) if rows else None,
        )  # fmt: skip
        label = tuple(levels.label_first(row, unknown, known, LABELS))
        if reason:
            lines += [Line(language=code, score=None, far=_far(code, known or sorted(told), about), why=reason)
                      for code in unknown]  # fmt: skip
        else:
            lines += _forecast(row, unknown, known, about, rows)
    return Forecast(
        asked=asked, lines=tuple(sorted(lines, key=_risk)), english=english, label=label,
        notes=tuple(_notes(asked, measured, unknown, rows)), runs=tuple(sorted(runs)), files=files,
    )  # fmt: skip


def _risk(line: Line) -> tuple[int, float]:
    """Those of which nothing is known first, then by the lower end of what may be."""
    if line.score is None:
        return 0, 0.0
    return 1, line.low if line.low is not None else line.score


def _measured(own: Sequence[Cell]) -> tuple[dict[str, float], dict[str, int], set[str]]:
    values: dict[str, list[float]] = {}
    for cell in own:
        for scores in cell.runs.values():
            for code, value in scores.items():
                values.setdefault(code, []).append(value)
    means = {code: float(np.mean(of)) for code, of in values.items()}
    return means, {code: len(of) for code, of in values.items()}, {run for cell in own for run in cell.runs}


def _others(asked: Asked, cells: Sequence[Cell], published: Sequence[tables.Level]) -> dict[str, dict[str, float]]:
    """Rows of this task on other encoders: of the store, and of tables, those trained in English alone if there are."""
    rows: dict[str, dict[str, float]] = {}
    for cell in cells:
        if cell.target == asked.target and cell.arm == NONE and not same_encoder(cell.encoder, asked.encoder):
            means, _, _ = _measured([cell])
            if ENGLISH in means:
                rows[cell.encoder] = means
    of_task = [each for each in published if each.task == asked.target]
    settings = {each.setting for each in of_task}
    for each in of_task:
        if each.setting == "english" or "english" not in settings:
            rows.setdefault(f"{each.encoder}, published", {})[each.language] = each.score
    return {name: scores for name, scores in rows.items() if ENGLISH in scores and len(scores) > 1}


def _published_english(asked: Asked, published: Sequence[tables.Level] | None) -> float | None:
    """Of this encoder on this task, where it was not measured here."""
    for each in tables.levels() if published is None else published:
        if each.task == asked.target and each.language == ENGLISH and same_encoder(each.encoder, asked.encoder):
            return each.score
    return None


def _drops(rows: Mapping[str, Mapping[str, float]], chance: float) -> levels.Others:
    drops: dict[str, list[float]] = {}
    for scores in rows.values():
        top = float(levels.logit(np.array([scores[ENGLISH]]), chance)[0])
        for code, value in scores.items():
            if code != ENGLISH:
                drops.setdefault(code, []).append(top - float(levels.logit(np.array([value]), chance)[0]))
    return levels.Others(drops={code: tuple(of) for code, of in drops.items()})


def _reason(asked: Asked, english: float | None, languages: int) -> str:
    """Why nothing can be said, for all languages alike; empty where something can."""
    if languages < levels.FEWEST:
        return (
            f"{languages or 'no'} language{'s' * (languages != 1)} of {asked.target} measured on any encoder; "
            f"{levels.FEWEST} are needed"
        )
    if english is None:
        return "no English score on this encoder"
    if english <= asked.chance + 0.02:
        return "English is near chance"
    return ""


def _forecast(
    row: levels.Row, unknown: Sequence[str], known: Sequence[str], about: about_languages.Known,
    rows: Mapping[str, Mapping[str, float]],
) -> list[Line]:  # fmt: skip
    mean, sd, _ = levels.predict(row, unknown, known)
    top = float(levels.logit(np.array([row.english]), row.chance)[0])
    needed = {level: conformal.groups_needed(level) for level in levels.LEVELS}
    if len(known) >= needed[0.8] or not rows:
        calibration = levels.calibrate(row, about.kin, about.size)
    else:
        calibration = _by_encoder(row, rows, known, about)
    near = (
        list(known) if calibration.basis == "own" else sorted({code for of in rows.values() for code in of} - {ENGLISH})
    )
    guess = levels.score(top - mean, row.chance)
    trivial = _trivial(row, known)
    lines = []
    for place, code in enumerate(unknown):
        far = _far(code, near, about)
        ends = {}
        for level in levels.LEVELS:
            reach = calibration.width(level, far)
            if reach < inf:
                both = levels.score(top - mean[place] + np.array([-1, 1]) * reach * sd[place], row.chance)
                ends[level] = float(both[0]), float(both[1])
        rests = f"{len(near)} {'measured' if calibration.basis == 'own' else 'published'} languages"
        rests += f", {amount(len(rows), 'other encoder')}" if rows and calibration.basis == "own" else ""
        votes = len(calibration.far if far else calibration.near)
        told = f"{amount(votes, 'language')} calibrate{'s' * (votes == 1)}{' a far one' * far}"
        why = "" if 0.9 in ends else f"{told}, {needed[0.9]} are needed for 90%"
        line = Line(
            language=code, score=float(guess[place]), far=far, rests_on=rests,
            low=ends.get(0.9, (None, None))[0], high=ends.get(0.9, (None, None))[1],
            low80=ends.get(0.8, (None, None))[0], high80=ends.get(0.8, (None, None))[1], why=why,
        )  # fmt: skip
        if 0.8 not in ends:
            line = replace(line, score=None, why=f"{told}, {needed[0.8]} are needed for 80%")
        elif 2 * calibration.width(0.8, far) * sd[place] >= trivial:
            line = replace(
                line, score=None, why="the 80% interval is as wide as that of a guess that knows no language"
            )
        lines.append(line)
    return lines


def _trivial(row: levels.Row, known: Sequence[str]) -> float:
    """Width, on the logit, of the 80% interval of "as the mean of the measured ones"; infinite where it has none."""
    if len(known) >= conformal.groups_needed(0.8):
        drops = row.drops(known)
        off = [abs(float(each - np.delete(drops, place).mean())) for place, each in enumerate(drops)]
        return 2 * conformal.quantile(off, list(known), 0.8)
    if row.others is not None and len(row.others.mean) >= conformal.groups_needed(0.8):
        drops = np.array(list(row.others.mean.values()))
        return 2 * conformal.quantile(np.abs(drops - drops.mean()), list(row.others.mean), 0.8)
    return inf


def _by_encoder(
    row: levels.Row, rows: Mapping[str, Mapping[str, float]], known: Sequence[str], about: about_languages.Known
) -> levels.Calibration:
    """From other encoders' rows, each left out and forecast from the rest as this one is; without the rest from kin."""
    near: dict[str, tuple[float, ...]] = {}
    for name, scores in rows.items():
        rest = {other: of for other, of in rows.items() if other != name}
        one = replace(row, measured=scores, english=scores[ENGLISH], others=_drops(rest, row.chance) if rest else None)
        seen = [code for code in known if code in scores]
        asked = [code for code in scores if code != ENGLISH and code not in seen and code in one.languages]
        if not rest and len(seen) < 1:
            seen_of = {code: [each for each in asked if each != code] for code in asked}
            for code in asked:
                mean, sd, _ = levels.predict(one, [code], seen_of[code])
                near[code] = (*near.get(code, ()), float(abs(one.drops([code])[0] - mean[0]) / sd[0]))
            continue
        if asked:
            mean, sd, _ = levels.predict(one, asked, seen)
            for code, wrong in zip(asked, np.abs(one.drops(asked) - mean) / sd, strict=True):
                near[code] = (*near.get(code, ()), float(wrong))
    far: dict[str, tuple[float, ...]] = {}
    whole = max(rows.values(), key=len)
    one = replace(row, measured=whole, english=whole[ENGLISH], others=None)
    far = dict(levels.calibrate(one, about.kin, about.size).far)
    return levels.Calibration(near=near, far=far, basis="others")


def _far(code: str, known: Sequence[str], about: about_languages.Known) -> bool:
    return levels.is_far(code, known, about.kin, about.size)


def _notes(
    asked: Asked, measured: Mapping[str, float], unknown: Sequence[str], rows: Mapping[str, Mapping[str, float]]
) -> list[str]:
    notes = []
    if unknown and not pretraining.of(asked.encoder):
        notes.append(f"What {asked.encoder} was pretrained on is in no table: script, kin and typology alone speak.")
    if rows and not [code for code in measured if code != ENGLISH]:
        notes.append(f"Nothing but English is measured here; the drop is that of {', '.join(sorted(rows))}.")
    if asked.arm != NONE:
        notes.append(f"After {asked.arm}; other encoders' rows are without an intermediate task.")
    return notes
