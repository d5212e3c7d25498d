"""A surface over languages: what a score is where none was measured, from features, with what is not known of it.

y = level + linear in the features + a smooth function of them + noise, all normal (a Gaussian process). Features come
in groups (size, typology, script, …), each with a weight and a length of its own; these have their most likely values,
drawn towards the usual ones. With a handful of languages that is ridge regression whose penalties were learned.
Features are standardised over the languages at hand; a missing one (NaN) counts as usual.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.core.typing import Float, np

Groups = Sequence[Sequence[int]]
"""Columns of the features, group by group."""
_LINEAR, _LENGTH, _SMOOTH, _NOISE = 1.0, 1.5, 0.1, 0.2
"""What is usual, for outcomes of variance 1: variance of a group's linear part, its length in the smooth part, the
variance of the smooth part, and of what belongs to a language alone."""
_TOWARDS = 0.5
"""How strongly the logarithms are drawn there: one over the variance of their prior."""


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """Of the parts, for outcomes of variance 1."""

    linear: Float[np.ndarray, "g"]
    length: Float[np.ndarray, "g"]
    smooth: float
    noise: float


@dataclass(frozen=True, kw_only=True)
class Surface:
    """Fitted to some languages."""

    groups: Groups
    features: Float[np.ndarray, "n f"]
    centre: Float[np.ndarray, "f"]
    spread: Float[np.ndarray, "f"]
    sizes: Sizes
    level: float
    scale: float
    weights: Float[np.ndarray, "n"]
    inverse: Float[np.ndarray, "n n"]

    def predict(self, features: Float[np.ndarray, "m f"]) -> tuple[Float[np.ndarray, "m"], Float[np.ndarray, "m"]]:
        """Mean and standard deviation of what would be measured there, a language's own part included."""
        there = standard(features, self.centre, self.spread)
        mean = self.level + self.scale * (kernel(there, self.features, self.groups, self.sizes) @ self.weights)
        return mean, np.sqrt(np.maximum(np.diag(self.covariance(features)), 1e-12))

    def covariance(self, features: Float[np.ndarray, "m f"]) -> Float[np.ndarray, "m m"]:
        """Of what is not known at some languages, their own parts included."""
        there = standard(features, self.centre, self.spread)
        cross = kernel(there, self.features, self.groups, self.sizes)
        own = kernel(there, there, self.groups, self.sizes) + self.sizes.noise * np.eye(len(there))
        return np.asarray(self.scale**2 * (own - cross @ self.inverse @ cross.T))


def fit(
    features: Float[np.ndarray, "n f"],
    y: Float[np.ndarray, "n"],
    groups: Groups,
    *,
    error: Float[np.ndarray, "n"] | None = None,
    over: Float[np.ndarray, "m f"] | None = None,
    sizes: Sizes | None = None,
    scale: float | None = None,
) -> Surface:
    """The surface through `y`, whose values have standard errors `error`.

    Features are standardised over these languages and those of `over`; `sizes` are the most likely unless given, and
    `scale`, what values differ by, is their standard deviation.
    """
    centre, spread = standards(features if over is None else np.vstack([features, over]))
    x = standard(features, centre, spread)
    level, scale = float(y.mean()), scale or float(max(y.std(), 1e-6))
    z = (y - level) / scale
    noise = np.zeros(len(y)) if error is None else (error / scale) ** 2
    sizes = sizes or _likely(x, z, noise, groups)
    inverse = np.linalg.inv(kernel(x, x, groups, sizes) + np.diag(sizes.noise + noise + 1e-8))
    return Surface(
        groups=groups, features=x, centre=centre, spread=spread, sizes=sizes, level=level, scale=scale,
        weights=inverse @ z, inverse=inverse,
    )  # fmt: skip


def standards(features: Float[np.ndarray, "n f"]) -> tuple[Float[np.ndarray, "f"], Float[np.ndarray, "f"]]:
    """Mean and standard deviation of each feature where it is known."""
    known = ~np.isnan(features)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, features, 0.0).sum(axis=0) / count
    spread = np.sqrt(np.where(known, (features - centre) ** 2, 0.0).sum(axis=0) / count)
    return centre, np.where(spread > 1e-9, spread, 1.0)


def standard(
    features: Float[np.ndarray, "n f"], centre: Float[np.ndarray, "f"], spread: Float[np.ndarray, "f"]
) -> Float[np.ndarray, "n f"]:
    """Standardised; what is missing is as usual."""
    return np.asarray(np.nan_to_num((features - centre) / spread))


def kernel(
    a: Float[np.ndarray, "n f"], b: Float[np.ndarray, "m f"], groups: Groups, sizes: Sizes
) -> Float[np.ndarray, "n m"]:
    """Covariance of the level, the linear and the smooth part; each feature of a group counts as much."""
    found = np.ones((len(a), len(b)))
    apart = np.zeros((len(a), len(b)))
    for columns, weight, length in zip(groups, sizes.linear, sizes.length, strict=True):
        one, other = a[:, list(columns)], b[:, list(columns)]
        inner = one @ other.T
        found += weight * inner / len(columns)
        squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :]
        apart += np.maximum(squares - 2 * inner, 0.0) / (len(columns) * length**2)
    return np.asarray(found + sizes.smooth * np.exp(-0.5 * apart))


def usual(groups: int) -> Sizes:
    """What is assumed before anything is seen."""
    return Sizes(linear=np.full(groups, _LINEAR), length=np.full(groups, _LENGTH), smooth=_SMOOTH, noise=_NOISE)


def _likely(
    x: Float[np.ndarray, "n f"], z: Float[np.ndarray, "n"], noise: Float[np.ndarray, "n"], groups: Groups
) -> Sizes:
    from scipy.optimize import minimize

    start = np.log([*[_LINEAR] * len(groups), *[_LENGTH] * len(groups), _SMOOTH, _NOISE])

    def sized(logs: Float[np.ndarray, "k"]) -> Sizes:
        parts = np.exp(np.clip(logs, -8, 6))
        many = len(groups)
        return Sizes(
            linear=parts[:many], length=parts[many : 2 * many], smooth=float(parts[-2]), noise=float(parts[-1])
        )

    def loss(logs: Float[np.ndarray, "k"]) -> float:
        sizes = sized(logs)
        full = kernel(x, x, groups, sizes) + np.diag(sizes.noise + noise + 1e-6)
        try:
            root = np.linalg.cholesky(full)
        except np.linalg.LinAlgError:
            return 1e9
        white = np.linalg.solve(root, z)
        drawn = 0.5 * _TOWARDS * float(((logs - start) ** 2).sum())
        return 0.5 * float(white @ white) + float(np.log(np.diag(root)).sum()) + drawn

    return sized(minimize(loss, start, method="L-BFGS-B", options={"maxiter": 40}).x)
