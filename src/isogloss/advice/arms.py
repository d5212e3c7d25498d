"""What is believed of arms (intermediate tasks, none among them) before a target: a prior from history, then runs.

score(board, arm) = level of the board + its scale × (popularity of the arm + what its kind does to targets of this
kind + a slope on how far it lies from the target + what is its own here); a board is a target on an encoder, an arm an
intermediate task, "none" or several at once. All parts are normal, so that history and runs are weighed in closed form.
The level is not known before a run; the scale is summed over a grid. Units are those of the scores given: nothing here
knows what they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from isogloss.advice.kinds import OTHER, kind_of
from isogloss.core.controls import NONE
from isogloss.core.seeds import rng
from isogloss.core.typing import Bool, Float, Int, np

DRAWS = 4000
"""Of the belief, for P(best)."""
_VAGUE = 100.0
"""Variance of a board's level, in squares of its scale: nothing is known of it."""
_GRID = np.linspace(-2.0, 2.0, 11)
"""Logarithms of scales that a new board may have, in standard deviations from the usual one."""
_SPREAD, _STRANGE = 0.6, 1.2
"""Standard deviation of the logarithm of scales: on an encoder with boards of its own, and on one without."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The mean score of one arm on one board, and its standard error from the noise of runs."""

    encoder: str
    target: str
    arm: str
    value: float
    error: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Variances of what a score is made of, in squares of a board's scale (docs/advice.md: where they are from)."""

    arm: float = 0.12
    """An arm's popularity, everywhere."""
    arm_encoder: float = 0.2
    """On one encoder."""
    arm_kind: float = 0.1
    """On targets of one kind."""
    pair: float = 0.09
    """Of arms of one kind on targets of one kind."""
    kind: float = 0.03
    """Of arms of one kind."""
    own: float = 0.4
    """What an arm of the target's own kind has over others."""
    board: float = 0.03
    """Of arms of one kind, on one board."""
    elsewhere: float = 0.2
    """Of an arm on one target, whatever the encoder."""
    none: float = 0.5
    """What all intermediate tasks have over none."""
    slope: float = 0.04
    """Of the slope on divergence, for an arm that lies a standard deviation farther than the board's others."""
    rest: float = 0.3
    """Of an arm on a board, that nothing else tells."""


PARTS = Parts()


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which cells a list of scores speaks of, as codes that compare quickly."""

    encoder: Int[np.ndarray, "n"]
    target: Int[np.ndarray, "n"]
    arm: Int[np.ndarray, "n"]
    arm_kind: Int[np.ndarray, "n"]
    target_kind: Int[np.ndarray, "n"]
    none: Bool[np.ndarray, "n"]
    apart: Float[np.ndarray, "n"]
    """How much farther the arm lies from the target than others do; 0 where nobody measured it."""


class Codes:
    """Names → numbers; `kind` tells the kind of a task by its name, `apart` divergences by encoder, target and arm."""

    def __init__(
        self, kind: Callable[[str], str] = kind_of, apart: Mapping[tuple[str, str, str], float] | None = None
    ) -> None:
        self._kind, self._apart = kind, apart or {}
        self._numbers: dict[str, int] = {}

    def place(self, encoders: Sequence[str], targets: Sequence[str], arms: Sequence[str]) -> Place:
        """The codes of cells."""
        return Place(
            encoder=self._coded(encoders), target=self._coded(targets), arm=self._coded(arms),
            arm_kind=self._coded([self.kind(each) for each in arms]),
            target_kind=self._coded([self.kind(each) for each in targets]),
            none=np.array([each == NONE for each in arms], dtype=bool),
            apart=np.array([self._apart.get(at, 0.0) for at in zip(encoders, targets, arms, strict=True)]),
        )  # fmt: skip

    def kind(self, name: str) -> str:
        """The kind of a task; one that is like no other stands for itself."""
        found = self._kind(name)
        return f"{OTHER} {name}" if found == OTHER else found

    def _coded(self, names: Sequence[str]) -> Int[np.ndarray, "n"]:
        return np.array([self._numbers.setdefault(each, len(self._numbers)) for each in names], dtype=np.int64)


def covariance(a: Place, b: Place, parts: Parts = PARTS) -> Float[np.ndarray, "n m"]:
    """Of two lists of cells, levels of boards aside, in squares of the scale."""

    def same(one: Any, other: Any) -> Any:
        return (one[:, None] == other[None, :]).astype(np.float64)

    arm, encoder, target = same(a.arm, b.arm), same(a.encoder, b.encoder), same(a.target, b.target)
    kinds, targets = same(a.arm_kind, b.arm_kind), same(a.target_kind, b.target_kind)
    own = np.outer(a.arm_kind == a.target_kind, b.arm_kind == b.target_kind)
    none = np.outer(a.none, b.none)
    return np.asarray(
        arm * (parts.arm + parts.arm_encoder * encoder + parts.arm_kind * targets + parts.elsewhere * target)
        + kinds * (parts.kind + parts.pair * targets + parts.board * target * encoder)
        + parts.own * own
        + parts.none * none
        + parts.slope * np.outer(a.apart, b.apart)
        + parts.rest * arm * target * encoder
    )


@dataclass(frozen=True, kw_only=True)
class Prior:
    """What history says of arms on one board, in units of the board's scale; its level is not known."""

    arms: tuple[str, ...]
    mean: Float[np.ndarray, "a"]
    covariance: Float[np.ndarray, "a a"]
    scale: float
    """What the scale of the board usually is, in the unit of scores."""
    spread: float
    """Standard deviation of its logarithm."""
    noise: float
    """Standard deviation of one run, in the unit of scores."""
    boards: int
    """How many boards it rests on."""
    slope: tuple[float, float] = (0.0, 0.0)
    """Of scores on divergence: mean and standard deviation, in units of the scale; 0 and 0 where none was measured."""

    @property
    def order(self) -> list[int]:
        """Arms by what is expected of them, best first."""
        return [int(place) for place in np.argsort(-self.mean, kind="stable")]


def scale_of(results: Sequence[Result]) -> float | None:
    """The spread of a board's arms beyond noise, none among them; None where fewer than three differ beyond it."""
    values = np.array([each.value for each in results])
    if len(values) < 3:
        return None
    noise = float(np.mean([each.error**2 for each in results]))
    beyond = float(values.var(ddof=1)) - noise
    return float(np.sqrt(beyond)) if beyond > 1e-4 * noise and beyond > 1e-12 else None


def prior(
    history: Sequence[Result], arms: Sequence[str], encoder: str, target: str, *,
    usual: float, noise: float, kind: Callable[[str], str] = kind_of, parts: Parts = PARTS,
    apart: Mapping[tuple[str, str, str], float] | None = None,
) -> Prior:  # fmt: skip
    """The prior over `arms` on a board that `history` does not hold; rows of that very board are left out.

    `usual` is the scale to assume where no board tells one, `noise` the standard deviation of a run; both in the unit
    of scores. Boards are compared in units of their own scale. `apart` has divergences by encoder, target and arm.
    """
    boards: dict[tuple[str, str], list[Result]] = {}
    for each in history:
        if (each.encoder, each.target) != (encoder, target):
            boards.setdefault((each.encoder, each.target), []).append(each)
    scales = {board: scale_of(rows) for board, rows in boards.items()}
    scale, spread = _usual_scale(scales, encoder, usual)
    used = [(board, each) for board, rows in boards.items() for each in rows if scales[board] or len(rows) < 3]
    codes = Codes(kind, apart)
    here = codes.place([encoder] * len(arms), [target] * len(arms), list(arms))
    alone = covariance(here, here, parts)
    if not used:
        return Prior(
            arms=tuple(arms),
            mean=np.zeros(len(arms)),
            covariance=alone,
            scale=scale,
            spread=spread,
            noise=noise,
            boards=0,
            slope=(0.0, float(np.sqrt(parts.slope)) if here.apart.any() else 0.0),
        )
    unit = np.array([scales[board] or scale for board, _ in used])
    there = codes.place(*zip(*((each.encoder, each.target, each.arm) for _, each in used), strict=True))
    on = {board: place for place, board in enumerate(dict.fromkeys(board for board, _ in used))}
    which = np.array([on[board] for board, _ in used])
    levels = np.bincount(which, [each.value for _, each in used]) / np.bincount(which)
    z = (np.array([each.value for _, each in used]) - levels[which]) / unit
    error = (np.array([each.error for _, each in used]) / unit) ** 2
    full = covariance(there, there, parts) + _VAGUE * (which[:, None] == which) + np.diag(error + 1e-6)
    cross = covariance(here, there, parts)
    along = parts.slope * there.apart
    weights = np.linalg.solve(full, np.column_stack([z, cross.T, along]))
    variance = parts.slope - float(along @ weights[:, -1])
    slope = (float(along @ weights[:, 0]), float(np.sqrt(max(variance, 0.0))))
    return Prior(
        arms=tuple(arms), mean=cross @ weights[:, 0], covariance=alone - cross @ weights[:, 1:-1], scale=scale,
        spread=spread, noise=noise, boards=len(on), slope=slope if apart else (0.0, 0.0),
    )  # fmt: skip


def _usual_scale(scales: Mapping[tuple[str, str], float | None], encoder: str, usual: float) -> tuple[float, float]:
    """What a board's scale usually is, and how far it may be: this encoder's boards, and all others as one more."""
    own = [float(np.log(scale)) for at, scale in scales.items() if scale and at[0] == encoder]
    others = [float(np.log(scale)) for at, scale in scales.items() if scale and at[0] != encoder]
    known = own + ([float(np.mean(others))] if others else [])
    return (float(np.exp(np.mean(known))) if known else usual), (_SPREAD if own else _STRANGE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What runs of one arm scored: their mean, and how many there are."""

    arm: str
    value: float
    runs: int = 1


@dataclass(frozen=True, kw_only=True)
class Belief:
    """Of the scores of arms on a board: a mixture of normals, one for each scale it may have."""

    arms: tuple[str, ...]
    weights: Float[np.ndarray, "k"]
    means: Float[np.ndarray, "k a"]
    covariances: Float[np.ndarray, "k a a"]
    noise: float

    @cached_property
    def mean(self) -> Float[np.ndarray, "a"]:
        """Expected scores; their common level means nothing before a run."""
        return np.asarray(self.weights @ self.means)

    @cached_property
    def covariance(self) -> Float[np.ndarray, "a a"]:
        """Of the whole mixture."""
        off = self.means - self.mean
        return np.asarray(
            np.tensordot(self.weights, self.covariances, 1) + np.einsum("k,ka,kb->ab", self.weights, off, off)
        )

    @cached_property
    def draws(self) -> Float[np.ndarray, "b a"]:
        """Scores drawn from it, always the same ones."""
        stream = rng(" ".join(self.arms), "draws of a belief")
        counts = np.maximum(np.round(self.weights * DRAWS).astype(int), 0)
        parts = [
            mean + stream.standard_normal((count, len(mean))) @ _root(cov).T
            for count, mean, cov in zip(counts, self.means, self.covariances, strict=True)
            if count
        ]
        return np.concatenate(parts)

    @property
    def best(self) -> Float[np.ndarray, "a"]:
        """P(best) of each arm."""
        return np.asarray(np.bincount(self.draws.argmax(axis=1), minlength=len(self.arms)) / len(self.draws))

    def over(self, arm: str = NONE) -> Float[np.ndarray, "b a"]:
        """Drawn gains over one arm."""
        return np.asarray(self.draws - self.draws[:, [self.arms.index(arm)]])

    def gain(self, runs: int = 1) -> Float[np.ndarray, "a"]:
        """What this many runs of each arm are expected to add to the best mean score (Frazier et al. 2009)."""
        own = np.diag(self.covariance)
        moved = self.covariance / np.sqrt(own + self.noise**2 / runs)[:, None]
        return np.array([_expected(self.mean, change) for change in moved])


def believe(told: Prior, seen: Sequence[Seen], noise: float | None = None) -> Belief:
    """The prior after runs. `noise` is the standard deviation of a run here, where replicates tell it."""
    noise = told.noise if noise is None else noise
    factors = told.scale * np.exp(told.spread * _GRID)
    logs = -0.5 * _GRID**2
    at = [told.arms.index(each.arm) for each in seen]
    values = np.array([each.value for each in seen])
    level = float(values.mean()) if len(values) else 0.0
    error = np.array([noise**2 / each.runs for each in seen])
    means, covariances, evidence = [], [], []
    for scale in factors:
        mean, cov = level + scale * told.mean, scale**2 * told.covariance
        likelihood = 0.0
        if at:
            vague = cov + _VAGUE * max(factors[-1], float(np.ptp(values))) ** 2
            full = vague[np.ix_(at, at)] + np.diag(error + 1e-12 * scale**2)
            left = values - mean[at]
            solved = np.linalg.solve(full, np.column_stack([left, vague[at]]))
            likelihood = -0.5 * float(left @ solved[:, 0]) - 0.5 * float(np.linalg.slogdet(full)[1])
            mean, cov = mean + vague[:, at] @ solved[:, 0], vague - vague[:, at] @ solved[:, 1:]
        means.append(mean)
        covariances.append((cov + cov.T) / 2)
        evidence.append(likelihood)
    logs = logs + np.array(evidence)
    weights = np.exp(logs - logs.max())
    return Belief(
        arms=told.arms, weights=weights / weights.sum(), means=np.array(means), covariances=np.array(covariances),
        noise=noise,
    )  # fmt: skip


WORTH = 0.0005
"""A run that is expected to add less than this to the best score (a twentieth of a point) is not worth its hours."""
UNWORTHY = "no run is expected to add a twentieth of a point to the best score"
UNFIT = "the next run does not fit into the hours given"
WIDE = 10
"""So many arms are tried once each, in the order of the prior, before the knowledge gradient chooses."""


def follow(told: Prior, seen: Sequence[Seen], hours: Float[np.ndarray, "a"] | None = None) -> int | None:
    """The arm to run next: the prior's order first, each once; then the most knowledge per hour. None without arms.

    Widening first loses less than repeating (docs/advice.md). Arms may cost different `hours`.
    """
    tried = {each.arm for each in seen}
    left = [place for place in told.order if told.arms[place] not in tried]
    if left and len(tried) < WIDE:
        return left[0]
    if not told.arms:
        return None
    counts = {each.arm: each.runs for each in seen}
    belief = believe(told, seen)
    worth = belief.gain() / (1.0 if hours is None else np.maximum(hours, 1e-9))
    fewest = np.array([counts.get(arm, 0) for arm in told.arms])
    return int(np.lexsort((fewest, -worth))[0])


def assumed(told: Prior, known: Sequence[Seen], noise: float, place: int) -> list[Seen]:
    """As if the arm had been run once more and scored what is expected: the belief stays, and narrows."""
    name = told.arms[place]
    belief = believe(told, known, noise)
    own = next((each for each in known if each.arm == name), None)
    if own is None:
        return [*known, Seen(arm=name, value=float(belief.mean[place]), runs=1)]
    return [replace(own, runs=own.runs + 1) if each is own else each for each in known]


def _root(cov: Float[np.ndarray, "a a"]) -> Float[np.ndarray, "a a"]:
    values, vectors = np.linalg.eigh(cov)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


_QUANTILES = (np.arange(400) + 0.5) / 400


def _expected(mean: Float[np.ndarray, "a"], change: Float[np.ndarray, "a"]) -> float:
    """E[max(mean + change·Z)] - max(mean), Z standard normal, by 400 equal parts of it."""
    from scipy.special import ndtri

    z = ndtri(_QUANTILES)
    return float(np.mean((mean + np.outer(z, change)).max(axis=1)) - mean.max())
