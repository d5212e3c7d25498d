"""How robust a transfer was: the outcomes per intermediate task, target task and language, each with an interval.

`transfer` has the means of a board; here every language is looked at by itself, and by pretrained encoder, which is
what effects are estimated from. Calibration and consistency are read from the stored predictions.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite, sqrt
from typing import Any

from isogloss.analysis.ledger import Ledger, Row
from isogloss.analysis.samples import Part, part_of, sample_of
from isogloss.analysis.transfer import Board, boards, by_run, partner, without
from isogloss.core import perturbation
from isogloss.core.controls import NONE
from isogloss.core.errors import MetricError, UnknownName
from isogloss.core.languages import ENGLISH
from isogloss.core.metric import find
from isogloss.core.typing import Bool, Float, np
from isogloss.stats.calibration import misses
from isogloss.stats.intervals import LEVEL, Estimate, replicated, wilson

TITLES = {
    "gain": "transfer gain",
    "gap": "gap to English",
    "retention": "retention of English above chance",
    "worst": "worst language",
    "quarter": "worst quarter of languages",
    "seed SD": "standard deviation of the gain over seeds",
    "harm": "share of runs with gain < 0",
    "calibration": "expected calibration error",
    "consistency": "right where English is right",
    **{f"drop {kind}": f"drop under perturbation: {what}" for kind, what in perturbation.KINDS.items()},
}
BETTER = {"gain": 1, "gap": -1, "retention": 1, "worst": 1, "quarter": 1, "seed SD": -1, "harm": -1, "calibration": -1,
          "consistency": 1, **{f"drop {kind}": -1 for kind in perturbation.KINDS}}  # fmt: skip
"""Whether more of an outcome is good (1) or bad (-1): divergence is predicted to be bad."""
ALL = ""
"""The language of an outcome that is about all languages but English."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One outcome of one intermediate task on one target in one language."""

    encoder: str
    intermediate: str
    target: str
    """The task that is tested."""
    language: str
    name: str
    values: Mapping[str, float]
    """Pretrained copy → mean over its seeds."""
    estimate: Estimate
    english: float | None = None
    """Of a gain: the gain in English beside it."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A cell whose transfer is not read, and why."""

    encoder: str
    intermediate: str
    target: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """All of a study, what was left out, and which pretrained run stands behind a copy's name."""

    rows: tuple[Outcome, ...]
    left_out: tuple[LeftOut, ...]
    pretrained: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(encoder, copy) → run id of the pretrained encoder."""


def outcomes(ledger: Ledger) -> Outcomes:
    """Every outcome of every board; boards whose English was not learned are named and left out."""
    rows: list[Outcome] = []
    left: list[LeftOut] = []
    shaken = boards(ledger, perturbed=True)
    for board in boards(ledger, every_way=False):
        here, out = of_board(ledger, board, perturbed_as(board, shaken))
        rows += here
        left += out
        ledger.forget()
    specs = ledger.study.specs
    names = {(label.encoder, label.replicate): specs[run].pretrained.run_id for run, label in ledger.labels.items()}
    return Outcomes(rows=tuple(rows), left_out=tuple(left), pretrained=names)


def by_transfer(rows: Iterable[Outcome]) -> dict[tuple[str, str, str], dict[str, list[Outcome]]]:
    """(encoder, intermediate, target) → outcome → what means over languages are of: English is not in them."""
    groups: dict[tuple[str, str, str], dict[str, list[Outcome]]] = {}
    for each in rows:
        if each.language != ENGLISH:
            at = (each.encoder, each.intermediate, each.target)
            groups.setdefault(at, {}).setdefault(each.name, []).append(each)
    return groups


def perturbed_as(board: Board, shaken: Sequence[Board]) -> dict[str, Board]:
    """Kind of perturbation → the board that differs from this one by it alone; of several rates the highest."""
    highest: dict[str, tuple[float, Board]] = {}
    for other in shaken:
        how = perturbation.parse(other.way.perturbed)
        alike = all(
            getattr(other, name) == getattr(board, name) for name in ("encoder", "task", "split", "target", "metric")
        )
        if alike and replace(other.way, perturbed="") == board.way and how.rate > highest.get(how.kind, (0.0,))[0]:
            highest[how.kind] = (how.rate, other)
    return {kind: each for kind, (_, each) in highest.items()}


def of_board(
    ledger: Ledger, board: Board, shaken: Mapping[str, Board] | None = None
) -> tuple[list[Outcome], list[LeftOut]]:
    """Outcomes of one board; those that are undefined are absent. Same-task controls are not read.

    `shaken` has the boards of the same tests perturbed, for the drop: the score as it is minus the perturbed one, both
    by the same run on the same examples.
    """
    rows: list[Outcome] = []
    left: list[LeftOut] = []
    if not board.conditions or board.conditions[0].intermediate != NONE:
        return [], []
    reference = without(by_run(board.conditions[0].rows))
    for condition in board.conditions[1:]:
        if condition.same_task:
            continue
        unlearned = [each.name for each in (board.conditions[0], condition) if each.competent is False]
        if unlearned:
            name, value = board.strongest(board.source)
            left.append(
                LeftOut(
                    encoder=board.encoder,
                    intermediate=condition.intermediate,
                    target=board.task,
                    why=f"English does not clear {name} ({100 * value:.1f} points) with {' and '.join(unlearned)}",
                )
            )
            continue
        runs = list(by_run(condition.rows).values())
        english = condition.outcomes.get("gain english")
        side = english.estimate().value if english else None
        rows += _by_language(ledger, board, runs, reference, side)
        for kind, each in (shaken or {}).items():
            rows += _drops(ledger, board, runs, kind, each)
        for name in ("worst", "quarter"):
            if name in condition.outcomes:
                values = _spread(runs, condition.outcomes[name].groups)
                rows.append(_outcome(board, runs, ALL, name, values, condition.outcomes[name].estimate()))
    return rows, left


def _by_language(
    ledger: Ledger,
    board: Board,
    runs: Sequence[Mapping[str, Row]],
    reference: Mapping[tuple[Any, ...], Mapping[str, Row]],
    gain_english: float | None,
) -> list[Outcome]:
    measured: list[Outcome] = []
    answers = [_answers(ledger, of_run) for of_run in runs]
    english = [(rows, part_of(rows[board.source])) for rows in runs if board.source in rows]
    for language in board.others:
        parts: dict[str, list[tuple[str, Part]]] = {}
        errors: dict[str, list[float]] = {}
        for rows, answer in zip(runs, answers, strict=True):
            copy = rows[language].label.replicate
            here = part_of(rows[language])
            before = partner(rows, reference)
            if before is not None and language in before:
                parts.setdefault("gain", []).append((copy, here.minus(part_of(before[language]))))
            if english:
                there = part_of(rows[board.source])
                parts.setdefault("gap", []).append((copy, there.minus(here)))
                if there.value > board.chance:
                    parts.setdefault("retention", []).append((copy, _retention(here, there, board.chance)))
            for name, (value, error) in _read(answer, language, board.source).items():
                parts.setdefault(name, []).append((copy, Part(value=value, terms=())))
                errors.setdefault(name, []).append(error)
        for name, several in parts.items():
            bounds = {"gain": (-1.0, 1.0), "gap": (-1.0, 1.0), "retention": (-np.inf, np.inf)}.get(name, (0.0, 1.0))
            sample = None if name in errors else sample_of(ledger, several, bounds)
            groups = _grouped(several)
            # Calibration and consistency are of the same examples in every run: their errors do not average out.
            estimate = (
                sample.estimate() if sample else replicated(list(groups.values()), float(np.mean(errors[name])), bounds)
            )
            values = {copy: float(np.mean(group)) for copy, group in groups.items()}
            side = gain_english if name == "gain" else None
            measured.append(_outcome(board, runs, language, name, values, estimate, side))
            if name == "gain":
                measured += _of_gains(board, runs, language, groups)
    return measured


def _drops(
    ledger: Ledger, board: Board, runs: Sequence[Mapping[str, Row]], kind: str, shaken: Board
) -> Iterator[Outcome]:
    """What each language loses under one perturbation, English included; more than 0 is a loss."""
    after = {(row.score.run, row.score.language): row for condition in shaken.conditions for row in condition.rows}
    for language in board.languages:
        pairs = [
            (rows[language], after[rows[language].score.run, language])
            for rows in runs
            if (rows[language].score.run, language) in after
        ]
        parts = [(row.label.replicate, part_of(row).minus(part_of(lower))) for row, lower in pairs]
        if parts:
            sample = sample_of(ledger, parts, (-1.0, 1.0))
            values = {copy: float(np.mean(group)) for copy, group in _grouped(parts).items()}
            yield _outcome(board, runs, language, f"drop {kind}", values, sample.estimate())


def _of_gains(
    board: Board, runs: Sequence[Mapping[str, Row]], language: str, groups: Mapping[str, Sequence[float]]
) -> list[Outcome]:
    """Probability of harm, and the spread of the gain over seeds."""
    shares = {copy: float(np.mean([value < 0 for value in group])) for copy, group in groups.items()}
    count = sum(len(group) for group in groups.values())
    units = len(groups) if len(groups) > 1 else count  # seeds of one encoder do not count as encoders
    share = float(np.mean(list(shares.values())))
    low, high = wilson(share, units)
    method = f"Wilson's interval for {units} {'encoders' if len(groups) > 1 else 'runs of one encoder'}"
    made = {"encoders": len(groups), "runs": count}
    unit = "encoders" if len(groups) > 1 else "seeds"
    rows = [
        _outcome(
            board, runs, language, "harm", shares,
            Estimate(value=share, low=low, high=high, unit=unit, method=method, **made),
        )
    ]  # fmt: skip
    degrees = count - len(groups)
    if degrees:
        spreads = {copy: float(np.std(group, ddof=1)) for copy, group in groups.items() if len(group) > 1}
        squares = sum(float(((np.asarray(group) - np.mean(group)) ** 2).sum()) for group in groups.values())
        low, high = _of_deviation(squares, degrees)
        estimate = Estimate(
            value=sqrt(squares / degrees), low=low, high=high, unit="seeds", method=f"χ² with {degrees} d.f.", **made
        )
        rows.append(_outcome(board, runs, language, "seed SD", spreads, estimate))
    return rows


def _of_deviation(squares: float, degrees: int, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a standard deviation of normal values."""
    from scipy.special import chdtri

    tail = (1 - level) / 2
    return sqrt(squares / chdtri(degrees, tail)), sqrt(squares / chdtri(degrees, 1 - tail))


def _retention(here: Part, english: Part, chance: float) -> Part:
    above = english.value - chance
    ratio = (here.value - chance) / above
    slope = tuple((weight / above, row) for weight, row in here.terms)
    return Part(value=ratio, terms=(*slope, *((-ratio * weight / above, row) for weight, row in english.terms)))


def _outcome(
    board: Board, runs: Sequence[Mapping[str, Row]], language: str, name: str, values: Mapping[str, float],
    estimate: Estimate, english: float | None = None,
) -> Outcome:  # fmt: skip
    label = next(iter(runs[0].values())).label
    return Outcome(
        encoder=board.encoder, intermediate=label.intermediate, target=board.task, language=language, name=name,
        values=values, estimate=estimate, english=english,
    )  # fmt: skip


def _grouped(parts: Sequence[tuple[str, Part]]) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = {}
    for copy, part in parts:
        groups.setdefault(copy, []).append(part.value)
    return groups


def _spread(runs: Sequence[Mapping[str, Row]], groups: Sequence[Sequence[float]]) -> dict[str, float]:
    """Copies in the order in which `sample_of` met them."""
    copies = list(dict.fromkeys(next(iter(rows.values())).label.replicate for rows in runs))
    return {copy: float(np.mean(group)) for copy, group in zip(copies, groups, strict=True)}


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What one run answered in one language."""

    ids: tuple[str, ...]
    right: Bool[np.ndarray, "n"]
    confidence: Float[np.ndarray, "n"] | None


def _answers(ledger: Ledger, rows: Mapping[str, Row]) -> dict[str, Answers]:
    """language → answers; nothing where the predictions are not there or an answer is not simply right or wrong."""
    row = next(iter(rows.values()))
    facts = ledger.tasks.get(row.score.task, {})
    if facts.get("type") == "retrieval":
        return {}
    try:
        predictions = ledger.store.predictions(row.score.run, row.score.task, row.score.split, row.key)
        names = [part for name in facts.get("metrics", ()) for part in name.split("+")]
        exact = next((name for name in names if "exact_match" in name), None)
        metric = find(exact) if exact else None
    except UnknownName:
        return {}
    answers = {}
    for language in predictions.languages:
        of = predictions.of(language).labelled()
        try:
            right = (
                np.array([a == b for a, b in zip(of.prediction, of.gold, strict=True)], dtype=bool)
                if metric is None
                else metric.rows(of.prediction, of.gold, [language] * len(of))[:, 0] > 0
            )
        except MetricError:
            continue
        known = not any(each is None or not isfinite(each) for each in of.confidence)
        sure = np.asarray(of.confidence, dtype=np.float64) if known else None
        if facts.get("type") == "tagging":
            sure = None  # the mean over words, where right means all words
        answers[language] = Answers(ids=tuple(of.id), right=right, confidence=sure)
    return answers


def _read(answers: Mapping[str, Answers], language: str, source: str) -> dict[str, tuple[float, float]]:
    """Calibration error and consistency in a language, each with its standard error over examples."""
    statistics: dict[str, tuple[float, float]] = {}
    here = answers.get(language)
    if here is None or len(here.ids) < 2:
        return statistics
    if here.confidence is not None:
        statistics["calibration"] = calibration(here.confidence, here.right)
    there = answers.get(source)
    if there is None or set(here.ids) != set(there.ids):
        return statistics  # not the same examples
    known = {name for name, right in zip(there.ids, there.right, strict=True) if right}
    kept = np.array(
        [right for name, right in zip(here.ids, here.right, strict=True) if name in known], dtype=np.float64
    )
    if len(kept) > 1:
        share = float(kept.mean())
        statistics["consistency"] = (share, sqrt(max(share * (1 - share), 1 / len(kept)) / len(kept)))
    return statistics


def calibration(confidence: Float[np.ndarray, "n"], right: Bool[np.ndarray, "n"]) -> tuple[float, float]:
    """Expected calibration error over ten bins of equal width, and its standard error. Lower is better."""
    missed = misses(confidence, right)
    return float(missed.mean()), float(missed.std(ddof=1) / sqrt(len(right)))
