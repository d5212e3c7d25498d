"""What to do next: runs and labels by what they are expected to change, and when to stop."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isogloss.advice.arms import UNFIT, UNWORTHY, WORTH, Prior, Seen, assumed, believe
from isogloss.advice.forecast import Forecast
from isogloss.core.controls import NONE
from isogloss.core.typing import Float, np

RUN, LABELS = "run", "labels"
SENTENCES = 100
"""To label in a language."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do."""

    kind: str
    """RUN (an arm once more) or LABELS (a language)."""
    name: str
    hours: float | None
    change: str
    """What it is expected to change, in words' place: "best score" or "standard deviation"."""
    before: float
    after: float
    """Of a run: 0 and the points of [0, 1] it is expected to add; of labels: mean sd on the logit before and after."""


@dataclass(frozen=True, kw_only=True)
class Steps:
    """In the order they bring most."""

    steps: tuple[Step, ...]
    stop: str
    """Why no further run is advised; empty where more would be."""
    expected: float
    """What the best further run is expected to add, when it ends."""


def steps(
    told: Prior, seen: Sequence[Seen], noise: float, *, cells: int, hours: Mapping[str, float | None],
    most_hours: float | None = None, forecast: Forecast | None = None,
) -> Steps:  # fmt: skip
    """Up to `cells` runs, then the languages to label. Stops where no run is worth its hours."""
    made: list[Step] = []
    known = list(seen)
    spent, stop, worth = 0.0, "", 0.0
    while sum(each.kind == RUN for each in made) < cells:
        place, worth = _most(told, known, noise, hours)
        if worth < WORTH:
            stop = UNWORTHY
            break
        name = told.arms[place]
        price = hours.get(name)
        if most_hours is not None and price is not None and spent + price > most_hours:
            stop = UNFIT
            break
        spent += price or 0.0
        made.append(Step(kind=RUN, name=name, hours=price, change="best score", before=0.0, after=worth))
        known = assumed(told, known, noise, place)
    if forecast is not None:
        made += [
            Step(kind=LABELS, name=code, hours=None, change="standard deviation", before=before, after=after)
            for code, before, after in forecast.label
        ]
    return Steps(steps=tuple(made), stop=stop, expected=worth)


At = tuple[str, str]
"""Encoder and target."""


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Of a study: its runs and labels, those that bring most first, whatever their target."""

    runs: tuple[tuple[At, Step], ...]
    labels: tuple[tuple[At, Step], ...]
    stop: tuple[tuple[At, str], ...]
    """Where no further run is advised, and why."""


def merged_steps(every: Sequence[tuple[At, Steps]], cells: int, most_hours: float | None) -> Whole:
    """The best `cells` runs of all targets within the hours, and the labels of all."""
    runs = [(at, step) for at, of in every for step in of.steps if step.kind == RUN]
    runs.sort(key=lambda each: -each[1].after)
    kept: list[tuple[At, Step]] = []
    spent = 0.0
    for at, step in runs[:cells]:
        if most_hours is None or spent + (step.hours or 0.0) <= most_hours:
            kept.append((at, step))
            spent += step.hours or 0.0
    labels = [(at, step) for at, of in every for step in of.steps if step.kind == LABELS]
    labels.sort(key=lambda each: each[1].after - each[1].before)
    return Whole(runs=tuple(kept), labels=tuple(labels), stop=tuple((at, of.stop) for at, of in every if of.stop))


def _most(told: Prior, known: Sequence[Seen], noise: float, hours: Mapping[str, float | None]) -> tuple[int, float]:
    """The arm whose next run adds most per hour, and what it adds. Without any run none comes first."""
    if not known:
        return (told.arms.index(NONE), told.scale) if NONE in told.arms else (told.order[0], told.scale)
    belief = believe(told, known, noise)
    adds: Float[np.ndarray, "a"] = belief.gain()
    price = np.array([hours.get(name) or 1.0 for name in told.arms])
    worth = adds >= WORTH
    rate = np.where(worth, adds / price, -1.0) if worth.any() else adds / price
    place = int(rate.argmax())
    return place, float(adds[place])
