"""What divergence does to an outcome: one slope, with everything that was repeated counted once.

Rows are (pretrained encoder, intermediate task, target task, language), the mean over fine-tuning seeds: seeds of one
encoder do not count as encoders. What rows share is a random effect; with three units or more, the slope itself may
differ from encoder to encoder, task to task and language to language, and then rests on as many pieces as there are.
Two units of a kind say nothing about others: they become fixed effects and the result speaks of these two alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, factorial, prod
from typing import Any

from isogloss.core.seeds import rng
from isogloss.core.typing import Float, Int, np
from isogloss.stats.mixed import Fit, Slope, Term, fit

FACTORS = ("encoder", "intermediate", "target", "language")
SHARED = (
    ("target", "language"),
    ("intermediate", "target"),
    ("intermediate", "language"),
    ("encoder", "target"),
    ("encoder", "language"),
    ("encoder", "intermediate", "target"),
)
"""What several rows share beside the factors themselves: test sets, pairs of tasks, an encoder's grip on a target and
on a language, a run. One text under one intermediate task, seen by every encoder, is the model's cell. An encoder's
grip on a target in a language does not get its own term: docs/truth.md says why."""
CELL = ("intermediate", "target", "language")
UNITS = 3
"""With fewer units of a kind nothing is said about others of that kind."""
DRAWS = 1999
FEWEST = 20
"""Relabellings below which a permutation test could never reach p = .05."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """One outcome against one divergence, a row per encoder, intermediate task, target task and language."""

    outcome: Float[np.ndarray, "n"]
    divergence: Float[np.ndarray, "n"]
    """In standard deviations over these rows; larger is farther."""
    factors: Mapping[str, Sequence[str]]
    """One level per row; language is absent for outcomes over all languages, intermediate where none enters."""
    controls: Mapping[str, Float[np.ndarray, "n"]]

    def codes(self, *names: str) -> Int[np.ndarray, "n"]:
        """Levels of a factor, or of several together, as numbers from 0."""
        joint = list(zip(*(self.factors[name] for name in names), strict=True))
        order = {level: place for place, level in enumerate(sorted(set(joint)))}
        return np.array([order[level] for level in joint])

    def count(self, name: str) -> int:
        """How many levels a factor has."""
        return len(set(self.factors.get(name, ())))


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The slope of an outcome on a divergence, per standard deviation of divergence."""

    slope: Slope
    units: Mapping[str, int]
    """Factor → levels."""
    rows: int
    varies: tuple[str, ...]
    """Factors between whose levels the slope itself was found to vary."""
    fixed: tuple[str, ...]
    """Factors with too few levels: the result speaks of these levels only."""
    shrinks: Mapping[str, float]
    """Factor → part of the slope's variance that more of its levels would shrink."""
    controls: Mapping[str, Slope]
    fit: Fit


class Model:
    """Fixed effects, random terms and cells of a table."""

    def __init__(self, table: Design) -> None:
        self.table = table
        n = len(table.outcome)
        columns = [np.ones(n), table.divergence]
        names = ["intercept", "divergence"]
        for name, values in table.controls.items():
            if _adds(columns, values):
                columns.append((values - values.mean()) / values.std())
                names.append(name)
        self.few = tuple(name for name in FACTORS if 1 < table.count(name) < UNITS)
        for name in self.few:
            dummy = (table.codes(name) == 1).astype(np.float64)
            if _adds(columns, dummy):
                columns.append(dummy - dummy.mean())
                names.append(name)
        self.names, self.x = names, np.column_stack(columns)
        self.terms, self.cells = self._terms()

    def _terms(self) -> tuple[list[Term], Int[np.ndarray, "n"] | None]:
        table, n = self.table, len(self.table.outcome)
        many = [name for name in FACTORS if table.count(name) >= UNITS]
        terms = [Term(name=name, codes=table.codes(name)) for name in many]
        seen = {_partition(term.codes) for term in terms}
        for names in SHARED:
            codes = table.codes(*names) if set(names) <= set(table.factors) else np.zeros(n, dtype=int)
            if 1 < codes.max() + 1 < n and _partition(codes) not in seen:
                seen.add(_partition(codes))
                terms.append(Term(name=" × ".join(names), codes=codes))
        for name in many:
            codes = table.codes(name)
            if _varies_within(codes, table.divergence):
                terms.append(Term(name=f"slope by {name}", codes=codes, weights=table.divergence))
        cells = table.codes(*(name for name in CELL if name in table.factors))
        shared = cells.max() + 1 < n and _partition(cells) not in seen
        return terms, cells if shared else None

    def fit(self) -> Fit:
        """By REML. Slopes that seem not to vary stay in: leaving them out made intervals too narrow (docs/truth.md)."""
        return fit(self.table.outcome, self.x, self.terms, self.cells)


def estimate(table: Design) -> Effect:
    """The effect in one table. Raises MetricError where it cannot be estimated."""
    model = Model(table)
    solution = model.fit()
    share = {name: float(part[1] / solution.covariance[1, 1]) for name, part in solution.made_of.items()}
    units = {name: table.count(name) for name in FACTORS if name in table.factors}
    return Effect(
        slope=solution.slope(1),
        units=units,
        rows=len(table.outcome),
        varies=tuple(
            term.name.removeprefix("slope by ")
            for term in model.terms
            if term.weights is not None and solution.ratios[term.name] > 0
        ),
        fixed=tuple(name for name in units if units[name] < UNITS),
        shrinks={name: sum(part for term, part in share.items() if _of(term, name)) for name in units},
        controls={name: solution.slope(place) for place, name in enumerate(model.names) if name in table.controls},
        fit=solution,
    )


def _of(term: str, factor: str) -> bool:
    return term == "residual" or factor in (CELL if term == "cell" else term.removeprefix("slope by ").split(" × "))


def units_needed(effect: Effect, half: float) -> dict[str, int | None]:
    """How many levels of each factor alone would shrink the interval to ± `half`; None where no number would."""
    wanted = (half * effect.slope.error / (effect.slope.high - effect.slope.value)) ** 2 / effect.slope.error**2
    found: dict[str, int | None] = {}
    for name, count in effect.units.items():
        shrinks = effect.shrinks[name]
        room = wanted - (1 - shrinks)
        found[name] = ceil(count * shrinks / room) if room > 1e-3 else None
    return found


def permuted(table: Design, key: str, draws: int = DRAWS) -> float | None:
    """Two-sided p of a block permutation test after Freedman and Lane (1983); None where too few relabellings exist.

    Names of languages and of intermediate tasks are exchanged, each in all rows at once, so that a language keeps its
    rows together; only among those that were tested in the same cells. Targets and encoders are blocks: nothing moves
    between them. The test's null hypothesis is no association in any target.
    """
    nuisance = [np.ones(len(table.outcome)), *table.controls.values()]
    nuisance += [
        (table.codes(name) == level) * 1.0 for name in ("target", "encoder") for level in range(table.count(name))
    ]
    space = np.column_stack(nuisance)
    y, x = _residual(table.outcome, space), _residual(table.divergence, space)
    if float(x @ x) < 1e-9 * len(x):
        return None
    moved = [name for name in ("intermediate", "language") if table.count(name) > 1]
    groups = {name: _alike(table, name) for name in moved}
    if prod(factorial(min(len(group), 12)) for each in groups.values() for group in each) < FEWEST:
        return None
    codes = {name: table.codes(name) for name in FACTORS if name in table.factors}
    sizes = [table.count(name) for name in codes]
    place = np.full(sizes, -1)
    place[tuple(codes.values())] = np.arange(len(y))
    stream = rng(key, "relabelling")
    seen, beyond = abs(float(x @ y)) * (1 - 1e-12), 1
    for _ in range(draws):
        at = dict(codes)
        for name, each in groups.items():
            new = np.arange(table.count(name))
            for group in each:
                new[group] = stream.permutation(group)
            at[name] = new[codes[name]]
        beyond += abs(float(x @ y[place[tuple(at.values())]])) >= seen
    return beyond / (draws + 1)


def _alike(table: Design, name: str) -> list[Int[np.ndarray, "g"]]:
    """Levels of a factor that were tested in the same cells."""
    others = [each for each in FACTORS if each in table.factors and each != name]
    where: dict[int, set[tuple[str, ...]]] = {}
    cells = zip(*(table.factors[each] for each in others), strict=True)
    for code, cell in zip(table.codes(name), cells, strict=True):
        where.setdefault(int(code), set()).add(cell)
    groups: dict[frozenset[tuple[str, ...]], list[int]] = {}
    for code, found in where.items():
        groups.setdefault(frozenset(found), []).append(code)
    return [np.array(group) for group in groups.values() if len(group) > 1]


def _residual(values: Float[np.ndarray, "n"], space: Float[np.ndarray, "n p"]) -> Float[np.ndarray, "n"]:
    return np.asarray(values - space @ np.linalg.lstsq(space, values, rcond=None)[0], dtype=np.float64)


def _adds(columns: Sequence[Any], values: Float[np.ndarray, "n"]) -> bool:
    """Whether a column says something the others do not."""
    rest = _residual(values, np.column_stack([columns[0], *columns[1:]]))
    return float(rest @ rest) > 1e-6 * max(float(((values - values.mean()) ** 2).sum()), 1e-12)


def _partition(codes: Int[np.ndarray, "n"]) -> bytes:
    """The same for factors that divide the rows in the same way."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return bytes(np.argsort(np.argsort(first))[inverse].astype(np.int32).tobytes())


def _varies_within(codes: Int[np.ndarray, "n"], values: Float[np.ndarray, "n"]) -> bool:
    means = np.bincount(codes, values) / np.bincount(codes)
    return float(((values - means[codes]) ** 2).mean()) > 1e-3 * float(values.var())
