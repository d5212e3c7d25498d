"""What an intermediate task did to a target task in every language: outcomes with their intervals.

Every outcome of a run (a gap, a worst language, a gain) is a Part (analysis/samples.py). Retention is a ratio and
enters by its slope.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from isogloss.analysis.learned import of_own_phase
from isogloss.analysis.ledger import Ledger, Row
from isogloss.analysis.samples import Part, Sample, Terms, part_of, sample_of
from isogloss.analysis.standing import NEAR, Standing, judge, strongest
from isogloss.core.controls import NONE
from isogloss.core.way import Way, standing
from isogloss.store.run_record import NOTHING

OUTCOMES = ("english", "others", "gap", "retention", "worst", "quarter")
_UNBOUNDED = (-float("inf"), float("inf"))


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One intermediate task (or none) on one board."""

    intermediate: str
    same_task: bool
    scores: Mapping[str, Sample]
    """By language."""
    gains: Mapping[str, Sample]
    """By language, against no intermediate task, paired by encoder and seed; empty for "none"."""
    outcomes: Mapping[str, Sample]
    """english, others (the mean without English), gap, retention, worst, quarter, and each of these as "gain …"."""
    worst_languages: tuple[str, ...]
    """Where the worst language of a run was, most often first."""
    standings: Mapping[str, Standing]
    """By language, against that language's own trivial baselines."""
    near_chance: frozenset[str]
    """Languages whose score does not clear the strongest trivial baseline, though there is room to."""
    competent: bool | None
    """Whether English was learned, as analysis.standing judges it; None where there is no English score."""
    rows: tuple[Row, ...]
    collapsed: int = 0
    """Runs that collapsed: they are in no mean, unless all did."""
    all_collapsed: bool = False
    repeated: int = 0
    """Runs that were trained again under a new seed because they had collapsed."""

    @property
    def name(self) -> str:
        """As tables print it."""
        return f"{self.intermediate} (same task)" if self.same_task else self.intermediate

    @property
    def runs(self) -> int:
        """How many runs are in each mean."""
        return len({row.score.run for row in self.rows})

    @property
    def encoders(self) -> int:
        """How many pretrained encoders are in each mean."""
        return len({row.label.replicate for row in self.rows})


@dataclass(frozen=True, kw_only=True)
class Board:
    """All conditions of one question: one task, tested in one way, on one kind of encoder."""

    encoder: str
    task: str
    split: str
    target: str
    """What the target phase trained on; empty for retrieval straight after the phases before it."""
    metric: str
    variant: str
    source: str
    languages: tuple[str, ...]
    """Those every run has."""
    left_out: tuple[str, ...]
    """Languages some run has and others have not; in no mean."""
    chance: float
    baselines: Mapping[str, Mapping[str, float]]
    """name → language → score."""
    conditions: tuple[Condition, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """The languages without the labels' own."""
        return tuple(language for language in self.languages if language != self.source)

    @property
    def way(self) -> Way:
        """How it was tested."""
        return Way.parse(self.variant)

    @property
    def question(self) -> tuple[str, ...]:
        """What is asked, in whichever way."""
        return (self.task, self.split, self.target, self.encoder, self.metric)

    def strongest(self, language: str) -> tuple[str, float]:
        """Name and score of the strongest trivial baseline in a language; chance when no other is known."""
        return strongest(self.known(language), self.chance)

    def known(self, language: str) -> dict[str, float]:
        """Name → score of the trivial baselines in a language."""
        return {name: scores[language] for name, scores in self.baselines.items() if language in scores}

    def baseline_outcomes(self, name: str) -> dict[str, float]:
        """english, others, gap, worst and quarter of a trivial baseline, where it has all languages."""
        scores = self.baselines[name]
        if any(language not in scores for language in self.languages):
            return {"english": scores[self.source]} if self.source in scores else {}
        found = _summaries([(scores[each], ()) for each in self.others])
        if self.source in scores and self.source in self.languages:
            found["english"] = Part(value=scores[self.source], terms=())
            if "others" in found:
                found["gap"] = found["english"].minus(found["others"])
        return {outcome: part.value for outcome, part in found.items()}


def boards(
    ledger: Ledger,
    retrieval: bool | None = None,
    *,
    every_metric: bool = False,
    every_way: bool = True,
    perturbed: bool = False,
    own_phase: bool = False,
) -> list[Board]:
    """Every board of a study, in the order of its tasks; only retrieval, or only the rest, when asked.

    Without `every_way` the usual ones alone. Boards of perturbed tests, and of what intermediate phases scored on their
    own tasks, are boards of their own, and given only when asked for.
    """
    wanted = [
        (board, rows)
        for board, rows in questions(ledger)
        if own_phase == of_own_phase(ledger, rows)
        and retrieval in (None, ledger.tasks.get(board.task, {}).get("type") == "retrieval")
        and perturbed == bool(board.way.perturbed)
        and (every_metric or board.metric == (ledger.counts(board.task) or board.metric))
    ]
    shown = usual(board for board, _ in wanted)
    filled = []
    task = ""
    for board, rows in wanted:
        if not every_way and not any(board is each for each in shown):
            continue
        if board.task != task:
            ledger.forget()
        task = board.task
        filled.append(_filled(ledger, board, rows))
    ledger.forget()
    return filled


def usual(every: Iterable[Board]) -> list[Board]:
    """The boards that summaries, claims and effects speak of: of each question that whose way stands for all.

    A question that was tried only on a perturbed test, on parts, or with a peek at the test has none.
    """
    by_question: dict[tuple[str, ...], dict[Way, Board]] = {}
    for board in every:
        if not board.way.aside:
            by_question.setdefault(board.question, {}).setdefault(board.way, board)
    return [several[standing(several)] for several in by_question.values()]


def questions(ledger: Ledger) -> list[tuple[Board, list[Row]]]:
    """Every board without its conditions, and the rows it is about."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    order = {task: place for place, task in enumerate(ledger.tasks)}
    for row in ledger.rows:
        score = row.score
        at = (score.task, score.split, row.label.encoder, row.label.target, score.metric, score.variant)
        groups.setdefault(at, []).append(row)
    ordered = sorted(groups, key=lambda key: (order.get(key[0], len(order)), key))
    return [(_empty(ledger, groups[key]), groups[key]) for key in ordered]


def _empty(ledger: Ledger, rows: Sequence[Row]) -> Board:
    first = rows[0]
    score, facts = first.score, ledger.tasks.get(first.score.task, {})
    runs = by_run(rows)
    named = dict.fromkeys([*facts.get("languages", ()), *(row.score.language for row in rows)])
    shared = [each for each in named if all(each in of_run for of_run in runs.values())]
    baselines: dict[str, dict[str, float]] = {}
    for each in ledger.baselines:
        if (each.score.task, each.score.split, each.score.metric) == (score.task, score.split, score.metric):
            baselines.setdefault(each.name, {})[each.score.language] = each.score.value
    return Board(
        encoder=first.label.encoder,
        task=score.task,
        split=score.split,
        target=first.label.target,
        metric=score.metric,
        variant=score.variant,
        source=first.label.source,
        languages=tuple(shared),
        left_out=tuple(
            each for each in named if each not in shared and any(each in of_run for of_run in runs.values())
        ),
        chance=float(facts.get("chance", 0.0)),
        baselines=baselines,
        conditions=(),
    )


def _filled(ledger: Ledger, board: Board, rows: Sequence[Row]) -> Board:
    names = list(dict.fromkeys(row.label.intermediate for row in rows))
    ordered = sorted(names, key=lambda name: (name != NONE, names.index(name)))
    every = {name: [row for row in rows if row.label.intermediate == name] for name in ordered}
    kept = ledger.kept(rows)
    reference = without(by_run(kept))
    conditions = []
    for name, of in every.items():
        condition = _condition(ledger, board, [row for row in kept if row.label.intermediate == name], reference)
        lost = {row.score.run for row in of if (row.score.run, row.key) in ledger.collapsed}
        again = {row.score.run for row in of if ledger.records.get(row.score.run, NOTHING).attempts}
        whole = bool(lost) and lost == {row.score.run for row in of}
        conditions.append(replace(condition, collapsed=len(lost), all_collapsed=whole, repeated=len(again)))
    return replace(board, conditions=tuple(conditions))


def _condition(
    ledger: Ledger, board: Board, rows: Sequence[Row], reference: Mapping[tuple[Any, ...], Mapping[str, Row]]
) -> Condition:
    runs = list(by_run(rows).values())
    label = rows[0].label
    outcomes: dict[str, list[tuple[str, Part]]] = {}
    scores: dict[str, list[tuple[str, Part]]] = {}
    gains: dict[str, list[tuple[str, Part]]] = {}
    worst: Counter[str] = Counter()
    for of_run in runs:
        replicate = next(iter(of_run.values())).label.replicate
        parts = parts_of(of_run, board)
        if "worst" in parts:
            worst[parts["worst"].terms[0][1].score.language] += 1
        for language in board.languages:
            scores.setdefault(language, []).append((replicate, part_of(of_run[language])))
        for name, part in parts.items():
            outcomes.setdefault(name, []).append((replicate, part))
        before = partner(of_run, reference)
        if before is None:
            continue
        old = parts_of(before, board)
        for name in parts:
            if name in old:
                outcomes.setdefault(f"gain {name}", []).append((replicate, parts[name].minus(old[name])))
        for language in board.languages:
            gain = part_of(of_run[language]).minus(part_of(before[language]))
            gains.setdefault(language, []).append((replicate, gain))
    samples = {language: sample_of(ledger, of_one, (0.0, 1.0)) for language, of_one in scores.items()}
    counts = {language: min(of_run[language].score.n for of_run in runs) for language in board.languages}
    standings = {}
    for code in board.languages:
        found = samples[code].estimate()
        known = board.known(code)
        standings[code] = judge(found.value, found.low, samples[code].error, counts[code], known, board.chance)
    learned = standings[board.source].learned if board.source in standings else None
    if learned is False:  # a ratio to nothing learned says nothing
        outcomes.pop("retention", None)
        outcomes.pop("gain retention", None)
    return Condition(
        intermediate=label.intermediate,
        same_task=label.same_task,
        scores=samples,
        gains={language: sample_of(ledger, of_one, (-1.0, 1.0)) for language, of_one in gains.items()},
        outcomes={name: sample_of(ledger, of_one, _bounds(name)) for name, of_one in outcomes.items()},
        worst_languages=tuple(language for language, _ in worst.most_common()),
        standings=standings,
        near_chance=frozenset(code for code, each in standings.items() if each.verdict == NEAR),
        competent=learned,
        rows=tuple(rows),
    )


def _bounds(outcome: str) -> tuple[float, float]:
    if "retention" in outcome:
        return _UNBOUNDED
    return (-1.0, 1.0) if outcome.startswith("gain") or outcome == "gap" else (0.0, 1.0)


def by_run(rows: Iterable[Row]) -> dict[str, dict[str, Row]]:
    """run → language → row."""
    runs: dict[str, dict[str, Row]] = {}
    for row in rows:
        runs.setdefault(f"{row.score.run}/{row.key}", {})[row.score.language] = row
    return runs


def partner(
    rows: Mapping[str, Row], reference: Mapping[tuple[Any, ...], Mapping[str, Row]]
) -> Mapping[str, Row] | None:
    """The run a gain is taken against: same encoder, copy, target and seed, no intermediate task.

    An encoder that was not fine-tuned at all has no seed, so it is the partner of every seed.
    """
    if next(iter(rows.values())).label.intermediate == NONE:
        return None
    return reference.get(_pair(rows)) or reference.get((*_pair(rows)[:-1], None))


def _pair(rows: Mapping[str, Row]) -> tuple[Any, ...]:
    label = next(iter(rows.values())).label
    return (label.encoder, label.replicate, label.target, label.seed)


def without(runs: Mapping[str, Mapping[str, Row]]) -> dict[tuple[Any, ...], Mapping[str, Row]]:
    """(encoder, copy, target, seed) → the run without an intermediate task."""
    return {_pair(rows): rows for rows in runs.values() if next(iter(rows.values())).label.intermediate == NONE}


def parts_of(rows: Mapping[str, Row], board: Board) -> dict[str, Part]:
    """The outcomes of one run; those that are undefined are absent."""
    parts = _summaries([(rows[each].value, ((1.0, rows[each]),)) for each in board.others])
    if board.source not in board.languages:
        return parts
    english = parts["english"] = part_of(rows[board.source])
    if "others" not in parts:
        return parts
    others = parts["others"]
    parts["gap"] = english.minus(others)
    above = english.value - board.chance
    if above > 0:
        ratio = (others.value - board.chance) / above
        slope = [(weight / above, row) for weight, row in others.terms]
        parts["retention"] = Part(value=ratio, terms=(*slope, (-ratio / above, rows[board.source])))
    return parts


def _summaries(scores: Sequence[tuple[float, Terms]]) -> dict[str, Part]:
    """Mean, lowest, and mean of the lowest quarter (rounded up) of languages."""
    if not scores:
        return {}
    ordered = sorted(scores, key=lambda pair: pair[0])
    quarter = ordered[: ceil(len(ordered) / 4)]
    return {"others": _mean(scores), "worst": _mean(ordered[:1]), "quarter": _mean(quarter)}


def _mean(scores: Sequence[tuple[float, Terms]]) -> Part:
    share = 1 / len(scores)
    terms = tuple((weight * share, row) for _, each in scores for weight, row in each)
    return Part(value=sum(value for value, _ in scores) * share, terms=terms)
