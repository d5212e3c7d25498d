"""What claims are held against: a study's cells, per pretrained copy and seed, or a table of published scores."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any

from isogloss.analysis.learned import of_own_phase
from isogloss.analysis.ledger import Ledger, Row
from isogloss.analysis.transfer import Board, by_run, questions, usual
from isogloss.core.controls import NONE
from isogloss.core.errors import DataError
from isogloss.core.phase import Phase
from isogloss.core.spec import Published, RunSpec
from isogloss.evidence.expression import Key, MissingCells

FACTS = ("encoders", "stages", "intermediate tasks", "formats of intermediate tasks")
"""What a study's record can be asked about its method."""
TRANSLATED = "_translated"
"""How the name of a task ends whose data a translator made, unless its author names it otherwise."""


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A table of scores by (intermediate, task, language), and facts about how they were made."""

    name: str
    values: Mapping[Key, float]
    facts: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[Key, str] = field(default_factory=dict)
    """Where published cells were read, or what they were derived from."""
    assumes: Mapping[Key, str] = field(default_factory=dict)
    """Cells derived by taking a claim for granted → that claim: they cannot be used to judge it."""

    def intermediates(self) -> Sequence[str]:
        """Names of the intermediate tasks, "none" aside."""
        return tuple(dict.fromkeys(name for name, _, _ in self.values if name != NONE))

    def tasks(self) -> Sequence[str]:
        """Names of the target tasks; means of several aside."""
        return tuple(dict.fromkeys(task for _, task, _ in self.values if "+" not in task))

    def cell(self, key: Key) -> float:
        """One score in [0, 1]. Raises MissingCells."""
        if key not in self.values:
            raise MissingCells([f"{key[0]} → {key[1]}" + (f" [{key[2]}]" if key[2] else "")])
        return self.values[key]

    def fact(self, name: str) -> Any:
        """One of FACTS. Raises MissingCells."""
        if name not in self.facts:
            raise MissingCells([f"the record's {name}"])
        return self.facts[name]

    def without(self, claim: str) -> "Cells":
        """This table minus the cells that take `claim` for granted."""
        kept = {key: value for key, value in self.values.items() if self.assumes.get(key) != claim}
        return Cells(name=self.name, values=kept, facts=self.facts, sources=self.sources, assumes=self.assumes)


def published(path: Path) -> Cells:
    """Read a table of published scores: columns intermediate, task, score (×100), source, assumes."""
    values: dict[Key, float] = {}
    sources: dict[Key, str] = {}
    assumes: dict[Key, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                key = (row["intermediate"], row["task"], "")
                values[key], sources[key] = float(row["score"]) / 100, row["source"]
            except (KeyError, TypeError, ValueError) as error:
                expected = "intermediate, task, score, source, assumes"
                raise DataError.at(path, line, f"{error!r}; expected the columns {expected}.") from None
            if row.get("assumes"):
                assumes[key] = row["assumes"]
    return Cells(name=path.stem, values=values, sources=sources, assumes=assumes)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A study as claims see it."""

    ledger: Ledger
    boards: tuple[tuple[Board, tuple[Row, ...]], ...]
    """One board per task: that of the encoder with most runs, by the metric that counts."""
    names: Mapping[str, str]
    """run → its intermediate task as claims write it."""

    @cached_property
    def rows(self) -> Mapping[tuple[str, int | None], Mapping[Key, tuple[Row, ...]]]:
        """(pretrained copy, seed) → cell → the rows that it is the mean of."""
        groups: dict[tuple[str, int | None], dict[Key, tuple[Row, ...]]] = {}
        for board, rows in self.boards:
            for row in rows:
                if row.score.language not in board.languages:
                    continue
                name = self.names[row.score.run]
                at = groups.setdefault((row.label.replicate, row.label.seed), {})
                for language in (row.score.language, ""):
                    key = (name, board.task, language)
                    at[key] = (*at.get(key, ()), row)
        # An encoder that was not fine-tuned has no seed: it counts for every seed of its copy.
        for copy, seed in list(groups):
            if seed is not None:
                groups[copy, seed] = {**groups.get((copy, None), {}), **groups[copy, seed]}
        seeded = {copy for copy, seed in groups if seed is not None}
        return {at: cells for at, cells in groups.items() if at[1] is not None or at[0] not in seeded}

    def tables(self) -> dict[tuple[str, int | None], Cells]:
        """One table per pretrained copy and seed."""
        return {
            at: Cells(name=self.ledger.study.name, values=_means(cells), facts=self.facts)
            for at, cells in self.rows.items()
        }

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """What the study's record says about its method."""
        specs = self.ledger.study.specs.values()
        phases = [phase for spec in specs for phase in spec.phases]
        tasks = {task for phase in phases if phase.stage == "intermediate" for task in phase.tasks}
        types = {self.ledger.tasks[task]["type"] for task in tasks if task in self.ledger.tasks}
        stages = {phase.stage for phase in phases} | {
            "pretrain" for spec in specs if isinstance(spec.encoder, Published)
        }
        return {
            "encoders": frozenset(_encoder(spec) for spec in specs),
            "stages": len(stages),
            # A translation of a task is a variant of it, not one more.
            "intermediate tasks": len({task.removesuffix(TRANSLATED) for task in tasks}),
            "formats of intermediate tasks": frozenset(types),
        }


def evidence(ledger: Ledger) -> Evidence:
    """The cells of a study: of each task the usual board with most runs, the test split before others.

    They are made of the same runs as the tables' means.
    """
    counted = [
        (board, rows)
        for board, rows in questions(ledger)
        if board.metric == (ledger.counts(board.task) or board.metric) and not of_own_phase(ledger, rows)
    ]
    rows_of = {(*board.question, board.variant): tuple(ledger.kept(rows)) for board, rows in counted}
    chosen: dict[str, tuple[tuple[int, bool], Board, tuple[Row, ...]]] = {}
    for board in usual(board for board, _ in counted):
        rows = rows_of[*board.question, board.variant]
        rank = (len(by_run(rows)), board.split == "test")
        if board.task not in chosen or rank > chosen[board.task][0]:
            chosen[board.task] = (rank, board, rows)
    names = {run: intermediate(spec.phases) for run, spec in ledger.study.specs.items()}
    return Evidence(ledger=ledger, boards=tuple((board, rows) for _, board, rows in chosen.values()), names=names)


def intermediate(phases: Sequence[Phase]) -> str:
    """An intermediate task's name in claims: its tasks, sorted, by "+"; "&translated" follows where all of their data
    was translated, "&mlm" where MLM ran beside it. Translated data beside its source is a mixture of two tasks."""
    found = []
    for phase in phases:
        if phase.stage == "intermediate":
            translated = all(task.endswith(TRANSLATED) for task in phase.tasks)
            tasks = sorted(task.removesuffix(TRANSLATED) if translated else task for task in phase.tasks)
            found.append("+".join(tasks) + ("&translated" if translated else "") + ("&mlm" if phase.mlm else ""))
    return " → ".join(found) or NONE


def _means(cells: Mapping[Key, Sequence[Row]]) -> dict[Key, float]:
    return {key: fmean(row.value for row in rows) for key, rows in cells.items()}


def _encoder(spec: RunSpec) -> str:
    return spec.encoder.title if isinstance(spec.encoder, Published) else "own encoder"
