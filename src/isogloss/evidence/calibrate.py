"""Probabilities that are worth their name: a linear model of signs, its error of calibration, thresholds, its domain.

Multinomial logistic regression with an L2 penalty. Everything that is said of it is measured by cross-validation in
which all papers of one claim are in one part, so that no claim judges itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from isogloss.core.check import Calibration
from isogloss.core.errors import NOT_JSON, DataError
from isogloss.core.seeds import rng
from isogloss.core.typing import Float, Int, np
from isogloss.literature.words import stems
from isogloss.stats.calibration import misses

LABELS = ("NEI", "SUPPORT", "REFUTE")
REFUTED = 1.5
"""A refuted claim counts one and a half times, or a fifth of the claims would hardly ever be named."""
PENALTY, FOLDS = 10.0, 10
PRECISION, FEWEST = 0.9, 20
"""Above its threshold a label is right this often, and is given at least this many times."""
HERE = Path(__file__).parent / "verifiers"


@dataclass(frozen=True, kw_only=True)
class Domain:
    """Stems that mark texts like those of the calibration set, and what share of a text they make up at least."""

    set: str
    marks: frozenset[str]
    least: float

    def share(self, text: str) -> float:
        """The share of the text's words that are marks."""
        words = set(stems(text))
        return len(words & self.marks) / len(words) if words else 0.0

    def holds(self, text: str) -> bool:
        """Whether a text is like the set."""
        return self.share(text) >= self.least


@dataclass(frozen=True, kw_only=True)
class Model:
    """A calibrated linear model: signs → probabilities of LABELS."""

    name: str
    signs: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    """One row per label: bias, then one weight per sign."""
    calibration: Calibration
    thresholds: Mapping[str, float]
    """Label → the probability above which it is right PRECISION of the time; a label without one is never decided."""

    def probabilities(self, signs: Float[np.ndarray, "n s"]) -> Float[np.ndarray, "n 3"]:
        """Rows of probabilities in the order of LABELS."""
        weights = np.array(self.weights)
        return _softmax((signs - np.array(self.mean)) / np.array(self.scale) @ weights[:, 1:].T + weights[:, 0])

    def decided(self, p: Float[np.ndarray, "3"]) -> str:
        """The label that is above its threshold; "" where none is."""
        label = LABELS[int(p.argmax())]
        return label if label in self.thresholds and p.max() >= self.thresholds[label] else ""

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def fitted(
    name: str, signs: Sequence[str], x: Float[np.ndarray, "n s"], labels: Int[np.ndarray, "n"],
    groups: Sequence[str], *, calibrated_on: str,
) -> tuple[Model, Float[np.ndarray, "n 3"]]:  # fmt: skip
    """(the model of all examples, what models that never saw an example's group say of it)."""
    held = held_out(x, labels, groups)
    mean, scale, weights = _fit(x, labels)
    error, null = ece(held, labels), null_of(held)
    model = Model(
        name=name, signs=tuple(signs), mean=_short(mean), scale=_short(scale),
        weights=tuple(_short(row) for row in weights),
        calibration=Calibration(set=calibrated_on, n=len(labels), ece=round(error, 4), null=round(null, 4)),
        thresholds=thresholds(held, labels),
    )  # fmt: skip
    return model, held


def held_out(
    x: Float[np.ndarray, "n s"], labels: Int[np.ndarray, "n"], groups: Sequence[str], *, parts: int = FOLDS
) -> Float[np.ndarray, "n 3"]:
    """Probabilities of each example by a model that saw none of its group. Raises DataError for a single group."""
    names = sorted(set(groups))
    if len(names) < 2:
        raise DataError(f"{len(labels)} examples of {len(names)} group; a model is tried on groups it did not see.")
    place = dict(zip(names, rng("calibrate", "parts").permutation(len(names)) % parts, strict=True))
    part = np.array([place[group] for group in groups])
    p = np.empty((len(labels), len(LABELS)))
    for each in range(parts):
        mean, scale, weights = _fit(x[part != each], labels[part != each])
        p[part == each] = _softmax((x[part == each] - mean) / scale @ weights[:, 1:].T + weights[:, 0])
    return p


def ece(p: Float[np.ndarray, "n 3"], labels: Int[np.ndarray, "n"]) -> float:
    """Expected calibration error of the most probable label, ten bins of equal width; 0 is perfect (Guo 2017)."""
    return float(misses(p.max(axis=1), p.argmax(axis=1) == labels).mean())


def null_of(p: Float[np.ndarray, "n 3"], draws: int = 1000) -> float:
    """The 95% bound of the ECE of a perfectly calibrated model with these probabilities: labels drawn from them."""
    draw = rng("calibrate", "null")
    edges = p.cumsum(axis=1)[None, :, :-1]
    labels = (draw.random((draws, len(p), 1)) > edges).sum(axis=2)
    return float(np.quantile([ece(p, each) for each in labels], 0.95))


def macro_f1(predicted: Int[np.ndarray, "n"], labels: Int[np.ndarray, "n"]) -> tuple[float, dict[str, float]]:
    """(mean, per label) of F1; a label that is neither there nor predicted is left out."""
    found = {}
    for place, name in enumerate(LABELS):
        said, gold = predicted == place, labels == place
        if said.any() or gold.any():
            found[name] = float(2 * (said & gold).sum() / (said.sum() + gold.sum()))
    return float(np.mean(list(found.values()))), found


def thresholds(p: Float[np.ndarray, "n 3"], labels: Int[np.ndarray, "n"]) -> dict[str, float]:
    """For each label, the lowest probability from which it is right PRECISION of the time, FEWEST times or more."""
    lowest = {}
    for place, name in enumerate(LABELS):
        named = p.argmax(axis=1) == place
        sure, right = p[named, place], labels[named] == place
        order = np.argsort(-sure, kind="stable")
        share = right[order].cumsum() / np.arange(1, len(order) + 1)
        enough = np.flatnonzero((share >= PRECISION) & (np.arange(1, len(order) + 1) >= FEWEST))
        if len(enough):
            lowest[name] = round(float(sure[order][enough[-1]]), 4)
    return lowest


@cache
def shipped(name: str) -> Model:
    """A model that comes with isogloss."""
    return read(HERE / f"{name}.json")


@cache
def domain(name: str = "scifact") -> Domain:
    """The domain of a calibration set that comes with isogloss."""
    values = _values(HERE / f"domain_{name}.json")
    return Domain(set=values["set"], marks=frozenset(values["marks"]), least=values["least"])


def read(path: Path) -> Model:
    """A model from its file. Raises DataError for anything else."""
    return model_of(_values(path), str(path))


def model_of(values: Mapping[str, Any], name: str) -> Model:
    """A model from its JSON values. Raises DataError for anything else."""
    try:
        made = {key: values[key] for key in ("name", "thresholds")}
        return Model(
            **made, calibration=Calibration(**values["calibration"]), signs=tuple(values["signs"]),
            mean=tuple(values["mean"]), scale=tuple(values["scale"]), weights=tuple(map(tuple, values["weights"])),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise DataError(f"{name}: no calibrated model ({error!r}). Make it again.") from None


def _values(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, TypeError, *NOT_JSON) as error:
        raise DataError(f"{path}: it cannot be read ({error}). Make it again.") from None


def _fit(
    x: Float[np.ndarray, "n s"], labels: Int[np.ndarray, "n"]
) -> tuple[Float[np.ndarray, "s"], Float[np.ndarray, "s"], Float[np.ndarray, "3 t"]]:
    from scipy.optimize import minimize

    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-9)
    rows = np.column_stack([np.ones(len(x)), (x - mean) / scale])
    gold = np.eye(len(LABELS))[labels]
    count = np.where(labels == LABELS.index("REFUTE"), REFUTED, 1.0)[:, None]

    def loss(flat: Float[np.ndarray, "w"]) -> tuple[float, Float[np.ndarray, "w"]]:
        weights = flat.reshape(len(LABELS), -1)
        p = _softmax(rows @ weights.T)
        slope = (count * (p - gold)).T @ rows
        slope[:, 1:] += PENALTY * weights[:, 1:]
        value = -(count * gold * np.log(p + 1e-300)).sum() + PENALTY / 2 * (weights[:, 1:] ** 2).sum()
        return float(value), slope.ravel()

    optimum = minimize(loss, np.zeros(len(LABELS) * rows.shape[1]), jac=True, method="L-BFGS-B")
    return mean, scale, optimum.x.reshape(len(LABELS), -1)


def _softmax(logits: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _short(values: Float[np.ndarray, "s"]) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in values)
