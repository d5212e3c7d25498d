"""The panel: reviewers' ratings of a synthesis, each one's score, their mean with its range, and how far they agree.

One number alone is never given. Rule reviewers are functions of the lock: asked again they say the same, and where they
agree closely it is because they read the same rows.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from isogloss.core import folder
from isogloss.core.errors import DataError, MetricError, SpecError
from isogloss.core.rating import CRITERIA, Mandate, Rating
from isogloss.core.reading import record_of
from isogloss.core.typing import np
from isogloss.evidence.corpus import Corpus
from isogloss.evidence.verify import Judged
from isogloss.formats.lines import read_text
from isogloss.stats.agreement import Agreement, alpha_with_interval, icc_with_interval

PEOPLE = "for scale: alpha of the reviewers of one large conference was .35 to .37 (ICLR 2021, 2,966 papers)"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a reviewer sees: the question, what is held, and what was said of each claim."""

    question: str
    corpus: Corpus
    judged: Sequence[Judged]
    counts: Mapping[str, Any]
    """The flow of records."""
    failed: Sequence[str] = ()
    """Sources that did not answer."""
    cautions: Sequence[str] = ()
    """What the study says against itself."""
    study: str = ""

    def outcome(self, judged: Judged, check: str) -> str:
        """The word of one check about a claim; "" where it did not run."""
        return next((each.says for each in judged.outcomes if each.check == check), "")

    def reason(self, judged: Judged, check: str) -> str:
        """Its reason."""
        return next((each.reason for each in judged.outcomes if each.check == check), "")

    def breaks_off(self, judged: Judged) -> bool:
        """Whether a claim was cut off before its end."""
        return self.outcome(judged, "complete") == "cut off"

    def papers(self, judged: Judged) -> set[str]:
        """The papers whose passages are shown with a claim."""
        return {record_of(passage["document"]) for passage in judged.passages}


@dataclass(frozen=True, kw_only=True)
class Score:
    """One reviewer's mean over criteria, each criterion the mean over its claims; 1 to 5."""

    reviewer: str
    score: float
    ratings: int
    by_criterion: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """All of it."""

    scores: tuple[Score, ...]
    mean: float
    low: float
    high: float
    """The lowest and the highest reviewer's score."""
    alpha: Agreement | None
    """Ordinal, over items; None where it is undefined."""
    icc: Agreement | None
    """Of a single rating."""
    why: str
    """Why agreement is undefined; "" where it is not."""
    ratings: tuple[Rating, ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "scale": PEOPLE, "reviewers": [each.reviewer for each in self.scores]}


def mandates() -> list[Mandate]:
    """The reviewers of evidence/mandates/."""
    return [folder.load("evidence/mandates", name) for name in folder.names("evidence/mandates")]


def review(sight: Sight, people: Sequence[Rating] = ()) -> Panel | None:
    """The panel's ratings; None where nothing was included: what was not found cannot be rated."""
    if not sight.counts["included"] or not sight.judged:
        return None
    return panel([*(rating for mandate in mandates() for rating in mandate.rate(sight)), *people])


def panel(ratings: Sequence[Rating]) -> Panel:
    """Scores, mean with range, and agreement of some ratings. The order of ratings does not matter."""
    scores = tuple(_score(name, ratings) for name in sorted({each.reviewer for each in ratings}))
    values = [each.score for each in scores]
    agreement: list[Agreement | None] = [None, None]
    why = ""
    try:
        table = matrix(ratings)
        agreement = [alpha_with_interval(table), icc_with_interval(table)]
    except MetricError as error:
        why = str(error)
    return Panel(
        scores=scores, mean=fmean(values), low=min(values), high=max(values), alpha=agreement[0], icc=agreement[1],
        why=why, ratings=tuple(sorted(ratings, key=lambda each: (each.reviewer, each.item))),
    )  # fmt: skip


def matrix(ratings: Iterable[Rating]) -> "np.ndarray":
    """Items in rows, reviewers in columns; NaN where an item was not rated. Raises SpecError for one rated twice."""
    ratings = list(ratings)
    items = sorted({each.item for each in ratings})
    reviewers = sorted({each.reviewer for each in ratings})
    scores = np.full((len(items), len(reviewers)), np.nan)
    for each in ratings:
        place = items.index(each.item), reviewers.index(each.reviewer)
        if not np.isnan(scores[place]):
            raise SpecError(f"{each.reviewer} rates {each.item} twice; one rating per reviewer and item.")
        scores[place] = each.score
    return scores


def people(paths: Sequence[Path], claims: Iterable[str]) -> list[Rating]:
    """Ratings by people: CSV with columns reviewer, criterion, claim, score, reason. Raises DataError with the line."""
    known, ratings = set(claims), []
    for path in paths:
        rows = csv.DictReader(io.StringIO(read_text(path), newline=""))
        lacking = [name for name in ("reviewer", "criterion", "score") if name not in (rows.fieldnames or ())]
        if lacking:
            raise DataError.at(path, 1, f"no column {lacking[0]}; expected reviewer, criterion, claim, score, reason.")
        for row in rows:
            line = rows.line_num
            claim = (row.get("claim") or "").strip()
            if claim and claim not in known:
                raise DataError.at(path, line, f"no claim has the id '{claim}'; the ids are those of the claims file.")
            try:
                ratings.append(
                    Rating(
                        reviewer=row["reviewer"].strip(), criterion=row["criterion"].strip(), claim=claim,
                        score=int(row["score"]), reason=(row.get("reason") or "").strip(),
                    )
                )  # fmt: skip
            except (SpecError, ValueError, AttributeError) as error:
                raise DataError.at(path, line, str(error)) from None
    names = {mandate.name for mandate in mandates()}
    taken = sorted({each.reviewer for each in ratings} & names)
    if taken:
        raise SpecError(f"a person is called '{taken[0]}', as one of the rule reviewers is; give another name.")
    return ratings


def _score(reviewer: str, ratings: Iterable[Rating]) -> Score:
    mine = [each for each in ratings if each.reviewer == reviewer]
    by = {
        name: fmean(each.score for each in mine if each.criterion == name)
        for name in CRITERIA if any(each.criterion == name for each in mine)
    }  # fmt: skip
    return Score(reviewer=reviewer, score=fmean(by.values()), ratings=len(mine), by_criterion=by)
