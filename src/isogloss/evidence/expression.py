"""What a claim predicts: expressions over cells, and relations between them.

A cell is the score of a target task, zero-shot, after an intermediate task: the mean over the task's languages, English
included, as XTREME averages; or its score in one language. Values in [0, 1], so +8.2 points are 0.082.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from isogloss.core.controls import NONE

Key = tuple[str, str, str]
"""(intermediate task or "none", target task, language or "" for the mean over languages)."""


class MissingCells(Exception):
    """An expression asks for what a table has not; never shown as an error: the verdict is then "undecided"."""

    def __init__(self, cells: Sequence[str]) -> None:
        super().__init__(", ".join(cells))
        self.cells = tuple(cells)


class Table(Protocol):
    """Scores by cell, and facts about how they were made."""

    def intermediates(self) -> Sequence[str]:
        """Names of the intermediate tasks, "none" aside."""

    def tasks(self) -> Sequence[str]:
        """Names of the target tasks."""

    def cell(self, key: Key) -> float:
        """One score. Raises MissingCells."""

    def fact(self, name: str) -> Any:
        """One fact about the study's method. Raises MissingCells."""


class Expression:
    """Something computed from a table. `-` and `+` make longer ones."""

    def value(self, table: Table) -> Any:
        """Its value. Raises MissingCells with everything that lacks."""
        raise NotImplementedError

    def __sub__(self, other: "Expression") -> "Expression":
        return Combined(parts=(self, other), weights=(1.0, -1.0))

    def __add__(self, other: "Expression") -> "Expression":
        return Combined(parts=(self, other), weights=(1.0, 1.0))


@dataclass(frozen=True)
class Number(Expression):
    """A constant."""

    number: float

    def value(self, table: Table) -> float:  # noqa: ARG002
        """The constant, whatever the table."""
        return self.number


@dataclass(frozen=True, kw_only=True)
class Combined(Expression):
    """A weighted sum."""

    parts: tuple[Expression, ...]
    weights: tuple[float, ...]

    def value(self, table: Table) -> float:
        """The sum."""
        found = _all(self.parts, table)
        return sum(weight * value for weight, value in zip(self.weights, found, strict=True))


@dataclass(frozen=True)
class Score(Expression):
    """The score of `task` after `intermediate`; in one language when it is named. "a+b" is the mean of two tasks."""

    intermediate: str
    task: str
    language: str = ""

    def value(self, table: Table) -> float:
        """In [0, 1]."""
        try:
            return table.cell((self.intermediate, self.task, self.language))
        except MissingCells:
            if "+" not in self.task:
                raise
        parts = [Score(self.intermediate, task, self.language) for task in self.task.split("+")]
        return sum(_all(parts, table)) / len(parts)


@dataclass(frozen=True)
class Gain(Expression):
    """Score with the intermediate task minus without, as the mean over `tasks`; all of the table's when empty."""

    intermediate: str
    tasks: tuple[str, ...] = ()

    def value(self, table: Table) -> float:
        """In [-1, 1]."""
        tasks = self.tasks or tuple(table.tasks())
        if not tasks:
            raise MissingCells([f"{self.intermediate} → any target task"])
        gains = [Score(self.intermediate, task) - Score(NONE, task) for task in tasks]
        return sum(_all(gains, table)) / len(gains)


@dataclass(frozen=True, kw_only=True)
class Extreme(Expression):
    """The largest (`pick` = max) or least (min) gain: over intermediate tasks, or of one of them over target tasks.

    With `intermediate` named, its gains on each of `tasks` are compared; without, the mean gains of each intermediate
    task over `tasks`. `among` names the intermediate tasks to compare; all of the table's when empty.
    """

    pick: Callable[[Sequence[float]], float]
    intermediate: str = ""
    tasks: tuple[str, ...] = ()
    among: tuple[str, ...] = ()

    def value(self, table: Table) -> float:
        """In [-1, 1]."""
        gains: list[Expression]
        if self.intermediate:
            gains = [Gain(self.intermediate, (task,)) for task in self.tasks or table.tasks()]
        else:
            gains = [Gain(each, self.tasks) for each in self.among or table.intermediates()]
        if not gains:
            raise MissingCells([f"{self.intermediate or 'any intermediate task'} → {'+'.join(self.tasks) or 'any'}"])
        return self.pick(_all(gains, table))


@dataclass(frozen=True)
class BestGain(Expression):
    """The gain of the best intermediate task of each target, as the mean over `tasks`."""

    tasks: tuple[str, ...]

    def value(self, table: Table) -> float:
        """In [-1, 1]."""
        return sum(_all([Extreme(pick=max, tasks=(task,)) for task in self.tasks], table)) / len(self.tasks)


@dataclass(frozen=True)
class LargestOther(Expression):
    """The largest best gain among `tasks`: what one group of tasks is held against."""

    tasks: tuple[str, ...]

    def value(self, table: Table) -> float:
        """In [-1, 1]."""
        return max(_all([BestGain((task,)) for task in self.tasks], table))


@dataclass(frozen=True)
class Fact(Expression):
    """Something the study's own record says about its method: see `evidence/cells.py` for the names."""

    name: str

    def value(self, table: Table) -> Any:
        """A number, a name, or a set of names."""
        return table.fact(self.name)


RELATIONS: Mapping[str, str] = {
    "=": "is", ">": "is above", "<=": "is not above", "is": "is", "has": "includes",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """Left stands in a relation to right: "=" (within `tolerance`), ">", "<="; for facts "is" or "has" (a set)."""

    left: Expression
    relation: str
    right: Any
    """A number, another expression, or for facts a value."""
    tolerance: float = 0.0
    says: str = ""
    """The prediction in words."""

    @property
    def factual(self) -> bool:
        """Whether it is about a study's method, where there is no interval."""
        return self.relation in ("is", "has")

    def effect(self, table: Table) -> float:
        """Left minus right. Raises MissingCells."""
        right = self.right if isinstance(self.right, Expression) else Number(float(self.right))
        return float((self.left - right).value(table))

    def holds(self, table: Table) -> bool:
        """Whether it holds for a table taken at its word. Raises MissingCells."""
        if self.factual:
            seen = self.left.value(table)
            return bool(seen == self.right if self.relation == "is" else set(self.right) <= set(seen))
        return self.judged(*(2 * (self.effect(table),))) == "supported"

    def judged(self, low: float, high: float) -> str:
        """The verdict for an effect that lies between `low` and `high`."""
        tolerance = self.tolerance
        if self.relation == "=":
            inside, outside = -tolerance <= low and high <= tolerance, high < -tolerance or low > tolerance
        elif self.relation == ">":
            inside, outside = low > tolerance, high <= tolerance
        else:
            inside, outside = high <= tolerance, low > tolerance
        return "supported" if inside else "refuted" if outside else "undecided"


@dataclass
class Recorder:
    """A table that remembers which cells were read."""

    table: Table
    read: dict[Key, float] = field(default_factory=dict)

    def intermediates(self) -> Sequence[str]:
        """As the table's."""
        return self.table.intermediates()

    def tasks(self) -> Sequence[str]:
        """As the table's."""
        return self.table.tasks()

    def cell(self, key: Key) -> float:
        """As the table's."""
        self.read[key] = value = self.table.cell(key)
        return value

    def fact(self, name: str) -> Any:
        """As the table's."""
        return self.table.fact(name)


def _all(parts: Sequence[Expression], table: Table) -> list[float]:
    """The values of all parts, or one MissingCells with everything that lacks."""
    values: list[float] = []
    lacking: list[str] = []
    for part in parts:
        try:
            values.append(float(part.value(table)))
        except MissingCells as missing:
            lacking += missing.cells
    if lacking:
        raise MissingCells(list(dict.fromkeys(lacking)))
    return values
