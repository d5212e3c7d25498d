"""Languages without labels as every summary shows them: the score that is forecast, marked as such, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from isogloss.advice import forecast as advice
from isogloss.advice.files import alignment
from isogloss.advice.forecast import Line
from isogloss.advice.measured import cells_of
from isogloss.advice.rank import same_encoder
from isogloss.analysis.ledger import Ledger
from isogloss.analysis.transfer import Board, Condition
from isogloss.analysis.unlabelled import Unlabelled, unlabelled
from isogloss.core.controls import NONE
from isogloss.report.parts.table import Cell, in_points
from isogloss.report.parts.words import points

MARK = "forecast"
"""Class of the style sheet: hatched."""
LEGEND = "Hatched: no labels, so no score; a forecast with its 90% interval, in no mean. “?”: not known."


@dataclass(frozen=True, kw_only=True)
class Forecasts:
    """Of one board."""

    languages: tuple[Unlabelled, ...]
    lines: Mapping[tuple[str, str], Line]
    """(intermediate, language) → what is forecast, or why nothing is."""
    features: Mapping[str, Mapping[str, float]]
    """Language → what is known of its test file without labels."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages."""
        return tuple(each.language for each in self.languages)

    def cell(self, intermediate: str, code: str) -> Cell:
        """The score that is forecast, hatched; a question mark where it is not known."""
        line = self.lines.get((intermediate, code))
        if line is None or line.score is None:
            why = line.why if line else "no run of this condition"
            return Cell(text="?", title=f"no labels; not known: {why}", mark=f"{MARK} quiet")
        wide = f"{points(line.low)} to {points(line.high)}" if line.low is not None and line.high is not None else ""
        told = f"no labels; forecast from {line.rests_on}{'; far from what was measured' if line.far else ''}"
        return replace(in_points(line.score, title=told, mark=MARK), aside=wide)


def of(ledger: Ledger, board: Board) -> Forecasts:
    """Forecasts for the languages of a board that have no labels; empty without such. Worked out once."""
    return ledger.once("forecasts", *board.question, board.variant, make=lambda: _of(ledger, board))


def _of(ledger: Ledger, board: Board) -> Forecasts:
    rows = unlabelled(ledger, board)
    if not rows:
        return Forecasts(languages=(), lines={}, features={})
    cells = ledger.once("cells", make=lambda: [each for each in cells_of(ledger) if not each.control])
    features = _features(ledger, board)
    lines = {}
    for arm in dict.fromkeys(condition.intermediate for condition in board.conditions):
        asked = advice.Asked(
            target=board.task, encoder=board.encoder, chance=board.chance, arm=arm,
            languages=tuple(each.language for each in rows),
        )  # fmt: skip
        for line in advice.forecast(asked, cells, features).lines:
            lines[arm, line.language] = line
    return Forecasts(languages=rows, lines=lines, features=features)


def _features(ledger: Ledger, board: Board) -> dict[str, dict[str, float]]:
    """As forecasts for this encoder left them in the store, and alignment as `measure` did.

    Advice has no date: of several forecasts the one that knew the most runs counts.
    """
    task, store = board.task, ledger.store
    advices = ledger.once("advices", make=store.advices)
    fits = [
        each for each in advices.values()
        if each.get("target") == task and same_encoder(board.encoder, str(each.get("encoder", "")))
    ]  # fmt: skip
    found: dict[str, dict[str, float]] = {}
    for each in sorted(fits, key=lambda each: len(each.get("runs", ()))):
        found |= {code: dict(of) for code, of in each.get("files", {}).items()}
    for code, value in ledger.once("alignment", task, make=lambda: alignment(store, task)).items():
        found.setdefault(code, {})["alignment"] = value
    return found


def first(board: Board, chosen: str = NONE) -> Condition:
    """The condition that stands for a board: the one that is chosen where it was run, else the first, which is none
    where that was run."""
    return next((each for each in board.conditions if each.intermediate == chosen), board.conditions[0])
