"""One row per run, task, way of testing and language, for further analysis."""

from dataclasses import dataclass

from isogloss.analysis.ledger import Label, Ledger
from isogloss.analysis.samples import Part
from isogloss.analysis.transfer import by_run, partner, parts_of, questions, without


@dataclass(frozen=True, kw_only=True, slots=True)
class TidyRow:
    """One run in one language. Undefined values are None."""

    label: Label
    task: str
    split: str
    metric: str
    variant: str
    language: str
    score: float
    n: int
    gain: float | None
    gain_english: float | None
    gain_others: float | None
    gap: float | None
    retention: float | None
    strongest_baseline: float
    signature: str
    collapsed: str
    """Why the run counts as collapsed; empty when it does not."""

    @property
    def question(self) -> tuple[str, ...]:
        """That of its board (transfer.Board)."""
        return (self.task, self.split, self.label.target, self.label.encoder, self.metric)


def tidy(ledger: Ledger) -> list[TidyRow]:
    """Every score of a study with its gain over no intermediate task, paired by encoder and seed.

    A run whose partner collapsed has no gain.
    """
    table = []
    for board, every in questions(ledger):
        runs = by_run(every)
        reference = without(by_run(ledger.kept(every)))  # as for the means
        for rows in runs.values():
            parts = parts_of(rows, board)
            before = partner(rows, reference) or {}
            old = parts_of(before, board) if before else {}
            gains = {name: parts[name].value - old[name].value for name in parts if name in old}
            for language, row in rows.items():
                table.append(
                    TidyRow(
                        label=row.label,
                        task=board.task,
                        split=board.split,
                        metric=board.metric,
                        variant=board.variant,
                        language=language,
                        score=row.value,
                        n=row.score.n,
                        gain=row.value - before[language].value if language in before else None,
                        gain_english=gains.get("english"),
                        gain_others=gains.get("others"),
                        gap=_value(parts.get("gap")),
                        retention=_value(parts.get("retention")),
                        strongest_baseline=board.strongest(language)[1],
                        signature=row.score.signature,
                        collapsed=ledger.collapsed.get((row.score.run, row.key), ""),
                    )
                )
    return table


def _value(part: Part | None) -> float | None:
    return part.value if part else None
