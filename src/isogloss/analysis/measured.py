"""What there is to measure in a study, one encoder, intermediate task and target at a time, and what of it was."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.analysis.learned import own_phase
from isogloss.analysis.ledger import label
from isogloss.core.controls import NONE
from isogloss.core.phase import Phase
from isogloss.core.spec import RunSpec
from isogloss.store.divergence import CHANGE, Divergence
from isogloss.store.store import Store
from isogloss.store.study import SavedStudy


@dataclass(frozen=True, kw_only=True)
class Target:
    """A test that a study asks for, and not one of an intermediate phase on its own task."""

    task: str
    split: str
    languages: tuple[str, ...]
    limit: int


@dataclass(frozen=True, kw_only=True)
class Pairing:
    """One encoder, one intermediate task ("" = none is needed), one target: what is saved together."""

    encoder: RunSpec
    intermediate: str
    phases: tuple[Phase, ...]
    target: Target
    beside: tuple[Target, ...] = ()
    """Of what is asked of languages alone: the encoder's targets, those in most languages first."""

    @property
    def name(self) -> str:
        """Its file."""
        told = repr((self.intermediate, self.target))
        return f"{self.encoder.run_id}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"

    @property
    def title(self) -> str:
        """What a progress line says."""
        return f"{self.intermediate or 'English'} → {self.target.task or 'each language'}"


def divergences(store: Store, study: SavedStudy) -> list[Divergence]:
    """What was measured of what a study holds now.

    Its folder may hold more: encoders, settings, tests and languages that went by the study's name before. Where two
    files have one value, that of the study as it is now counts.
    """
    parts = pairings_of(study)
    alone = {part.encoder.run_id: part.target.languages for part in parts if not part.target.task}
    held: dict[tuple[str, ...], tuple[str, ...]] = {}
    for part in parts:
        encoder, target = part.encoder.run_id, part.target
        held[encoder, part.intermediate, target.task, target.split] = target.languages
        held[encoder, part.intermediate, "", ""] = alone[encoder]
    own = {part.name for part in parts} | {changed(*at[:2]) for at in held}
    rows: dict[tuple[object, ...], Divergence] = {}
    for name in sorted(store.measured(study.name), key=lambda name: (name not in own, name)):
        for row in store.divergences(study.name, name):
            spoken = held.get((row.encoder, row.intermediate, row.target, row.split if row.target else ""))
            if spoken is not None and (not spoken or row.language in spoken):  # a study may not say in which languages
                rows.setdefault(row.identity, row)
    return list(rows.values())


def changed(encoder: str, intermediate: str) -> str:
    """The file of what an intermediate task did to the alignment of an encoder, by its run."""
    return f"{encoder}-{hashlib.sha256(f'{CHANGE}/{intermediate}'.encode()).hexdigest()[:8]}"


def pairings_of(study: SavedStudy) -> list[Pairing]:
    """Everything there is to measure in a study, encoder by encoder. An intermediate phase's test of its own task asks
    for nothing."""
    specs = study.specs
    labels = label(specs, study.tasks)
    before = {run: spec.pretrained for run, spec in specs.items()}
    encoders = {spec.run_id: spec for spec in before.values()}
    middles: dict[str, dict[str, tuple[Phase, ...]]] = {name: {} for name in encoders}
    for run, spec in specs.items():
        phases = tuple(phase for phase in spec.phases if phase.stage == "intermediate")
        if phases and labels[run].intermediate != NONE:
            middles[before[run].run_id].setdefault(labels[run].intermediate, phases)
    targets: dict[str, dict[Target, None]] = {name: {} for name in encoders}
    for each in study.evaluations:
        if own_phase(specs[each.run], each.task):
            continue  # it tells whether the phase was learned, and is no target
        tested = Target(task=each.task, split=each.split, languages=each.languages, limit=each.limit)
        targets[before[each.run].run_id][tested] = None
    parts = []
    for name, encoder in encoders.items():
        parts.append(_of_languages(encoder, tuple(targets[name])))
        parts += [
            Pairing(encoder=encoder, intermediate=middle, phases=phases, target=target)
            for target in targets[name]
            for middle, phases in {"": (), **middles[name]}.items()
        ]
    return parts


def _of_languages(encoder: RunSpec, targets: Sequence[Target]) -> Pairing:
    """What is asked of languages alone: no task is the target."""
    languages = tuple(dict.fromkeys(code for target in targets for code in target.languages))
    nothing = Target(task="", split="", languages=languages, limit=0)
    widest = tuple(sorted(targets, key=lambda target: -len(target.languages)))
    return Pairing(encoder=encoder, intermediate="", phases=(), target=nothing, beside=widest)
