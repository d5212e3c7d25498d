"""Ratings: what a reviewer gives an item, 1 to 5, and why; a mandate is a reviewer that is a function of the lock."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from isogloss.core.errors import SpecError

SCALE = (1, 2, 3, 4, 5)
CRITERIA = {
    "search": "the search: several sources, none failed, counts that reconcile",
    "sources": "the sources: held, none retracted, none of them a machine's own synthesis",
    "balance": "balance: more than one paper speaks of a claim, and the other side was looked for",
    "limits": "limits: what could not be decided is said",
    "claim": "a claim: whole, and about something that is held",
    "support": "support of a claim: what its text, its figures and cells say",
}
"""Criterion → what it asks. "claim" and "support" are asked of every claim, the others once."""


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One reviewer's rating of one item."""

    reviewer: str
    criterion: str
    score: int
    reason: str
    claim: str = ""
    """Id of the claim, for a criterion that is asked of each."""

    def __post_init__(self) -> None:
        if self.criterion not in CRITERIA:
            raise SpecError(f"a rating of '{self.criterion}'; the criteria are {', '.join(CRITERIA)}.")
        if self.score not in SCALE:
            raise SpecError(f"a rating of {self.score!r} by {self.reviewer}; expected a whole number from 1 to 5.")

    @property
    def item(self) -> str:
        """What was rated."""
        return f"{self.criterion}:{self.claim}" if self.claim else self.criterion


def of_whole(reviewer: str, criterion: str, score: int, reason: str) -> Rating:
    """A rating by a criterion that is asked once, of all of it."""
    return Rating(reviewer=reviewer, criterion=criterion, score=score, reason=reason)


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """One file of evidence/mandates/: what a reviewer looks for, and its ratings of a synthesis."""

    name: str
    title: str
    rate: Callable[[Any], Iterable[Rating]]
    """`evidence.panel.Sight` → ratings."""
