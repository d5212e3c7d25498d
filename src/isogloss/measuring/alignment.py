"""By how much training moved the alignment of two languages: after it minus before, with interval and noise floor.

Both encoders read the same translations, so the change is paired: its spread over halves of the sentences, the same
halves before and after, is its standard error, to which several trainings of one kind add their own spread. The floor
is what a choice of sentences alone can look like: the difference between the two halves of one text, one encoder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure
from isogloss.core.seeds import rng
from isogloss.core.typing import Float, Int, np
from isogloss.core.vectors import centred
from isogloss.measuring.comparison import DRAWS, LEAST, Compared

Layers = Mapping[int, Float[np.ndarray, "n d"]]
"""Hidden layer → one vector per sentence; 0 = embeddings."""


@dataclass(frozen=True, kw_only=True)
class Aligned:
    """A measure of two languages' alignment: of all sentence pairs, and of halves of them."""

    value: float
    halves: tuple[float, ...]
    """Two for each draw, one after the other; none where the sentences are too few to be halved."""


def halves_of(count: int, key: str) -> list[Int[np.ndarray, "k"]]:
    """Rows of two halves for each draw; none of so few sentences that a half would say nothing."""
    if count < LEAST:
        return []
    stream, half = rng(key, "change"), count // 2
    orders = [stream.permutation(count) for _ in range(DRAWS)]
    return [np.sort(part) for order in orders for part in (order[:half], order[half : 2 * half])]


def aligned(
    measure: Measure, english: Layers, other: Layers, halves: Sequence[Int[np.ndarray, "k"]], name: str
) -> dict[int, Aligned]:
    """Layer → how well row i of one text finds row i of the other, each text less its own mean.

    Layers where the measure is undefined are left out.
    """
    by_layer: dict[int, Aligned] = {}
    for layer in english:
        try:
            a, b = (_corpus(each[layer], name) for each in (english, other))
            parts = tuple(measure(a.take(rows), b.take(rows)) for rows in halves)
            by_layer[layer] = Aligned(value=measure(a, b), halves=parts)
        except MetricError:
            continue
    return by_layer


def change(before: Aligned, after: Sequence[Aligned]) -> Compared:
    """The mean of several trainings' change, above 0 where alignment grew."""
    moved = [each.value - before.value for each in after]
    value = float(np.mean(moved))
    if not before.halves or any(len(each.halves) != len(before.halves) for each in after):
        return Compared(value=value)
    parts = np.mean([each.halves for each in after], axis=0) - np.array(before.halves)
    floor = np.abs(np.array(before.halves[::2]) - np.array(before.halves[1::2]))
    half = hypot(_student(DRAWS) * float(parts.std(ddof=1)), _between(moved))
    return Compared(
        value=value,
        low=value - half,
        high=value + half,
        null=float(floor.mean()),
        null_high=float(np.quantile(floor, 0.95)),
    )


def _between(moved: Sequence[float]) -> float:
    """Half of the 95% interval of a mean over trainings; 0 of one, whose spread is not known."""
    count = len(moved)
    return _student(count - 1) * float(np.std(moved, ddof=1)) / sqrt(count) if count > 1 else 0.0


def _student(df: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.975))


def _corpus(vectors: Float[np.ndarray, "n d"], name: str) -> Corpus:
    rows = np.asarray(vectors, dtype=np.float64)
    return Corpus(name=name, vectors=centred(rows, rows.mean(axis=0)))
