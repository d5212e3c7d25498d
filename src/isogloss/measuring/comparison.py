"""A divergence with its interval and its noise floor.

Both come from halves without replacement: a bootstrap would put examples beside copies of themselves, which such
measures take for closeness. The spread of values between halves of both corpora is the standard error of the whole
(Politis, Romano & Wolf 1999: with half of the sample the scaling is 1); values between two halves of one corpus are
what chance gives. Label-aware scores are compared with permuted labels, alignment with shuffled translations.

Every stream is named by the corpora it draws from, so an estimate depends on its own inputs alone, never on what else
was measured before it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure
from isogloss.core.seeds import rng
from isogloss.core.typing import np

DRAWS = 5
LEAST = 8
"""Examples of a corpus below which nothing is halved."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What one comparison gives; None where too few examples allow no more."""

    value: float
    low: float | None = None
    high: float | None = None
    null: float | None = None
    null_high: float | None = None


class Comparison:
    """Compares corpora; remembers the noise floors of single corpora, which many comparisons share."""

    def __init__(self) -> None:
        self._floors: dict[tuple[str, str], list[float]] = {}

    def estimate(self, measure: Measure, a: Corpus, b: Corpus) -> Compared:
        """The value with all that belongs to it. Raises MetricError where the value is undefined."""
        value = measure(a, b)
        if measure.scope == "language" or min(len(a), len(b)) < LEAST:
            return Compared(value=value)
        nulls = self._nulls(measure, a, b)
        low, high = interval(measure, value, a, b)
        return Compared(
            value=value,
            low=low,
            high=high,
            null=float(np.mean(nulls)) if nulls else None,
            null_high=float(np.quantile(nulls, 0.95)) if nulls else None,
        )

    def _nulls(self, measure: Measure, a: Corpus, b: Corpus) -> list[float]:
        stream = rng(f"{a.name}/{b.name}", "null")
        if measure.parallel:
            return _values(measure, lambda: (a, b.take(stream.permutation(len(b)))))
        if "labels" in measure.needs and b.labels is not None:
            labels = b.labels
            return _values(measure, lambda: (a, replace(b, labels=stream.permutation(labels))))
        return self._floor(measure, a) + self._floor(measure, b)

    def _floor(self, measure: Measure, corpus: Corpus) -> list[float]:
        # By content: under "centred" one text has other vectors beside each target, and a floor for each.
        at = (measure.name, _digest(corpus))
        if at not in self._floors:
            stream = rng(corpus.name, "halves")

            def halves() -> tuple[Corpus, Corpus]:
                first, second = _split(corpus, stream)
                return corpus.take(first), corpus.take(second)

            self._floors[at] = _values(measure, halves)
        return self._floors[at]


def interval(measure: Measure, value: float, a: Corpus, b: Corpus) -> tuple[float | None, float | None]:
    """95%, inside the measure's bounds: Student's t on the spread over halves of both corpora."""
    from scipy.special import stdtrit

    stream = rng(f"{a.name}/{b.name}", "interval")
    values: list[float] = []
    for _ in range(DRAWS):
        first = _split(a, stream)
        second = first if measure.parallel else _split(b, stream)
        for one, other in zip(first, second, strict=True):
            try:
                values.append(measure(a.take(one), b.take(other)))
            except MetricError:  # a half may lack a class
                continue
    if len(values) < DRAWS:
        return None, None
    half = float(stdtrit(DRAWS, 0.975)) * float(np.std(values, ddof=1))
    low, high = np.clip([value - half, value + half], *measure.bounds).tolist()
    return low, high


def _digest(corpus: Corpus) -> str:
    """What a corpus holds, and the name that its streams have, as a hash."""
    found = hashlib.sha256(corpus.name.encode())
    for part in (corpus.vectors, corpus.labels, corpus.groups, corpus.fisher, *(corpus.subwords or ())):
        found.update(b"none" if part is None else repr(np.shape(part)).encode() + np.asarray(part).tobytes())
    return found.hexdigest()


def _split(corpus: Corpus, stream: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows of two halves; of groups, where there are any."""
    kinds = np.arange(len(corpus)) if corpus.groups is None else np.unique(corpus.groups)
    size, order = len(kinds) // 2, stream.permutation(len(kinds))
    first, second = np.sort(order[:size]), np.sort(order[size : 2 * size])
    if corpus.groups is not None:
        first, second = (np.flatnonzero(np.isin(corpus.groups, kinds[half])) for half in (first, second))
    return first, second


def _values(measure: Measure, draw: Callable[[], tuple[Corpus, Corpus]]) -> list[float]:
    found = []
    for _ in range(DRAWS):
        try:
            found.append(measure(*draw()))
        except MetricError:
            continue
    return found
