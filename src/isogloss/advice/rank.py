"""Which intermediate task to run first: the belief over arms before a target, from tables and every run in a store.

No label of a test that was not yet run speaks: history is other targets and other encoders, and of divergences those
between texts alone. Runs of this very target are what was measured, and say so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf
from typing import TypeVar

from isogloss.advice import divergences, tables
from isogloss.advice.arms import UNFIT, UNWORTHY, WIDE, WORTH, Prior, Seen, assumed, believe, follow, prior
from isogloss.advice.divergences import Distance
from isogloss.advice.kinds import MULTI, OTHER, kind_of
from isogloss.advice.measured import Cell, asked_languages, merged, noise_of, results
from isogloss.core.controls import NONE
from isogloss.core.errors import SpecError
from isogloss.core.languages import ENGLISH
from isogloss.core.shown import amount
from isogloss.core.typing import np

T = TypeVar("T", Cell, Distance)
LEVEL = 0.9
"""Of the intervals."""
Z = 1.645
"""Of the standard normal, at that level."""
RUNS = 6
"""Advised where neither runs nor hours are limited."""
_MOST = 9999
"""Runs beyond which nobody would go."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked."""

    target: str
    encoder: str
    languages: tuple[str, ...]
    kind: str
    """Of the target."""


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One arm, and what is believed of it. Gains over none in [-1, 1], in the languages asked for."""

    name: str
    kind: str
    gain: float
    low: float
    high: float
    best: float
    """P(best)."""
    harm: float
    """P(it does worse than none)."""
    hours: float | None
    """Of one more run, its intermediate phase included; None where the size of the encoder is not known."""
    runs: int
    """Of this arm before this target, in the store."""
    measured: float | None
    """Their mean score."""
    why: str


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The answer."""

    question: Question
    arms: tuple[Arm, ...]
    """By expected gain, best first; "none" and several at once among them."""
    first: tuple[str, ...]
    """What to run, one seed each, in this order."""
    stop: str
    """Why no further run is advised; empty where only the number of runs ends the list."""
    hours: float | None
    """What these cost together."""
    all_hours: float | None
    """What one run of every arm costs."""
    beside: Mapping[str, tuple[str, float | None]]
    """"random", "type" and "size" → the arm that would be run first (of "random" none), and its expected gain."""
    decided: tuple[str, ...]
    """Arms whose interval leaves out 0."""
    seeds: int | None
    """Runs of an arm and of none that would tell the first gain from 0, were it what is expected; None for never."""
    track: tables.Track
    runs: tuple[str, ...]
    """Ids of the runs it knew."""
    notes: tuple[str, ...]
    boards: int
    """Targets and encoders of history."""
    control: tuple[str, ...]
    """Arms left out since they are the target's own task."""


def same_encoder(label: str, asked: str) -> bool:
    """Whether a store's name of an encoder is the one asked for; "small" is our own."""
    name = asked.rstrip("/").split("/")[-1].lower()
    label = label.lower()
    return (
        label == name or label.startswith(f"{name} (") or (name in ("small", "own") and label.startswith("own encoder"))
    )


def rank(
    question: Question,
    arms: Mapping[str, str],
    found: Sequence[Cell],
    *,
    sizes: Mapping[str, int] | None = None,
    hours: Mapping[str, float | None] | None = None,
    most_runs: int | None = None,
    most_hours: float | None = None,
    own: Sequence[str] = (),
    far: Sequence[Distance] = (),
) -> Ranking:
    """The ranking of `arms` (name → kind), with what a store has measured.

    `sizes` are training examples, `hours` the cost of a run. `own` are arms that are the target's own task, `far` the
    divergences that were measured. Raises SpecError where nothing is left to rank.
    """
    sizes, hours = sizes or {}, hours or {}
    ground = known(question, arms, found, own, far)
    names, told_noise = list(ground.prior.arms), ground.noise
    rows = _rows(ground, question, hours)
    order, stop = _first(ground, hours, most_runs, most_hours)
    decided = tuple(row.name for row in rows if row.name != NONE and (row.low > 0 or row.high < 0))
    lead = next((row for row in rows if row.name != NONE), None)
    return Ranking(
        question=question, arms=rows, first=tuple(order), stop=stop, hours=_total(order, hours),
        all_hours=_total(names, hours), beside=_beside(rows, question, sizes), decided=decided,
        seeds=_seeds(lead, told_noise),
        track=tables.track(len({*order, *(each.arm for each in ground.seen)})), runs=ground.runs,
        notes=tuple(_notes(question, ground)), boards=ground.prior.boards, control=tuple(own),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What an answer rests on: the prior over arms, what runs of this target scored, and the noise of a run."""

    prior: Prior
    seen: tuple[Seen, ...]
    noise: float
    repeated: bool
    """Whether any run was repeated in the store: else the noise is that of published encoders."""
    cells: tuple[Cell, ...]
    here: Mapping[str, Cell]
    """Arm → its cell before this target."""
    runs: tuple[str, ...]
    kinds: Mapping[str, str]
    apart: Mapping[str, float]
    """Arm → how much farther it lies from the target than the others, in standard deviations, where it was measured."""


def known(
    question: Question, arms: Mapping[str, str], found: Sequence[Cell], own: Sequence[str] = (),
    far: Sequence[Distance] = (),
) -> Ground:  # fmt: skip
    """All that is known of `arms` before the target. Raises SpecError where nothing is left to rank."""
    names = [NONE, *(name for name in arms if name not in (NONE, *own))]
    if not any(name not in (NONE, MULTI) for name in names):
        raise SpecError(f"no intermediate task to rank before {question.target}; name some with --arms A,B.")
    if MULTI not in names and not any("+" in name for name in names):
        names.append(MULTI)
    cells = merged(_renamed(found, question.encoder))
    here = [each for each in cells if each.encoder == question.encoder and each.target == question.target]
    noise = noise_of(here, question.languages) or noise_of(
        (each for each in cells if each.encoder == question.encoder), question.languages
    )
    told = noise or tables.noise(question.kind)
    kinds = {name: kind_of(name) for each in cells for name in (each.arm, each.target)}
    kinds |= {**{name: kind_of(name) for name in names}, **arms, question.target: question.kind}
    history = [*tables.history(), *results(cells, question.languages, told)]
    apart = divergences.apart(_renamed(far, question.encoder), question.languages)
    made = prior(
        history, names, question.encoder, question.target, usual=0.01, noise=told,
        kind=lambda name: kinds.get(name) or kind_of(name), apart=apart,
    )  # fmt: skip
    seen, measured, runs = _seen(here, names, question.languages)
    return Ground(
        prior=made, seen=tuple(seen), noise=told, repeated=noise is not None, cells=tuple(cells), here=measured,
        runs=runs, kinds=kinds,
        apart={name: apart[at] for name in names if (at := (question.encoder, question.target, name)) in apart},
    )  # fmt: skip


def _renamed(found: Sequence[T], encoder: str) -> list[T]:
    """With the encoder by the name that was asked for, where it is another name of the same one."""
    return [replace(each, encoder=encoder) if same_encoder(each.encoder, encoder) else each for each in found]


def _seen(
    here: Sequence[Cell], names: Sequence[str], languages: Sequence[str]
) -> tuple[list[Seen], dict[str, Cell], tuple[str, ...]]:
    """Runs of this board, on the languages that all of its arms were tested in."""
    kept = [each for each in here if each.arm in names and not each.control]
    shared = set.intersection(*(set(each.languages) for each in kept)) if kept else set()
    wanted = [code for code in languages if code in shared] or [code for code in sorted(shared) if code != ENGLISH]
    seen = [
        Seen(arm=each.arm, value=float(np.mean(values)), runs=len(values))
        for each in kept
        if (values := each.values(wanted))
    ]
    return seen, {each.arm: each for each in kept}, tuple(sorted(run for each in kept for run in each.runs))


def _rows(ground: Ground, question: Question, hours: Mapping[str, float | None]) -> tuple[Arm, ...]:
    belief = believe(ground.prior, ground.seen, ground.noise)
    gains = belief.over()
    low, high = np.quantile(gains, ((1 - LEVEL) / 2, (1 + LEVEL) / 2), axis=0)
    mean, harm = belief.mean - belief.mean[0], (gains < 0).mean(axis=0)
    rows = []
    for place, name in enumerate(belief.arms):
        cell = ground.here.get(name)
        values = cell.values(asked_languages(cell, question.languages)) if cell else []
        rows.append(
            Arm(
                name=name, kind=ground.kinds[name], gain=float(mean[place]), low=float(low[place]),
                high=float(high[place]), best=float(belief.best[place]),
                harm=0.0 if name == NONE else float(harm[place]), hours=hours.get(name), runs=len(values),
                measured=float(np.mean(values)) if values else None,
                why=_why(name, question, ground, len(values)),
            )
        )  # fmt: skip
    return tuple(sorted(rows, key=lambda row: -row.gain))


def _why(name: str, question: Question, ground: Ground, runs: int) -> str:
    """What speaks: own runs, type, divergence, other targets of the store, published targets."""
    kind, far, slope = ground.kinds[name], ground.apart.get(name), ground.prior.slope[0] * ground.prior.scale
    told = [f"{amount(runs, 'run')} here"] if runs else []
    if kind == question.kind and kind != OTHER:
        told.append("the target's type")
    if far is not None:
        told.append(
            f"text {abs(far):.1f} sd {'farther' if far > 0 else 'nearer'} than other arms ({100 * slope * far:+.1f})"
        )
    others = {each.target for each in ground.cells if each.arm == name and each.target != question.target}
    if others:
        told.append(f"before {amount(len(others), 'other target')} of the store")
    published = sum(n for (_, arm), n in tables.popularity().items() if arm == name)
    alike = sum(n for (_, arm), n in tables.popularity().items() if arm != name and kind_of(arm) == kind)
    if name != NONE and published:
        told.append(f"{published} published targets")
    elif name != NONE and alike and kind != OTHER:
        told.append(f"tasks of its type before {alike} published targets")
    return "; ".join(told) or ("what to beat" if name == NONE else "nothing is known of it")


def _first(
    ground: Ground, hours: Mapping[str, float | None], most_runs: int | None, most_hours: float | None
) -> tuple[list[str], str]:
    """Runs to make, and why no more: none first where it has no run, for it is what to beat; then as the policy says,
    while it pays."""
    made, seen = ground.prior, list(ground.seen)
    cost = np.array([max(hours.get(name) or 1.0, 1e-9) for name in made.arms])
    limit = most_runs if most_runs is not None else len(made.arms) if most_hours is not None else RUNS
    order: list[str] = []
    spent = 0.0
    while len(order) < limit:
        tried = {each.arm for each in seen}
        place = 0 if NONE not in tried else follow(made, seen, cost)
        if place is None or (len(tried) >= min(WIDE, len(made.arms)) and _adds(made, seen, place) < WORTH):
            return order, UNWORTHY
        price = hours.get(made.arms[place]) or 0.0
        if most_hours is not None and spent + price > most_hours:
            return order, UNFIT
        order.append(made.arms[place])
        spent += price
        seen = assumed(made, seen, ground.noise, place)
    return order, "" if limit else "none was asked for"


def _adds(made: Prior, seen: Sequence[Seen], place: int) -> float:
    return float(believe(made, seen).gain()[place])


def _total(order: Sequence[str], hours: Mapping[str, float | None]) -> float | None:
    known = [hours.get(name) for name in order]
    return None if any(each is None for each in known) or not known else float(sum(each or 0.0 for each in known))


def _beside(rows: Sequence[Arm], question: Question, sizes: Mapping[str, int]) -> dict[str, tuple[str, float | None]]:
    """The choices of those who do not ask: at random, the largest of the same type, the largest."""
    tasks = [row for row in rows if row.name not in (NONE, MULTI) and "+" not in row.name]
    known = [row for row in tasks if sizes.get(row.name)]
    largest = max(known, key=lambda row: sizes[row.name], default=None)
    typed = [row for row in tasks if row.kind == question.kind and row.kind != OTHER]
    alike = max(typed, key=lambda row: sizes.get(row.name, 0), default=None)
    return {
        "random": ("", float(np.mean([row.gain for row in tasks])) if tasks else None),
        "type": (alike.name, alike.gain) if alike else ("", None),
        "size": (largest.name, largest.gain) if largest else ("", None),
    }


def _seeds(lead: Arm | None, noise: float) -> int | None:
    """Runs each of an arm and of none after which a 90% interval of their difference leaves out 0, if it is as said."""
    if lead is None or lead.gain == 0:
        return None
    needed = 2 * (Z * noise / abs(lead.gain)) ** 2
    return ceil(needed) if needed < inf and needed < _MOST else None


def _notes(question: Question, ground: Ground) -> list[str]:
    """What it cannot say."""
    published = {each.encoder for each in tables.history()}
    own = [each for each in ground.cells if each.encoder == question.encoder]
    here = list(ground.here.values())
    notes = []
    if question.encoder not in published and not own:
        notes.append(
            f"{question.encoder} is in no table and has no run in this store: what is said of it is what held for "
            f"{' and '.join(sorted(published))}."
        )
    if not own:
        notes.append("Published gains are in English: which language gains most is not in them.")
    if here:
        tested = {code for each in here for code in each.languages}
        if absent := [code for code in question.languages if code not in tested]:
            notes.append(f"{', '.join(absent)}: not tested in this store; the other languages stand for them.")
        notes.append(
            "Runs of this target were scored on its tests. Whoever chooses by them reports the choice on other data."
        )
    if not ground.repeated:
        notes.append("No run was repeated: the noise of a run is that of published encoders on such tasks.")
    mean, sd = (100 * each * ground.prior.scale for each in ground.prior.slope)
    if ground.apart:
        notes.append(
            f"Divergence: {mean:+.1f} points for a standard deviation farther, give or take {Z * sd:.1f}; the prior "
            "keeps it near 0, and only this store's runs move it. Measures that read labels are not used."
        )
    if question.kind == OTHER:
        notes.append(f"The type of {question.target} is not known from its name; no intermediate task counts as alike.")
    return notes
