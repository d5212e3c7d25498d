"""How well an effect predicts: within the sample, and groups of rows that were left out.

At the variances of the whole. Products of all rows are made once; a group is left out by taking those of its own rows
away, so that many groups cost little more than one.
"""

from collections.abc import Sequence

from isogloss.analysis.effects import UNITS, Design, Effect, Model
from isogloss.core.errors import MetricError
from isogloss.core.typing import Bool, Float, np


class _Equations:
    """Henderson's equations of a table at known variances, with the divergence or without it."""

    def __init__(self, table: Design, effect: Effect, *, divergence: bool) -> None:
        model, variances = Model(table), effect.fit.variances
        terms = [term for term in model.terms if divergence or term.weights is None]
        self.x = model.x if divergence else np.delete(model.x, 1, axis=1)
        noise = variances["residual"] + variances.get("cell", 0.0)
        spread = [np.full(term.levels, variances[term.name] / noise) for term in terms]
        self.random = np.arange(self.x.shape[1], self.x.shape[1] + sum(map(len, spread)))
        scale = np.sqrt(np.concatenate([np.ones(self.x.shape[1]), *spread]))
        self.wide = np.column_stack([self.x, *(term.columns for term in terms)]) * scale
        self.y = table.outcome
        self.products, self.sums = self.wide.T @ self.wide, self.wide.T @ self.y

    def misses(self, out: Bool[np.ndarray, "n"]) -> Float[np.ndarray, "_"]:
        """Outcome minus prediction of the rows that are `out`, from all others; a level never seen has effect 0."""
        from scipy.linalg import LinAlgError, cho_factor, cho_solve

        rows = self.wide[out]
        left = self.products - rows.T @ rows
        left[self.random, self.random] += 1.0
        if np.linalg.matrix_rank(self.x[~out]) < self.x.shape[1]:
            raise MetricError("without this group the fixed effects cannot be told apart.")
        try:
            effects = cho_solve(cho_factor(left, lower=True), self.sums - rows.T @ self.y[out])
        except LinAlgError as error:
            raise MetricError("without this group the fixed effects cannot be told from the random ones.") from error
        return np.asarray(self.y[out] - rows @ effects, dtype=np.float64)

    def residuals(self) -> Float[np.ndarray, "n"]:
        """Of all rows, predicted from all rows."""
        left = self.products.copy()
        left[self.random, self.random] += 1.0
        return np.asarray(self.y - self.wide @ np.linalg.solve(left, self.sums), dtype=np.float64)


def left_out(table: Design, effect: Effect, groups: Sequence[str]) -> tuple[float, float] | None:
    """Root mean squared error of predicting each group (language family, intermediate task) from all others.

    (with the divergence, without it); None for fewer than three groups, or where a group alone tells effects apart.
    """
    kinds = sorted(set(groups))
    if len(kinds) < UNITS:
        return None
    names = np.array(groups)
    try:
        with_it, without = (
            _root([equations.misses(names == kind) for kind in kinds])
            for equations in (_Equations(table, effect, divergence=each) for each in (True, False))
        )
    except MetricError:
        return None
    return with_it, without


def fitted(table: Design, effect: Effect) -> float:
    """Root mean squared error within the sample, beside which prediction errors are read."""
    return _root([_Equations(table, effect, divergence=True).residuals()])


def _root(misses: Sequence[Float[np.ndarray, "_"]]) -> float:
    return float(np.sqrt(np.mean(np.concatenate(misses) ** 2)))
