"""Intermediate tasks over all the targets of a study: which cells are read, and the mean gain of those that are.

A cell (an intermediate task before a target) is read only where it can speak of transfer; what is not read is named
with its reason. The gain of an intermediate task is the mean over the targets it is read on, and its interval holds
what was replicated: pairs of runs with and without it, of one encoder and seed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from statistics import fmean

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.samples import Part, Sample, sample_of
from isogloss.analysis.standing import CEILING
from isogloss.analysis.transfer import Board, Condition, by_run, partner, parts_of, without
from isogloss.core.controls import NONE

Key = tuple[str, str, int | None]
"""A pair of runs: encoder, its pretrained copy, fine-tuning seed."""
Question = tuple[str, str, str, str]
"""A target: task, split, what the target phase trained on, and metric."""
SAME = "its own task, a control"
ALONE = "only English was tested"
LOST = "every run collapsed"
NO_ENGLISH = "no English score"
UNLEARNED = "English was not learned"
BARE = "no trivial baseline to hold it against"
FULL = "a trivial baseline is at the ceiling in every language"
TORN = "no pair of runs has every target"
SIGNED = (-1.0, 1.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A run with the intermediate task minus the one without, as the mean over targets."""

    encoder: str
    replicate: str
    seed: int | None
    gain: float
    english: float

    @property
    def key(self) -> Key:
        """What it is a pair of."""
        return self.encoder, self.replicate, self.seed


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One intermediate task over the targets it is read on."""

    intermediate: str
    targets: tuple[Question, ...]
    gain: Sample
    """Zero-shot: of the mean over the other languages."""
    english: Sample
    pairs: tuple[Pair, ...]

    @property
    def value(self) -> float:
        """The gain by which it stands."""
        return self.gain.estimate().value


@dataclass(frozen=True, kw_only=True)
class _Cell:
    """One intermediate task on one board: its pairs, and the error of their mean from the test examples."""

    question: Question
    parts: Mapping[Key, Mapping[str, Part]]
    errors: Mapping[str, float]
    unread: str


def question(board: Board) -> Question:
    """What tells a target from others, whatever the encoder."""
    return board.task, board.split, board.target, board.metric


def unread(board: Board, condition: Condition) -> str:
    """Why a cell says nothing of transfer; empty where it does."""
    none = board.conditions[0]
    if condition.same_task:
        return SAME
    if not board.others:
        return ALONE
    if none.all_collapsed or condition.all_collapsed:
        return LOST
    if None in (none.competent, condition.competent):
        return NO_ENGLISH
    if not none.standings[board.source].measured:
        return BARE
    if not none.competent or not condition.competent:
        return UNLEARNED
    return FULL if all(none.standings[code].verdict == CEILING for code in board.others) else ""


def candidates(ledger: Ledger, boards: Iterable[Board]) -> tuple[tuple[Candidate, ...], dict[str, dict[Question, str]]]:
    """By gain, and for each intermediate task the targets on which it is not read, with the reason.

    `boards` are those that stand for a target on an encoder (`transfer.usual`).
    """
    cells: dict[str, list[_Cell]] = {}
    for board in boards:
        if not board.conditions or board.conditions[0].intermediate != NONE:
            continue
        for condition in board.conditions[1:]:
            if cell := _cell(board, condition):
                cells.setdefault(condition.intermediate, []).append(cell)
    read: list[Candidate] = []
    why: dict[str, dict[Question, str]] = {}
    for name, of in cells.items():
        why[name] = {cell.question: cell.unread for cell in of if cell.unread}
        kept = [cell for cell in of if cell.question not in why[name]]
        if made := _candidate(ledger, name, kept):
            read.append(made)
        else:
            why[name] |= dict.fromkeys((cell.question for cell in kept), TORN)
    return tuple(sorted(read, key=lambda each: -each.value)), {name: of for name, of in why.items() if of}


def _cell(board: Board, condition: Condition) -> _Cell | None:
    """None where no run of it has a partner, as in a study that is not finished."""
    reference = without(by_run(board.conditions[0].rows))
    parts: dict[Key, dict[str, Part]] = {}
    paired = False
    for rows in by_run(condition.rows).values():
        before = partner(rows, reference)
        if before is None:
            continue
        paired = True
        label = next(iter(rows.values())).label
        new, old = parts_of(rows, board), parts_of(before, board)
        if "others" in new and "others" in old:
            shared = [name for name in ("others", "english") if name in new and name in old]
            parts[label.encoder, label.replicate, label.seed] = {name: new[name].minus(old[name]) for name in shared}
    if not parts and not (paired and not board.others):
        return None
    errors = {name.removeprefix("gain "): sample.error for name, sample in condition.outcomes.items()}
    return _Cell(question=question(board), parts=parts, errors=errors, unread=unread(board, condition))


def _candidate(ledger: Ledger, name: str, cells: Sequence[_Cell]) -> Candidate | None:
    """The mean over targets, of the pairs that have every target; None without such a pair."""
    targets = tuple(dict.fromkeys(cell.question for cell in cells))
    by_pair: dict[Key, list[Mapping[str, Part]]] = {}
    for cell in cells:
        for key, parts in cell.parts.items():
            by_pair.setdefault(key, []).append(parts)
    whole = {key: parts for key, parts in by_pair.items() if len(parts) == len(targets)}
    if not whole:
        return None
    pairs = tuple(
        Pair(
            encoder=key[0], replicate=key[1], seed=key[2],
            gain=fmean(of["others"].value for of in parts), english=fmean(of["english"].value for of in parts),
        )
        for key, parts in sorted(whole.items(), key=lambda item: str(item[0]))
    )  # fmt: skip
    samples = {
        outcome: Sample(
            groups=grouped([(pair.key, pair.gain if outcome == "others" else pair.english) for pair in pairs]),
            error=_error(ledger, cells, whole, outcome),
            bounds=SIGNED,
        )
        for outcome in ("others", "english")
    }
    return Candidate(
        intermediate=name, targets=targets, pairs=pairs, gain=samples["others"], english=samples["english"]
    )


def grouped(values: Iterable[tuple[Key, float]]) -> tuple[tuple[float, ...], ...]:
    """By pretrained encoder."""
    found: dict[tuple[str, str], list[float]] = {}
    for key, value in values:
        found.setdefault(key[:2], []).append(value)
    return tuple(tuple(of) for of in found.values())


def _error(ledger: Ledger, cells: Sequence[_Cell], whole: Mapping[Key, object], outcome: str) -> float:
    """From the test examples: independent between targets, as if all the same between encoders of other kinds."""
    by_target: dict[Question, list[float]] = {}
    for cell in cells:
        used = [(key[1], parts[outcome]) for key, parts in cell.parts.items() if key in whole]
        if not used:
            continue
        error = cell.errors[outcome]
        if len(used) < len(cell.parts):
            error = sample_of(ledger, used, SIGNED).error
            ledger.forget()
        by_target.setdefault(cell.question, []).append(error)
    return hypot(*(fmean(errors) for errors in by_target.values())) / len(by_target)
