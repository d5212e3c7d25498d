"""What a store has measured: the scores of every arm before every target, per language, run by run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, pstdev
from typing import TypeVar

from isogloss.advice.arms import Result
from isogloss.analysis import ledger
from isogloss.analysis.ledger import Row
from isogloss.core.controls import NONE
from isogloss.core.errors import IsoglossError
from isogloss.core.languages import ENGLISH
from isogloss.core.spec import RunSpec
from isogloss.store.run_record import NOTHING, RunRecord
from isogloss.store.store import Store

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One arm before one target on one encoder: the runs there are."""

    study: str
    encoder: str
    target: str
    """The task that was tested."""
    arm: str
    chance: float
    runs: Mapping[str, Mapping[str, float]]
    """run → language → score in [0, 1], by the metric that counts."""
    seconds: float | None
    """Mean seconds of training that its runs took, their intermediate phase included; None where not recorded."""
    control: bool = False
    """The arm is the target's own task."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that every run was tested in."""
        tested = [set(scores) for scores in self.runs.values()]
        return tuple(sorted(set.intersection(*tested))) if tested else ()

    def values(self, languages: Sequence[str]) -> list[float]:
        """The mean over some of its languages, run by run; nothing without any of them."""
        shared = [code for code in languages if code in self.languages]
        return [fmean(scores[code] for code in shared) for scores in self.runs.values()] if shared else []


def of_studies(store: Store, studies: Sequence[str], read: Callable[[str], T]) -> Iterator[T]:
    """What is read of each of some studies; without any, of all studies of a store but those that cannot be read."""
    for name in studies or store.studies():
        try:
            found = read(name)
        except IsoglossError:
            if studies:
                raise
            continue
        yield found


def cells(store: Store, studies: Sequence[str] = (), known: ledger.Ledger | None = None) -> list[Cell]:
    """Of some studies of a store, or of all that can be read; usual tests of sound runs alone.

    `known` is a study's ledger that was read already.
    """

    def read(name: str) -> ledger.Ledger:
        return known if known is not None and name == known.study.name else ledger.read(store, name)

    return [cell for book in of_studies(store, studies, read) for cell in cells_of(book)]


def planned(store: Store, studies: Sequence[str] = ()) -> list[str]:
    """Arms of some studies, or of all that can be read, whether they were run or not."""
    found: dict[str, None] = {}
    for study in of_studies(store, studies, store.study):
        labels = ledger.label(study.specs, study.tasks)
        found |= dict.fromkeys(each.intermediate for each in labels.values() if each.target and not each.same_task)
    return [arm for arm in found if arm != NONE]


def cells_of(book: ledger.Ledger) -> Iterable[Cell]:
    """Of one study, read already."""
    grouped: dict[tuple[str, str, str], list[Row]] = {}
    for row in book.kept(book.rows):
        score, label = row.score, row.label
        usual = score.way.weights in ("", "best") and not (score.way.part or score.way.perturbed or score.way.layer)
        if label.target and usual and score.split == "test" and score.metric == book.counts(score.task):
            grouped.setdefault((label.encoder, score.task, label.intermediate), []).append(row)
    specs = book.study.specs
    for (encoder, task, arm), rows in grouped.items():
        best = {row.score.run for row in rows if row.score.way.weights == "best"}
        runs: dict[str, dict[str, float]] = {}
        for row in rows:
            if (row.score.way.weights == "best") == (row.score.run in best):
                runs.setdefault(row.score.run, {})[row.score.language] = row.score.value
        seconds = [spent for run in list(runs)[:2] if (spent := _seconds(book, specs[run])) is not None]
        yield Cell(
            study=book.study.name, encoder=encoder, target=task, arm=arm or NONE, runs=runs,
            chance=float(book.tasks.get(task, {}).get("chance", 0.0) or 0.0),
            seconds=fmean(seconds) if seconds else None, control=rows[0].label.same_task,
        )  # fmt: skip


def _seconds(book: ledger.Ledger, run: RunSpec) -> float | None:
    """What training a run took, from its pretrained encoder on."""
    tuned = [each for each in run.lineage if each.phases and each.phases[-1].stage != "pretrain"]
    spent = [_took(book.records.get(each.run_id, NOTHING)) for each in tuned]
    known = [each for each in spent if each is not None]
    return sum(known) if known and len(known) == len(spent) else None


def _took(record: RunRecord) -> float | None:
    """Seconds of a training, also of one that was done for a twin."""
    rate = record.seconds_per_step
    return record.seconds if not record.same_as or rate is None else record.steps * rate


def asked_languages(cell: Cell, languages: Sequence[str]) -> list[str]:
    """Those of the asked ones that a cell has, English aside unless it was asked; all but English where it has none."""
    shared = [code for code in languages if code in cell.languages]
    return shared or [code for code in cell.languages if code != ENGLISH]


def merged(found: Iterable[Cell]) -> list[Cell]:
    """Cells of several studies as one for each encoder, target and arm; a run of two studies counts once."""
    by: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in found:
        by.setdefault((cell.encoder, cell.target, cell.arm), []).append(cell)
    return [
        Cell(
            study=of[0].study, encoder=at[0], target=at[1], arm=at[2], chance=of[0].chance, control=of[0].control,
            runs={run: scores for each in of for run, scores in each.runs.items()},
            seconds=next((each.seconds for each in of if each.seconds is not None), None),
        )
        for at, of in by.items()
    ]  # fmt: skip


def noise_of(found: Iterable[Cell], languages: Sequence[str]) -> float | None:
    """The standard deviation of a run, pooled over arms that were run twice or more; None where none was."""
    squares, degrees = 0.0, 0
    for cell in found:
        values = cell.values(asked_languages(cell, languages))
        if len(values) > 1:
            squares += pstdev(values) ** 2 * len(values)
            degrees += len(values) - 1
    return sqrt(squares / degrees) if degrees and squares > 0 else None


def results(found: Iterable[Cell], languages: Sequence[str], noise: float) -> list[Result]:
    """Boards for the prior: the mean of each arm's runs over the languages; controls are left out."""
    return [
        Result(
            encoder=cell.encoder, target=cell.target, arm=cell.arm, value=fmean(values),
            error=noise / sqrt(len(values)),
        )
        for cell in found
        if not cell.control and (values := cell.values(asked_languages(cell, languages)))
    ]  # fmt: skip
