"""How far arms lie from targets, as `isogloss measure` left it in a store: it may move the gain that is expected.

Only texts speak: lexical and distributional distances. Label-aware measures read the labels of tests and are left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from isogloss.advice.measured import of_studies
from isogloss.analysis.ledger import label
from isogloss.analysis.measured import divergences
from isogloss.core.controls import NONE
from isogloss.core.languages import ENGLISH
from isogloss.store.store import Store

FAMILIES = ("lexical", "distributional")
"""Those whose values depend on two texts and on nothing else."""
At = tuple[str, str, str]
"""Encoder, target and arm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Distance:
    """One arm from one target in one language, by one measure. Larger is farther; each measure has its own unit."""

    encoder: str
    """As runs are labelled."""
    target: str
    arm: str
    language: str
    measure: str
    """With its version, layer and pooling: what is comparable."""
    value: float


def distances(store: Store, studies: Sequence[str] = ()) -> list[Distance]:
    """Of some studies of a store, or of all that can be read; the target's own task is a control and is left out."""
    return list(chain.from_iterable(of_studies(store, studies, lambda name: list(_of(store, name)))))


def _of(store: Store, name: str) -> Iterator[Distance]:
    study = store.study(name)
    rows = [
        row for row in divergences(store, study) if row.family in FAMILIES and row.intermediate not in ("", NONE)
    ]  # fmt: skip
    if not rows:
        return
    labels = label(study.specs, study.tasks)
    encoders = {study.specs[run].pretrained.run_id: told.encoder for run, told in labels.items()}
    controls = {
        (each.task, labels[each.run].intermediate) for each in study.evaluations if labels[each.run].same_task
    }  # fmt: skip
    for row in rows:
        if row.encoder in encoders and (row.target, row.intermediate) not in controls:
            yield Distance(
                encoder=encoders[row.encoder], target=row.target, arm=row.intermediate, language=row.language,
                measure=f"{row.measure} {row.version} {row.layer} {row.pooling}",
                value=-row.value if row.direction == "similarity" else row.value,
            )  # fmt: skip


def apart(found: Iterable[Distance], languages: Sequence[str] = ()) -> dict[At, float]:
    """How much farther each arm lies from its target than the other arms do, in standard deviations.

    Each measure is scaled by what arms before one target differ by, on one encoder; an arm's value is the mean over
    measures. Of the languages asked for, else of all but English. A target before which one arm alone was measured has
    none.
    """
    by: dict[tuple[str, str], dict[tuple[str, str], dict[str, list[float]]]] = {}
    for each in found:
        cell = by.setdefault((each.encoder, each.measure), {}).setdefault((each.target, each.arm), {})
        cell.setdefault(each.language, []).append(each.value)
    told: dict[At, list[float]] = {}
    for (encoder, _), cells in by.items():
        values = {at: value for at, of in cells.items() if (value := _mean(of, languages)) is not None}
        arms: dict[str, dict[str, float]] = {}
        for (target, arm), value in values.items():
            arms.setdefault(target, {})[arm] = value
        away = {
            (target, arm): value - fmean(here.values())
            for target, here in arms.items() if len(here) > 1 for arm, value in here.items()
        }  # fmt: skip
        spread = fmean(value**2 for value in away.values()) ** 0.5 if away else 0.0
        for (target, arm), value in away.items() if spread > 0 else ():
            told.setdefault((encoder, target, arm), []).append(value / spread)
    return {at: fmean(of) for at, of in told.items()}


def _mean(of: Mapping[str, Sequence[float]], languages: Sequence[str]) -> float | None:
    asked = [code for code in languages if code in of] or [code for code in of if code != ENGLISH]
    return fmean(value for code in asked for value in of[code]) if asked else None
