"""The level of a task in languages where it was not measured: a drop from English, on a logit above chance.

drop = b × the mean drop of other encoders on this task + a surface over features of languages. Where no other encoder
is known the first part is absent; where nothing was measured the second is. What is left over is what intervals hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from isogloss.advice import surface
from isogloss.advice.surface import Groups
from isogloss.core.languages import ENGLISH
from isogloss.core.typing import Float, np
from isogloss.stats import conformal

LEVELS = (0.8, 0.9)
FEWEST = 3
"""Languages of a task that must be measured, on any encoder, before a score is said."""
_EDGE = 0.01
"""Scores nearer than this to chance or to 1 count as this far from them: their logit has no end."""
_SCALE = 0.35
"""What drops of languages usually differ by, on the logit; counts as much as three languages."""
_TABLE_SPREAD = 0.3
"""How much the slope on other encoders' drops differs from 1."""


def logit(score: Float[np.ndarray, "n"], chance: float) -> Float[np.ndarray, "n"]:
    """Of the share of what is above chance."""
    above = np.clip((np.asarray(score, dtype=np.float64) - chance) / (1 - chance), _EDGE, 1 - _EDGE)
    return np.asarray(np.log(above / (1 - above)))


def score(z: Float[np.ndarray, "n"], chance: float) -> Float[np.ndarray, "n"]:
    """Back from the logit."""
    return np.asarray(chance + (1 - chance) / (1 + np.exp(-np.asarray(z, dtype=np.float64))))


@dataclass(frozen=True, kw_only=True)
class Others:
    """Rows of the same task on other encoders: their drops from English, by language."""

    drops: Mapping[str, tuple[float, ...]]

    @property
    def mean(self) -> dict[str, float]:
        """Language → mean drop."""
        return {code: float(np.mean(of)) for code, of in self.drops.items()}

    @property
    def spread(self) -> float:
        """By how much encoders differ in a language, beyond what they differ in all."""
        rows = max((len(of) for of in self.drops.values()), default=0)
        whole = [of for of in self.drops.values() if len(of) == rows]
        if rows < 2 or len(whole) < 2:
            return 0.15
        table = np.array(whole)
        left = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
        return float(max(0.03, np.sqrt((left**2).sum() / ((len(table) - 1) * (rows - 1)))))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One encoder on one task: what was measured, English among it, and what is known of every language asked for."""

    chance: float
    measured: Mapping[str, float]
    """Language → score."""
    english: float
    languages: tuple[str, ...]
    """Of the rows of `features`."""
    features: Float[np.ndarray, "l f"]
    groups: Groups
    others: Others | None = None

    @property
    def known(self) -> list[str]:
        """Measured languages other than English."""
        return [code for code in self.languages if code in self.measured and code != ENGLISH]

    def drops(self, codes: Sequence[str]) -> Float[np.ndarray, "k"]:
        """Measured drops from English, on the logit; English's own is 0."""
        top = logit(np.array([self.english]), self.chance)[0]
        scores = [self.english if code == ENGLISH else self.measured[code] for code in codes]
        return np.asarray(top - logit(np.array(scores), self.chance))

    def at(self, codes: Sequence[str]) -> Float[np.ndarray, "k f"]:
        """Features of some languages."""
        places = {code: place for place, code in enumerate(self.languages)}
        return self.features[[places[code] for code in codes]]


def predict(
    row: Row, codes: Sequence[str], known: Sequence[str] | None = None, sizes: surface.Sizes | None = None
) -> tuple[Float[np.ndarray, "m"], Float[np.ndarray, "m"], Float[np.ndarray, "m m"]]:
    """Drops of some languages from those of `known` (all measured ones, unless given): mean, sd and covariance.

    English counts as one more language, whose drop is 0: with few languages it tells slopes (docs/advice.md).
    """
    known = list(row.known if known is None else known)
    base, base_sd = _from_others(row, codes)
    if not known:
        return base, base_sd, _before(row, codes, base_sd)
    seen = [ENGLISH, *known] if ENGLISH in row.languages else known
    mine, mine_sd = _from_others(row, seen)
    drops = row.drops(seen)
    slope = 1.0
    if row.others:
        weight = 1 / (mine_sd**2 + _SCALE**2 / 4)
        slope = float((weight @ (mine * drops) + 1 / _TABLE_SPREAD**2) / (weight @ mine**2 + 1 / _TABLE_SPREAD**2))
    left = drops - slope * mine
    usual = float(np.median(mine_sd)) if row.others else _SCALE
    spread = float(np.sqrt((((left - left.mean()) ** 2).sum() + 3 * usual**2) / (len(left) + 3)))
    few = len(known) < 8
    fitted = surface.fit(
        row.at(seen), left, row.groups, over=row.features, scale=spread,
        sizes=sizes or (surface.usual(len(row.groups)) if few else None),
    )  # fmt: skip
    mean, sd = fitted.predict(row.at(codes))
    return slope * base + mean, sd, fitted.covariance(row.at(codes))


def _before(row: Row, codes: Sequence[str], sd: Float[np.ndarray, "m"]) -> Float[np.ndarray, "m m"]:
    """Covariance of drops where none was measured: languages that are alike drop alike."""
    sizes = surface.usual(len(row.groups))
    centre, spread = surface.standards(row.features)
    x = surface.standard(row.at(codes), centre, spread)
    alike = surface.kernel(x, x, row.groups, sizes) + sizes.noise * np.eye(len(codes))
    own = np.sqrt(np.diag(alike))
    return np.asarray(alike / np.outer(own, own) * np.outer(sd, sd))


def label_first(row: Row, codes: Sequence[str], known: Sequence[str], count: int) -> list[tuple[str, float, float]]:
    """Which languages to label, in order: each with the mean standard deviation over all `codes` before and after it.

    The one whose label would lower the summed variance over all of them the most (A-optimal); the most uncertain one
    is a worse choice than a random one (docs/advice.md).
    """
    left = [code for code in codes if code not in known]
    _, _, cov = predict(row, left, known)
    chosen: list[tuple[str, float, float]] = []
    while len(chosen) < min(count, len(left)):
        own = np.diag(cov)
        taken = {code for code, _, _ in chosen}
        fall = np.array([
            -1.0 if code in taken else float((cov[:, place] ** 2).sum() / max(own[place], 1e-12))
            for place, code in enumerate(left)
        ])  # fmt: skip
        place = int(fall.argmax())
        after = cov - np.outer(cov[:, place], cov[place]) / max(own[place], 1e-12)
        before_sd, after_sd = (float(np.sqrt(np.maximum(np.diag(each), 0)).mean()) for each in (cov, after))
        chosen.append((left[place], before_sd, after_sd))
        cov = after
    return chosen


def _from_others(row: Row, codes: Sequence[str]) -> tuple[Float[np.ndarray, "m"], Float[np.ndarray, "m"]]:
    """What other encoders say of the drop: measured there, or from a surface through what was; 0 without any.

    English's drop is 0 on all of them.
    """
    if row.others is None or not row.others.drops:
        return np.zeros(len(codes)), np.full(len(codes), 2 * _SCALE)
    mean, spread = {ENGLISH: 0.0, **row.others.mean}, row.others.spread
    there = [code for code in row.languages if code in mean and code != ENGLISH]
    value = np.array([mean.get(code, 0.0) for code in codes])
    sd = np.full(len(codes), spread)
    absent = [place for place, code in enumerate(codes) if code not in mean]
    if absent and len(there) >= FEWEST:
        fitted = surface.fit(row.at(there), np.array([mean[code] for code in there]), row.groups, over=row.features)
        value[absent], more = fitted.predict(row.at([codes[place] for place in absent]))
        sd[absent] = np.hypot(more, spread)
    elif absent:
        value[absent], sd[absent] = float(np.mean([*row.others.mean.values()])), 2 * _SCALE
    return value, sd


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How wrong left-out languages were: |residual| / sd, by language; and the same where kin are left out too."""

    near: Mapping[str, tuple[float, ...]]
    far: Mapping[str, tuple[float, ...]]
    basis: str
    """What was left out: "own" languages, or those of "others"."""

    def width(self, level: float, is_far: bool) -> float:
        """The quantile that intervals of this level take; infinite where languages are too few."""
        scores = self.near if not is_far else self.far
        flat = [(each, code) for code, of in scores.items() for each in of]
        if not flat:
            return inf
        found = conformal.quantile([each for each, _ in flat], [code for _, code in flat], level)
        return max(found, self.width(level, False)) if is_far else found


def calibrate(row: Row, kin: Mapping[str, tuple[str, str]], size: Mapping[str, float]) -> Calibration:
    """From the row's own languages, each left out; `kin` has family and script, `size` what orders them from small.

    Far folds leave out a family, a script, or the smallest third at once.
    """
    known = row.known
    near = {
        code: (_wrong(row, [code], [each for each in known if each != code])[0],) for code in known if len(known) > 1
    }
    far: dict[str, tuple[float, ...]] = {}
    for fold in folds(known, kin, size):
        kept = [code for code in known if code not in fold]
        if len(kept) < 2:
            continue
        for code, wrong in zip(fold, _wrong(row, fold, kept), strict=True):
            far[code] = (*far.get(code, ()), wrong)
    return Calibration(near=near, far=far, basis="own")


def _wrong(row: Row, codes: Sequence[str], kept: Sequence[str]) -> list[float]:
    mean, sd, _ = predict(row, codes, kept)
    return [float(each) for each in np.abs(row.drops(codes) - mean) / sd]


def folds(known: Sequence[str], kin: Mapping[str, tuple[str, str]], size: Mapping[str, float]) -> list[list[str]]:
    """Languages to leave out at once: of one family, of one script, the third with the least text."""
    folds = [
        [code for code in known if kin.get(code, ("", ""))[which] == name]
        for which in (0, 1)
        for name in sorted({kin[code][which] for code in known if code in kin})
    ]
    ordered = sorted((code for code in known if code in size), key=lambda code: size[code])
    folds.append(ordered[: len(ordered) // 3])
    return [fold for fold in folds if fold]


def is_far(code: str, known: Sequence[str], kin: Mapping[str, tuple[str, str]], size: Mapping[str, float]) -> bool:
    """Whether a language is unlike all calibrating ones by family or script, or fewer than two have as little text."""
    own = kin.get(code)
    if own is None:
        return True
    families, scripts = {kin[each][0] for each in known if each in kin}, {kin[each][1] for each in known if each in kin}
    as_small = sum(size[each] <= size[code] for each in known if each in size) if code in size else 2 * (not size)
    return own[0] not in families or own[1] not in scripts or as_small < 2
