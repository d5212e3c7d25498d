"""Languages whose tests have no gold answers: predicted, never scored. What their answers say by themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Any

from isogloss.analysis.ledger import Ledger
from isogloss.analysis.transfer import Board
from isogloss.core.languages import ENGLISH
from isogloss.store.predictions import Predictions

_At = tuple[str, str, int | None]
"""(intermediate, copy of the encoder, seed): which run it is on a board."""


@dataclass(frozen=True, kw_only=True)
class Unlabelled:
    """The answers of a board's runs in one language. Shares in [0, 1]; None where nothing tells them."""

    language: str
    n: int
    """Examples."""
    confidence: float | None
    """Mean probability that a run gives its own answer."""
    seeds: float | None
    """Share of answers that two runs of one condition have in common."""
    intermediates: float | None
    """The same of two runs of different conditions on the same seed and encoder, where there are such."""
    commonest: str
    """The answer that is given most."""
    share: float | None
    """How often it is given; None of tasks whose answers are not one of a few labels."""
    english: float | None
    """How often it is given in English."""


def languages(ledger: Ledger, board: Board) -> tuple[str, ...]:
    """Languages in which the runs of a board were tested, as planned, without a score; labels may be there."""
    tests = {(row.score.run, row.key) for condition in board.conditions for row in condition.rows}
    tested = dict.fromkeys(
        code for each in ledger.study.evaluations if (each.run, each.key) in tests for code in each.languages
    )
    scored = {
        row.score.language for row in ledger.rows if (row.score.task, row.score.split) == (board.task, board.split)
    }
    return tuple(code for code in tested if code not in scored)


def unlabelled(ledger: Ledger, board: Board) -> tuple[Unlabelled, ...]:
    """Of each language that every condition answered and that has no gold answer at all; worked out once."""
    return ledger.once("unlabelled", *board.question, board.variant, make=lambda: _unlabelled(ledger, board))


def _unlabelled(ledger: Ledger, board: Board) -> tuple[Unlabelled, ...]:
    wanted = languages(ledger, board)
    if not wanted:
        return ()
    answers: dict[_At, Predictions] = {}
    for row in (row for condition in board.conditions for row in condition.rows):
        at = row.label.intermediate, row.label.replicate, row.label.seed
        if at not in answers:
            answers[at] = ledger.store.predictions(row.score.run, board.task, board.split, key=row.key)
    english = _counts([each.of(ENGLISH) for each in answers.values()])
    described = (_of(code, {at: each.of(code) for at, each in answers.items()}, english) for code in wanted)
    return tuple(each for each in described if each)


def _of(code: str, every: Mapping[_At, Predictions], english: Counter[str]) -> Unlabelled | None:
    if not every or any(not len(each) or any(gold is not None for gold in each.gold) for each in every.values()):
        return None
    sure = [each for of in every.values() for each in of.confidence if each is not None]
    said = {at: dict(zip(of.id, of.prediction, strict=True)) for at, of in every.items()}
    same = [(said[a], said[b]) for a, b in combinations(said, 2) if a[0] == b[0]]
    across = [(said[a], said[b]) for a, b in combinations(said, 2) if a[0] != b[0] and a[1:] == b[1:]]
    commonest, share, there = _commonest(_counts(list(every.values())), english)
    return Unlabelled(
        language=code, n=len(next(iter(every.values()))), confidence=fmean(sure) if sure else None,
        seeds=_agreement(same), intermediates=_agreement(across), commonest=commonest, share=share, english=there,
    )  # fmt: skip


def _agreement(pairs: Sequence[tuple[Mapping[Any, Any], Mapping[Any, Any]]]) -> float | None:
    """The mean over pairs of runs of the share of answers that are the same; of tags, of the share of tags."""
    shares = []
    for one, other in pairs:
        alike = [_alike(one[name], other[name]) for name in one if name in other]
        shares += [fmean(alike)] if alike else []
    return fmean(shares) if shares else None


def _alike(one: Any, other: Any) -> float:
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other) and one:
        return fmean(a == b for a, b in zip(one, other, strict=True))
    return float(one == other)


def _commonest(here: Counter[str], english: Counter[str]) -> tuple[str, float | None, float | None]:
    """The most frequent answer, its share here and in English; nothing where most answers occur once (spans)."""
    total = sum(here.values())
    if not total or len(here) > total / 2:
        return "", None, None
    name, most = here.most_common(1)[0]
    return name, most / total, english[name] / sum(english.values()) if english else None


def _counts(every: Sequence[Predictions]) -> Counter[str]:
    return Counter(
        str(part) for of in every for each in of.prediction for part in (each if isinstance(each, list) else [each])
    )
