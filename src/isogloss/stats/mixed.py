"""Linear mixed models with crossed random effects by REML, and tests of a slope that know how few units there were.

y = Xb + Σ Zᵢuᵢ + e with uᵢ ~ N(0, sᵢ). Henderson's equations keep every step as small as the number of levels: fixed
effects enter as random ones without a prior, which turns V⁻¹ into the P of restricted likelihood. Rows that replicate
one cell (the same text seen by several encoders) are rotated once into their mean and contrasts; cell and residual
variance then sit on a diagonal, and thousands of cells cost nothing. Degrees of freedom are Satterthwaite's (1946;
Giesbrecht and Burns 1985): a slope that rests on five targets is tested as one that rests on five.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

from isogloss.core.errors import MetricError
from isogloss.core.typing import Float, Int, np
from isogloss.stats.intervals import LEVEL, finite, student

_STEPS = 60
_CLOSE = 1e-6
"""A step that would raise the log likelihood by less than this is the last."""
_LEAST = 1e-5
"""Least residual variance, as a share of what the fixed effects leave: below it arithmetic decides, not the data."""
_ZERO = 1e-9
"""Variances below this share of the outcome's are at the bound."""


@dataclass(frozen=True, kw_only=True)
class Term:
    """One random effect: an intercept for each level or, with `weights`, a slope on them."""

    name: str
    codes: Int[np.ndarray, "n"]
    """Level of each row, from 0."""
    weights: Float[np.ndarray, "n"] | None = None

    @property
    def levels(self) -> int:
        """How many."""
        return int(self.codes.max()) + 1

    @property
    def columns(self) -> Float[np.ndarray, "n q"]:
        """A column per level: 1, or the weight, in its rows."""
        made = np.zeros((len(self.codes), self.levels))
        made[np.arange(len(made)), self.codes] = 1.0 if self.weights is None else self.weights
        return made


@dataclass(frozen=True, kw_only=True, slots=True)
class Slope:
    """A fixed effect, tested against 0."""

    value: float
    error: float
    df: float
    """Satterthwaite's: how many independent pieces the estimate rests on, in effect."""
    low: float
    high: float
    p: float

    @property
    def partial(self) -> float:
        """Partial R²: the share explained of what the other terms leave (Edwards et al. 2008)."""
        ratio = (self.value / self.error) ** 2 / self.df
        return ratio / (1 + ratio)


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A fitted model."""

    fixed: Float[np.ndarray, "p"]
    covariance: Float[np.ndarray, "p p"]
    """Of the fixed effects."""
    variances: dict[str, float]
    """Term → variance, "cell" where there are cells, "residual" last."""
    ratios: dict[str, float]
    """Term → variance over its standard error; 0 at the bound."""
    loglik: float
    """Restricted log likelihood."""
    spread: Float[np.ndarray, "p"]
    """Of each fixed effect's variance, the variance of its estimate."""
    made_of: dict[str, Float[np.ndarray, "p"]]
    """Term → its part in the variance of each fixed effect; the parts add up."""

    def slope(self, which: int, level: float = LEVEL) -> Slope:
        """The test of one fixed effect."""
        from scipy.special import stdtr

        value, variance = float(self.fixed[which]), float(self.covariance[which, which])
        error = sqrt(variance)
        df = min(1e6, max(1.0, 2 * variance**2 / max(float(self.spread[which]), 1e-300)))
        half = student(df, level) * error
        p = float(2 * stdtr(df, -abs(value) / error))
        return Slope(value=value, error=error, df=df, low=value - half, high=value + half, p=p)


class _Data:
    """What the rows say, as products of [X Z] and y within each class of rows."""

    def __init__(
        self, y: Float[np.ndarray, "n"], x: Float[np.ndarray, "n p"], terms: Sequence[Term], cells: Any
    ) -> None:
        self.n, self.p = x.shape
        edges = np.cumsum([self.p, *(term.levels for term in terms)])
        self.parts = [slice(int(a), int(b)) for a, b in pairwise(edges)]
        self.owner = np.concatenate([np.full(term.levels, place) for place, term in enumerate(terms)])
        whole = _products(x, terms, y)
        if cells is None:
            self.classes, self.counts, self.sizes = [whole], np.array([float(self.n)]), np.zeros(1)
            return
        # A cell of k rows: its mean times √k has variance s₀ + k·s_cell, its k - 1 contrasts have s₀.
        count = np.bincount(cells)
        wide = np.column_stack([x, *(term.columns for term in terms), y])
        means = np.column_stack([np.bincount(cells, column) for column in wide.T]) / np.sqrt(count)[:, None]
        sizes = np.unique(count)
        crossed = [means[count == size].T @ means[count == size] for size in sizes]
        self.classes = [(whole - sum(crossed)), *crossed]
        self.counts = np.array([self.n - len(count), *((count == size).sum() for size in sizes)], dtype=np.float64)
        self.sizes = np.array([0, *sizes], dtype=np.float64)
        if self.counts[0] == 0:
            raise MetricError("every cell has one row, so nothing replicates it; fit without cells.")


class _Point:
    """The restricted likelihood at variances `s`: one for each term, cell, residual; none below 0."""

    def __init__(self, d: _Data, s: Float[np.ndarray, "k"]) -> None:
        from scipy.linalg import lapack

        self.d, self.s = d, s
        terms = len(d.parts)
        self.v = s[-1] + d.sizes * s[terms] if len(s) == terms + 2 else np.full(len(d.classes), s[-1])
        self.value = -np.inf
        if s[-1] <= 0:
            return
        full = sum(each / v for each, v in zip(d.classes, self.v, strict=True))
        self.a, self.c, yy = full[:-1, :-1], full[:-1, -1], float(full[-1, -1])
        scale = np.concatenate([np.ones(d.p), np.sqrt(s[:terms])[d.owner]])
        b = self.a * scale[:, None] * scale
        b[np.arange(d.p, len(b)), np.arange(d.p, len(b))] += 1.0
        chol, bad = lapack.dpotrf(b, lower=1, overwrite_a=1)
        if bad:
            return
        logdet = 2 * float(np.log(np.diag(chol)).sum()) + float(d.counts @ np.log(self.v))
        inverse, _ = lapack.dpotri(chol, lower=1, overwrite_c=1)
        self.k = (np.tril(inverse) + np.tril(inverse, -1).T) * scale[:, None] * scale
        self.effects = self.k @ self.c
        self.value = -0.5 * (logdet + yy - float(self.c @ self.effects))

    def derivatives(self) -> tuple[Float[np.ndarray, "k"], Float[np.ndarray, "k k"]]:
        """Score and expected information."""
        d = self.d
        terms, groups = len(d.parts), len(d.classes)
        size = terms + groups
        h = -self.k @ self.a
        h.flat[:: len(h) + 1] += 1.0
        m = self.a @ h
        left = self.c - self.a @ self.effects
        score, info = np.empty(size), np.empty((size, size))
        squares, diagonal = m * m, np.diag(m)
        for i, one in enumerate(d.parts):
            score[i] = left[one] @ left[one] - diagonal[one].sum()
            for j, two in enumerate(d.parts):
                info[i, j] = squares[one, two].sum()
        kg, gh = self._by_class(h, m)
        for g, (full, v, count) in enumerate(zip(d.classes, self.v, d.counts, strict=True)):
            gram, data, square = full[:-1, :-1], full[:-1, -1], float(full[-1, -1])
            trace = float(np.trace(kg[g]))
            misfit = square - 2 * self.effects @ data + self.effects @ gram @ self.effects
            score[terms + g] = misfit / v**2 - count / v + trace / v**2
            moved = (gh[g] * h).sum(axis=0) / v**2
            for i, one in enumerate(d.parts):
                info[i, terms + g] = info[terms + g, i] = moved[one].sum()
            for o in range(g + 1):
                both = float((kg[g] * kg[o].T).sum()) / (v * self.v[o]) ** 2
                own = (count / v**2 - 2 * trace / v**3) if o == g else 0.0
                info[terms + g, terms + o] = info[terms + o, terms + g] = both + own
        chain = self._chain()
        return 0.5 * chain.T @ score, 0.5 * chain.T @ info @ chain

    def _by_class(self, h: Any, m: Any) -> tuple[list[Any], list[Any]]:
        """K·gram and gram·h of each class of rows; the first by difference, for all together are known."""
        grams = [full[:-1, :-1] for full in self.d.classes[1:]]
        kg, gh = [self.k @ gram for gram in grams], [gram @ h for gram in grams]
        known = list(zip(kg, gh, self.v[1:], strict=True))
        first = -h
        first.flat[:: len(h) + 1] += 1.0
        kg.insert(0, self.v[0] * (first - sum(one / v for one, _, v in known)))
        gh.insert(0, self.v[0] * (m - sum(two / v for _, two, v in known)))
        return kg, gh

    def of_fixed(self) -> Float[np.ndarray, "p k"]:
        """How the variance of each fixed effect grows with each variance."""
        d = self.d
        found = np.empty((d.p, len(d.parts) + len(d.classes)))
        for which in range(d.p):
            weights = self.k[:, which]
            seen = self.a @ weights
            parts = [float(seen[one] @ seen[one]) for one in d.parts]
            groups = [weights @ full[:-1, :-1] @ weights / v**2 for full, v in zip(d.classes, self.v, strict=True)]
            found[which] = [*parts, *groups]
        return np.asarray(found @ self._chain(), dtype=np.float64)

    def _chain(self) -> Float[np.ndarray, "m k"]:
        """From the variances of classes of rows to those of cell and residual."""
        terms, groups = len(self.d.parts), len(self.d.classes)
        chain = np.zeros((terms + groups, len(self.s)))
        chain[:terms, :terms] = np.eye(terms)
        chain[terms:, -1] = 1.0
        if len(self.s) == terms + 2:
            chain[terms:, -2] = self.d.sizes
        return chain


def fit(
    y: Float[np.ndarray, "n"],
    x: Float[np.ndarray, "n p"],
    terms: Sequence[Term],
    cells: Int[np.ndarray, "n"] | None = None,
) -> Fit:
    """The model fitted by REML; `cells` numbers the cell that each row replicates.

    Raises MetricError where the columns of `x` depend on each other, nothing is left to estimate variances from, or the
    likelihood still rises after many steps.
    """
    y, x = finite(y, "the outcomes"), finite(x, "the numbers that explain them")
    if len(y) <= x.shape[1] + len(terms) + 1 or np.linalg.matrix_rank(x) < x.shape[1]:
        raise MetricError(
            f"{len(y)} rows for {x.shape[1]} fixed effects and {len(terms)} variances; give more rows, or fixed "
            "effects that do not depend on each other."
        )
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    scale = sqrt(float(left @ left) / (len(y) - x.shape[1]))
    if scale <= 1e-10 * (1.0 + float(np.abs(y).max())):
        raise MetricError("the outcome does not vary beyond the fixed effects; there is nothing to fit.")
    d = _Data(y / scale, x, terms, cells)
    names = [*(term.name for term in terms), *(["cell"] if cells is not None else []), "residual"]
    start = np.full(len(names), 0.5 / len(names))
    start[-1] = 0.5
    point, info = _climb(d, start)
    held = point.s > _ZERO
    held[-1] = True
    spread = np.zeros_like(info)
    at = np.ix_(held, held)
    spread[at] = np.linalg.pinv(info[at], rcond=1e-10, hermitian=True)
    gradient = point.of_fixed()
    errors = np.sqrt(np.maximum(np.diag(spread), 1e-300))
    return Fit(
        fixed=point.effects[: d.p] * scale,
        covariance=point.k[: d.p, : d.p] * scale**2,
        variances={name: float(value) * scale**2 for name, value in zip(names, point.s, strict=True)},
        ratios={
            name: float(value / error) if each else 0.0
            for name, value, error, each in zip(names, point.s, errors, held, strict=True)
        },
        loglik=float(point.value - (d.n - d.p) * (np.log(scale) + 0.5 * np.log(2 * np.pi))),
        spread=np.einsum("pk,kl,pl->p", gradient, spread, gradient) * scale**4,
        made_of={name: gradient[:, place] * point.s[place] * scale**2 for place, name in enumerate(names)},
    )


def _defined(point: _Point) -> _Point:
    """The point itself. Raises MetricError where the likelihood is not defined there."""
    if point.value == -np.inf:
        raise MetricError(
            "the fixed effects cannot be told from the random ones in these rows (a singular system); give more groups."
        )
    return point


def _climb(d: _Data, s: Float[np.ndarray, "k"]) -> tuple[_Point, Float[np.ndarray, "k k"]]:
    """Fisher scoring from `s`, halving steps that lower the likelihood. Raises MetricError where it never ends."""
    point = _defined(_Point(d, s))
    for _ in range(_STEPS):
        score, info = point.derivatives()
        step = _step(point.s, score, info)
        if 0.5 * float(score @ step) < _CLOSE:
            return point, info
        length = 1.0
        while length > 1e-6:
            there = np.maximum(point.s + length * step, 0.0)
            there[-1] = max(there[-1], point.s[-1] / 10, _LEAST)
            new = _Point(d, there)
            if new.value > point.value:
                break
            length /= 2
        else:  # no way leads up: variances lie at their bounds, such as a residual of almost nothing
            return point, info
        point = new
    raise MetricError(f"the likelihood still rises after {_STEPS} steps; give more groups, or fewer terms.")


def _step(
    s: Float[np.ndarray, "k"], score: Float[np.ndarray, "k"], info: Float[np.ndarray, "k k"]
) -> Float[np.ndarray, "k"]:
    """The step of Fisher scoring; variances that are 0 and want to fall are held where they are."""
    free = np.ones(len(s), dtype=bool)
    step = np.zeros(len(s))
    for _ in range(len(s)):
        step[:] = 0.0
        step[free] = np.linalg.lstsq(info[np.ix_(free, free)], score[free], rcond=1e-10)[0]
        stuck = free & (s <= _ZERO) & (step < 0)
        stuck[-1] = False
        if not stuck.any():
            break
        free &= ~stuck
    return step


def _products(
    x: Float[np.ndarray, "n p"], terms: Sequence[Term], y: Float[np.ndarray, "n"]
) -> Float[np.ndarray, "m m"]:
    wide = np.column_stack([x, *(term.columns for term in terms), y])
    return np.asarray(wide.T @ wide, dtype=np.float64)
