"""Which intermediate task should come first, as far as a study's runs can tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Any

from isogloss.analysis.candidates import SIGNED, Candidate, Question, candidates, grouped
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.replication import Needed, needed
from isogloss.analysis.samples import Sample
from isogloss.analysis.transfer import Board
from isogloss.stats.intervals import INTEREST, LEVEL


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Candidates by their gain, and what they come to.

    `kind` is "first" (one helps, and more than all others that do), "tie" (several help and are not told apart),
    "none" (nothing helps by a point), "undecided", "unrepeated" (one run each), "unread" (no cell can be read), or
    "nothing" (no intermediate task was compared). All intermediate tasks are looked at together (Bonferroni).
    """

    kind: str
    candidates: tuple[Candidate, ...] = ()
    unread: Mapping[str, Mapping[Question, str]] = field(default_factory=dict)
    """Intermediate task → target → why it is not read there."""
    best: tuple[str, ...] = ()
    """Those that help and are not told apart from the first of them."""
    harmful: tuple[str, ...] = ()
    needed: Needed | None = None
    """What would decide it, where it is undecided."""
    level: float = LEVEL
    """Of each interval, so that all together hold with 95%."""


def rank(ledger: Ledger, boards: Iterable[Board]) -> Ranking:
    """The ranking of a study's intermediate tasks over the boards of its targets."""
    read, unread = candidates(ledger, boards)
    if not read:
        return Ranking(kind="unread" if unread else "nothing", unread=unread)
    level = 1 - (1 - LEVEL) / len(read)
    estimates = {each.intermediate: each.gain.estimate(level) for each in read}
    harmful = tuple(name for name, each in estimates.items() if each.decided and each.value < 0)
    helping = [each for each in read if estimates[each.intermediate].decided and each.value > 0]
    made: dict[str, Any] = {"candidates": read, "unread": unread, "harmful": harmful, "level": level}
    if helping:
        best = [helping[0], *(each for each in helping[1:] if not _apart(helping[0], each))]
        names = tuple(each.intermediate for each in best)
        return Ranking(kind="first" if len(best) == 1 else "tie", best=names, **made)
    if not any(each.replicated for each in estimates.values()):
        return Ranking(kind="unrepeated", needed=_needed(read[0], level), **made)
    if all(each.replicated and each.agree and each.high < INTEREST for each in estimates.values()):
        return Ranking(kind="none", **made)
    return Ranking(kind="undecided", needed=_decides(read, level), **made)


def _apart(first: Candidate, other: Candidate) -> bool:
    """Whether the first gains more than the other: the paired difference of runs that both have."""
    if first.targets != other.targets:
        return False
    known = {pair.key: pair.gain for pair in other.pairs}
    groups = grouped((pair.key, pair.gain - known[pair.key]) for pair in first.pairs if pair.key in known)
    if not groups:
        return False
    # Both errors hold that of the runs without an intermediate task, which the difference does not: a little cautious.
    error = hypot(first.gain.error, other.gain.error)
    return Sample(groups=groups, error=error, bounds=SIGNED).estimate().decided


def _needed(candidate: Candidate, level: float) -> Needed:
    """What would show that it helps, or that it does not by a point, whichever is nearer to what was seen."""
    half = max(candidate.value, INTEREST - candidate.value) * 0.999
    return needed(candidate.gain.groups, candidate.gain.error, half, level)


def _decides(read: Sequence[Candidate], level: float) -> Needed:
    """The first alone where it seems to help; else all, for all must be ruled out before nothing helps."""
    if read[0].value > INTEREST / 2:
        return _needed(read[0], level)
    return max((_needed(each, level) for each in read), key=lambda each: (each.more is None, each.more or 0))
