"""Outcomes beside the divergences they are held against: the tables that effects are estimated from."""

from collections.abc import Iterable, Sequence

from isogloss.analysis.effects import Design
from isogloss.analysis.outcomes import ALL, Outcome, Outcomes
from isogloss.core import languages
from isogloss.core.errors import MetricError, UnknownName
from isogloss.core.languages import ENGLISH
from isogloss.core.typing import np
from isogloss.core.way import reference_layer
from isogloss.store.divergence import CHANGE, Divergence

FEWEST = 12
"""Rows below which no effect is estimated."""


def named(rows: Iterable[Divergence]) -> dict[str, list[Divergence]]:
    """Measures by name and version, and by layer and pooling where there are several of them."""
    found: dict[str, dict[tuple[int | None, str], list[Divergence]]] = {}
    for row in rows:
        name = f"{row.measure} ({row.version})" if row.version else row.measure
        found.setdefault(name, {}).setdefault((row.layer, row.pooling), []).append(row)
    return {
        f"{name} at layer {layer}, {pooling}" if len(ways) > 1 else name: of
        for name, ways in sorted(found.items())
        for (layer, pooling), of in sorted(ways.items(), key=lambda pair: str(pair[0]))
    }


def heeded(rows: Iterable[Divergence]) -> list[Divergence]:
    """The rows that outcomes are held against: changes of alignment at two layers alone, fixed before they were seen.

    The layer that stands for all, and the last one, which the heads read. All layers would be as many hypotheses.
    """
    rows = list(rows)
    depth = max((row.layer or 0 for row in rows if row.version == CHANGE), default=0)
    layers = (reference_layer(depth), depth)
    return [row for row in rows if row.version != CHANGE or row.layer in layers]


class _Known:
    """Divergences by cell; larger is farther."""

    def __init__(self, rows: Iterable[Divergence]) -> None:
        self.values = {
            (row.encoder, row.intermediate, row.target, row.language): row.value
            * (-1 if row.direction == "similarity" else 1)
            for row in rows
        }

    def of(self, encoder: str, intermediate: str, target: str, language: str) -> float | None:
        """Of one cell; rows that do not depend on a task hold for all of them."""
        for one in (intermediate, ""):
            for two in (target, ""):
                if (found := self.values.get((encoder, one, two, language))) is not None:
                    return found
        return None

    def mean(self, encoder: str, intermediate: str, target: str, over: Sequence[str]) -> float | None:
        """Over languages; None unless all are known."""
        found = [self.of(encoder, intermediate, target, language) for language in over]
        known = [each for each in found if each is not None]
        return float(np.mean(known)) if known and len(known) == len(found) else None


def table(
    cells: Sequence[Outcome], every: Outcomes, rows: Sequence[Divergence], controls: Sequence[Divergence]
) -> Design:
    """Outcomes beside divergences, a row per pretrained encoder. Raises MetricError where too little is left.

    A divergence that knows no intermediate task (alignment, LogME) is the same before all of them. It meets their mean:
    five tasks after one encoder are not five observations of how that encoder reads a language.
    """
    known = _Known(rows)
    spoken = {
        target: sorted({each.language for each in every.rows if each.target == target and each.language != ALL})
        for target in {each.target for each in cells}
    }
    kept: list[_Row] = []
    for cell in cells:
        over = spoken[cell.target] if cell.language == ALL else [cell.language]
        for copy, value in cell.values.items():
            encoder = every.pretrained[cell.encoder, copy]
            far = known.mean(encoder, cell.intermediate, cell.target, over)
            if far is not None:
                kept.append((cell, copy, encoder, value, far))
    alone = all(not row.intermediate for row in rows)
    kept = _averaged(kept) if alone else kept
    if len(kept) < FEWEST:
        raise MetricError(f"{len(kept)} cells with both an outcome and a divergence; {FEWEST} are needed.")
    x = np.array([each[4] for each in kept])
    if x.std() <= 1e-9 * (1.0 + np.abs(x).max()):
        raise MetricError("the divergence is the same in all cells (saturated, or one task and language).")
    where = [spoken[each[0].target] if each[0].language == ALL else [each[0].language] for each in kept]
    factors = {
        "encoder": [f"{each[0].encoder}/{each[1]}" for each in kept],
        "intermediate": [each[0].intermediate for each in kept],
        "target": [each[0].target for each in kept],
        "language": [each[0].language for each in kept],
    }
    if all(language == ALL for language in factors["language"]):
        del factors["language"]
    if alone:
        del factors["intermediate"]
    encoders = [each[2] for each in kept]
    return Design(
        outcome=np.array([each[3] for each in kept]),
        divergence=(x - x.mean()) / x.std(),
        factors=factors,
        controls={
            name: np.array(values)
            for name, values in _controls(encoders, where, controls).items()
            if values is not None and np.std(values) > 0
        },
    )


_Row = tuple[Outcome, str, str, float, float]
"""One outcome, the pretrained copy, its run, the value, and the divergence."""


def _averaged(rows: Sequence[_Row]) -> list[_Row]:
    """The mean over intermediate tasks of what one copy does on one target in one language."""
    groups: dict[tuple[str, ...], list[_Row]] = {}
    for row in rows:
        cell, copy = row[0], row[1]
        groups.setdefault((cell.encoder, copy, cell.target, cell.language), []).append(row)
    return [(*each[0][:3], float(np.mean([row[3] for row in each])), each[0][4]) for each in groups.values()]


def _controls(
    encoders: Sequence[str], where: Sequence[Sequence[str]], rows: Sequence[Divergence]
) -> dict[str, list[float] | None]:
    """Typological distance (URIEL's where it is known, else the table's) and the size of the pretraining text."""
    uriel = [
        _Known(row for row in rows if row.measure == name)
        for name in sorted({r.measure for r in rows if "uriel" in r.measure})
    ]
    sizes = _Known(row for row in rows if row.measure == "pretraining_size")
    typology = _all([known.mean(e, "", "", over) for known in uriel] for e, over in zip(encoders, where, strict=True))
    if typology is None:
        try:
            typology = [float(np.mean([languages.distance(each, ENGLISH) for each in over])) for over in where]
        except UnknownName:  # languages of worlds
            typology = None
    return {
        "typology": typology,
        "pretraining size": _all([sizes.mean(e, "", "", over)] for e, over in zip(encoders, where, strict=True)),
    }


def _all(values: Iterable[Sequence[float | None]]) -> list[float] | None:
    found = []
    for each in values:
        known = [value for value in each if value is not None]
        if not known or len(known) < len(each):
            return None
        found.append(float(np.mean(known)))
    return found
