"""How far raters agree: Krippendorff's alpha and the intraclass correlation, with intervals over items, each left out.

Ratings are a matrix, one row per item and one column per rater; NaN is a rating that was not given.
"""

from collections.abc import Callable
from dataclasses import dataclass

from isogloss.core.errors import MetricError
from isogloss.core.typing import Float, np
from isogloss.stats.intervals import finite

LEVELS = ("nominal", "ordinal", "interval", "ratio")
FEWEST = 5
"""Items with two ratings or more that an interval needs."""
_BLOCK = 256
"""Items that are left out at once, each by itself: bounds the memory."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """A coefficient with its 95% interval and what it rests on; 1 is perfect, 0 chance."""

    value: float
    low: float | None
    high: float | None
    """None where too few items were rated twice."""
    items: int
    """Items with two ratings or more."""
    ratings: int


def alpha(ratings: Float[np.ndarray, "i r"], level: str = "ordinal") -> float:
    """Krippendorff's alpha (2011, "Computing Krippendorff's alpha-reliability"), any number of ratings per item.

    Raises MetricError where no item has two ratings, or where all ratings are one value: alpha is then undefined.
    """
    values, counts = _counted(ratings)
    return float(_alphas(_coincidences(counts).sum(axis=0)[None], values, level)[0])


def icc(ratings: Float[np.ndarray, "i r"], *, mean: bool = False) -> float:
    """The intraclass correlation ICC(1,1), raters exchangeable, or that of the `mean` of an item's ratings, ICC(1,k).

    Shrout & Fleiss 1979; items may have different numbers of ratings (McGraw & Wong 1996, with the usual k0).
    """
    sums, within, counts = _sums(ratings)
    return float(_iccs(np.ones((1, len(sums))), sums, within, counts, mean)[0])


def alpha_with_interval(ratings: Float[np.ndarray, "i r"], level: str = "ordinal") -> Agreement:
    """Alpha, and where it would lie with other items drawn like these."""
    values, counts = _counted(ratings)
    each = _coincidences(counts)

    def of(chosen: Float[np.ndarray, "b i"]) -> Float[np.ndarray, "b"]:
        sums = (chosen @ each.reshape(len(each), -1)).reshape(-1, *each.shape[1:])
        return _alphas(sums, values, level)

    return _agreement(alpha(ratings, level), len(each), int(counts.sum()), of, float(counts.sum()) / len(each))


def icc_with_interval(ratings: Float[np.ndarray, "i r"], *, mean: bool = False) -> Agreement:
    """ICC, and where it would lie with other items drawn like these."""
    sums, within, counts = _sums(ratings)

    def of(chosen: Float[np.ndarray, "b i"]) -> Float[np.ndarray, "b"]:
        return _iccs(chosen, sums, within, counts, mean)

    return _agreement(
        icc(ratings, mean=mean), len(sums), int(counts.sum()), of, 1.0 if mean else float(counts.sum()) / len(sums)
    )


def _agreement(
    value: float, items: int, ratings: int, of: Callable[[Float[np.ndarray, "b i"]], Float[np.ndarray, "b"]], per: float
) -> Agreement:
    """The value with its interval: Student's t on log F, whose standard error is the jackknife's over items.

    F is the ratio of mean squares that c, of `per` ratings an item, comes from: (1 + (per - 1) c) / (1 - c).
    Its logarithm is nearly normal with few items, which alpha and ICC themselves are not (Fisher 1925, on ICC).
    """
    if items < FEWEST:
        return Agreement(value=value, low=None, high=None, items=items, ratings=ratings)
    from scipy.stats import t

    def stretched(c: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
        kept = np.clip(c, -1 / (per - 1) + 1e-9 if per > 1 else -np.inf, 1 - 1e-12)
        return np.asarray(np.log1p((per - 1) * kept) - np.log1p(-kept))

    blocks = np.array_split(np.arange(items), -(-items // _BLOCK))
    without = np.concatenate([of((np.arange(items) != block[:, None]).astype(float)) for block in blocks])
    if not np.isfinite(without).all():
        return Agreement(value=value, low=None, high=None, items=items, ratings=ratings)
    parts, centre = stretched(without), stretched(np.array([value]))[0]
    error = np.sqrt((items - 1) / items * ((parts - parts.mean()) ** 2).sum())
    ends = np.exp(centre + np.array([-1, 1]) * t.ppf(0.975, items - 1) * error)
    low, high = (float(end) for end in 1 - per / (ends + per - 1))
    return Agreement(value=value, low=low, high=high, items=items, ratings=ratings)


def _counted(ratings: Float[np.ndarray, "i r"]) -> tuple[Float[np.ndarray, "v"], Float[np.ndarray, "u v"]]:
    """(the values that occur, how often each item with two ratings or more got each of them)."""
    kept = _given(ratings)
    kept = kept[(~np.isnan(kept)).sum(axis=1) >= 2]
    if not len(kept):
        raise MetricError("no item has two ratings; agreement is about those that have. Nothing was computed.")
    values = _varied(kept[~np.isnan(kept)])
    return values, (kept[:, :, None] == values).sum(axis=1).astype(float)


def _given(ratings: Float[np.ndarray, "i r"]) -> Float[np.ndarray, "i r"]:
    """The ratings; NaN was not given. Raises MetricError for an infinite one."""
    found = np.asarray(ratings, dtype=np.float64)
    finite(found[~np.isnan(found)], "the ratings")
    return found


def _varied(given: Float[np.ndarray, "g"]) -> Float[np.ndarray, "v"]:
    """The values that ratings have. Raises MetricError for a single one: agreement beyond chance is 0/0."""
    values = np.unique(given)
    if len(values) < 2:
        raise MetricError(f"all ratings are {values[0]:g}: agreement beyond chance is undefined. Nothing was computed.")
    return values


def _coincidences(counts: Float[np.ndarray, "u v"]) -> Float[np.ndarray, "u v v"]:
    """Pairs of ratings within each item, each item counting as many times as it has ratings."""
    pairs = counts[:, :, None] * counts[:, None, :]
    same = np.arange(counts.shape[1])
    pairs[:, same, same] -= counts
    return np.asarray(pairs / (counts.sum(axis=1) - 1)[:, None, None])


def _alphas(pairs: Float[np.ndarray, "b v v"], values: Float[np.ndarray, "v"], level: str) -> Float[np.ndarray, "b"]:
    """Alpha of each matrix of coincidences; NaN where one holds a single value."""
    margins = pairs.sum(axis=2)
    distance = _distances(margins, values, level)
    total = margins.sum(axis=1)
    observed = (pairs * distance).sum(axis=(1, 2))
    expected = (margins[:, :, None] * margins[:, None, :] * distance).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - (total - 1) * observed / expected)


def _distances(
    margins: Float[np.ndarray, "b v"], values: Float[np.ndarray, "v"], level: str
) -> Float[np.ndarray, "b v v"]:
    """Squared differences between values on a level of measurement."""
    if level == "nominal":
        return np.broadcast_to(1.0 - np.eye(len(values)), (len(margins), len(values), len(values)))
    if level == "ordinal":
        below = margins.cumsum(axis=1) - margins / 2  # ranks: half of the own value's, all of those below
        return np.asarray((below[:, :, None] - below[:, None, :]) ** 2)
    gap = values[:, None] - values[None, :]
    if level == "ratio":
        if values.min() < 0:
            raise MetricError(f"a rating of {values.min():g} on the ratio level, which begins at 0.")
        with np.errstate(invalid="ignore", divide="ignore"):
            gap = np.nan_to_num(gap / (values[:, None] + values[None, :]))
    elif level != "interval":
        raise MetricError(f"level {level!r}; expected one of {', '.join(LEVELS)}.")
    return np.broadcast_to(gap**2, (len(margins), len(values), len(values)))


def _sums(
    ratings: Float[np.ndarray, "i r"],
) -> tuple[Float[np.ndarray, "u"], Float[np.ndarray, "u"], Float[np.ndarray, "u"]]:
    """Per item with a rating: sum, squared deviations from its mean summed, and number of ratings."""
    ratings = _given(ratings)
    counts = (~np.isnan(ratings)).sum(axis=1).astype(float)
    kept, counts = ratings[counts > 0], counts[counts > 0]
    if len(counts) < 2 or counts.max(initial=0) < 2:
        raise MetricError("agreement needs two items or more, and one that was rated twice. Nothing was computed.")
    sums = np.nansum(kept, axis=1)
    within = np.nansum((kept - (sums / counts)[:, None]) ** 2, axis=1)
    _varied(kept[~np.isnan(kept)])
    return sums, within, counts


def _iccs(
    chosen: Float[np.ndarray, "b u"], sums: Float[np.ndarray, "u"], within: Float[np.ndarray, "u"],
    counts: Float[np.ndarray, "u"], mean: bool,
) -> Float[np.ndarray, "b"]:  # fmt: skip
    """ICC of each row, which says how often each item is in it."""
    items, total = chosen.sum(axis=1), chosen @ counts
    usual = (total - (chosen @ counts**2) / total) / (items - 1)
    grand = (chosen @ sums) / total
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = (sums / counts)[None] - grand[:, None]
        between = (chosen * counts * spread**2).sum(axis=1) / (items - 1)
        inside = (chosen @ within) / (total - items)
        if mean:
            return np.asarray((between - inside) / between)
        return np.asarray((between - inside) / (between + (usual - 1) * inside))
