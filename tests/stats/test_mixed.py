"""Mixed models against closed forms of balanced designs and against statsmodels."""

import warnings

import numpy as np
import pytest
from scipy import stats

from isogloss.core.errors import MetricError
from isogloss.stats import mixed
from isogloss.stats.mixed import Term, fit


def crossed(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """y, x and two crossed factors of 12 and 7 levels, unbalanced."""
    rng = np.random.default_rng(seed)
    g, h, x = np.repeat(np.arange(12), 9), rng.integers(0, 7, 108), rng.normal(size=108)
    y = 1 + 0.5 * x + rng.normal(size=12)[g] + rng.normal(size=7)[h] + rng.normal(size=108)
    return y, np.column_stack([np.ones(108), x]), g, h


def test_one_group_is_a_t_test_of_its_means() -> None:
    """Balanced groups and an intercept: estimate, interval and p are Student's t over the group means (exact)."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(6), 20)
    y = 0.8 + rng.normal(size=6)[groups] + 0.3 * rng.normal(size=120)
    slope = fit(y, np.ones((120, 1)), [Term(name="group", codes=groups)]).slope(0)
    means = y.reshape(6, 20).mean(axis=1)
    expected = stats.ttest_1samp(means, 0.0)
    low, high = expected.confidence_interval()
    assert slope.df == pytest.approx(5, rel=1e-3)
    assert slope.p == pytest.approx(expected.pvalue, rel=1e-3)
    assert (slope.low, slope.high) == pytest.approx((low, high), rel=1e-3)


def test_variances_are_those_of_the_analysis_of_variance() -> None:
    """Balanced one-way layout: residual = MS within, group = (MS between - MS within) / n (Searle et al. 1992)."""
    rng = np.random.default_rng(3)
    y = rng.normal(size=(8, 5)) + rng.normal(size=(8, 1))
    within = y.var(axis=1, ddof=1).mean()
    between = 5 * y.mean(axis=1).var(ddof=1)
    found = fit(y.ravel(), np.ones((40, 1)), [Term(name="group", codes=np.repeat(np.arange(8), 5))]).variances
    assert found["residual"] == pytest.approx(within, rel=1e-2)
    assert found["group"] == pytest.approx((between - within) / 5, rel=1e-2)


def test_crossed_effects_are_those_of_statsmodels() -> None:
    """Fixed effects, variances and restricted likelihood of two crossed factors agree with MixedLM's."""
    lm = pytest.importorskip("statsmodels.regression.mixed_linear_model")
    frames = pytest.importorskip("pandas")
    y, x, g, h = crossed()
    data = frames.DataFrame({"y": y, "x": x[:, 1], "g": g, "h": h, "all": 0})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = lm.MixedLM.from_formula(
            "y ~ x", groups="all", re_formula="0", vc_formula={"g": "0 + C(g)", "h": "0 + C(h)"}, data=data
        ).fit(reml=True)
    ours = fit(y, x, [Term(name="g", codes=g), Term(name="h", codes=h)])
    assert ours.fixed == pytest.approx(np.asarray(theirs.fe_params), abs=1e-3)
    assert list(ours.variances.values()) == pytest.approx([*theirs.vcomp, theirs.scale], rel=5e-3)
    assert ours.loglik == pytest.approx(theirs.llf, abs=1e-4)


def test_an_estimate_that_was_not_reached_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the steps end before the likelihood's top is near, nothing is passed off as the estimate."""
    monkeypatch.setattr(mixed, "_STEPS", 1)
    y, x, g, h = crossed()
    with pytest.raises(MetricError, match="still rises after 1 steps"):
        fit(y, x, [Term(name="g", codes=g), Term(name="h", codes=h)])


def test_random_slopes_are_those_of_statsmodels() -> None:
    """The same for an intercept and an uncorrelated slope by group."""
    lm = pytest.importorskip("statsmodels.regression.mixed_linear_model")
    frames = pytest.importorskip("pandas")
    y, x, g, _ = crossed(2)
    y = y + np.random.default_rng(5).normal(size=12)[g] * x[:, 1]
    data = frames.DataFrame({"y": y, "x": x[:, 1], "g": g})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = lm.MixedLM.from_formula(
            "y ~ x", groups="g", re_formula="0", vc_formula={"i": "1", "s": "0 + x"}, data=data
        ).fit(reml=True)
    ours = fit(y, x, [Term(name="i", codes=g), Term(name="s", codes=g, weights=x[:, 1])])
    assert ours.fixed == pytest.approx(np.asarray(theirs.fe_params), abs=1e-3)
    assert list(ours.variances.values()) == pytest.approx([*theirs.vcomp, theirs.scale], rel=5e-3)
    assert ours.loglik == pytest.approx(theirs.llf, abs=1e-4)


def test_cells_are_a_random_effect_like_any_other() -> None:
    """Rotating replicated rows gives the same likelihood, slope and degrees of freedom as one more term."""
    y, x, g, h = crossed()
    cells = np.unique(g * 7 + h, return_inverse=True)[1]
    y = y + 0.8 * np.random.default_rng(4).normal(size=cells.max() + 1)[cells]
    terms = [Term(name="g", codes=g), Term(name="h", codes=h)]
    slow, quick = fit(y, x, [*terms, Term(name="cell", codes=cells)]), fit(y, x, terms, cells)
    assert quick.variances["cell"] > 0.1
    assert quick.loglik == pytest.approx(slow.loglik, abs=1e-5)
    assert quick.slope(1).value == pytest.approx(slow.slope(1).value, abs=1e-4)
    assert quick.slope(1).df == pytest.approx(slow.slope(1).df, rel=1e-2)


def test_the_parts_of_a_slopes_variance_add_up() -> None:
    """What each term contributes sums to the variance of the fixed effect: V is linear in its variances."""
    y, x, g, h = crossed()
    found = fit(y, x, [Term(name="g", codes=g), Term(name="h", codes=h)])
    assert sum(part[1] for part in found.made_of.values()) == pytest.approx(found.covariance[1, 1])


def test_what_cannot_be_fitted_is_said() -> None:
    """Fixed effects that depend on each other, and an outcome that does not vary, are errors."""
    y, x, g, _ = crossed()
    with pytest.raises(MetricError, match="do not depend"):
        fit(y, np.column_stack([x, x[:, 1]]), [Term(name="g", codes=g)])
    with pytest.raises(MetricError, match="does not vary"):
        fit(x @ [1.0, 2.0], x, [Term(name="g", codes=g)])
