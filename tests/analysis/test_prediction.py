"""Prediction of rows that were left out, held against what the same equations give when they are made anew."""

import numpy as np
import pytest

from effect_tables import small
from isogloss.analysis.effects import Design, Effect, Model, estimate
from isogloss.analysis.prediction import fitted, left_out
from isogloss.core.typing import Float


def generalised(made: Design, effect: Effect, out: Float[np.ndarray, "n"], *, divergence: bool) -> list[float]:
    """Misses of the rows left out, by generalised least squares on the full covariance: the textbook's formula."""
    model, known = Model(made), effect.fit.variances
    x = model.x if divergence else model.x[:, [0, *range(2, model.x.shape[1])]]
    cover = np.eye(len(x)) * (known["residual"] + known.get("cell", 0.0))
    for term in model.terms:
        if divergence or term.weights is None:
            cover += known[term.name] * term.columns @ term.columns.T
    kept = ~out
    inverse = np.linalg.inv(cover[np.ix_(kept, kept)])
    fixed = np.linalg.solve(x[kept].T @ inverse @ x[kept], x[kept].T @ inverse @ made.outcome[kept])
    surprise = inverse @ (made.outcome[kept] - x[kept] @ fixed)
    return list(made.outcome[out] - x[out] @ fixed - cover[np.ix_(out, kept)] @ surprise)


def test_unseen_intermediates_are_predicted_better_with_a_divergence_that_matters() -> None:
    """Leaving one intermediate out: error with the divergence below error without; within the sample lower still."""
    made = small(-0.05)
    effect = estimate(made)
    both = left_out(made, effect, made.factors["intermediate"])
    assert both is not None
    assert both[0] < both[1]
    assert fitted(made, effect) < both[0]


@pytest.mark.parametrize("factor", ["intermediate", "language"])
def test_taking_rows_away_is_leaving_them_out(factor: str) -> None:
    """Errors are those of best linear unbiased prediction from the other rows alone."""
    made = small(-0.02)
    effect = estimate(made)
    names = np.array(made.factors[factor])
    for place, divergence in enumerate((True, False)):
        misses = [
            miss
            for name in sorted(set(names))
            for miss in generalised(made, effect, names == name, divergence=divergence)
        ]
        both = left_out(made, effect, made.factors[factor])
        assert both is not None
        assert both[place] == pytest.approx(np.sqrt(np.mean(np.square(misses))), rel=1e-6)


def test_two_groups_are_too_few() -> None:
    """Nothing is said of an unseen group where there are two."""
    made = small(0.0)
    groups = ["a" if each in "01" else "b" for each in made.factors["intermediate"]]
    assert left_out(made, estimate(made), groups) is None
