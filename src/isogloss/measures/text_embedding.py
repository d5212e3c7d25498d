"""TextEmb: 1 less the cosine of the corpora's mean vectors."""

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, np
from isogloss.core.vectors import SINGLE
from isogloss.measures._vectors import mean, pair


def compare(a: Corpus, b: Corpus) -> float:
    """1 - cosine, in [0, 2]."""
    x, y = pair(a, b)
    return cosine_distance(mean(x), mean(y), size=a.size + b.size)


def cosine_distance(x: Float[np.ndarray, "d"], y: Float[np.ndarray, "d"], size: float) -> float:
    """1 - cosine. Raises MetricError for a vector that is zero beside `size`: it points nowhere."""
    lengths = float(np.linalg.norm(x)), float(np.linalg.norm(y))
    if min(lengths) <= SINGLE * size:
        raise MetricError("a mean of length zero (centred vectors have one) has no direction.")
    value = 1 - float(x @ y) / (lengths[0] * lengths[1])
    return 0.0 if abs(value) <= SINGLE**2 else value


MEASURE = Measure(
    name="text_embedding",
    title="TextEmb",
    family="label-aware",
    compare=compare,
    needs=("vectors",),
    unit="1 - cosine",
    bounds=(0.0, 2.0),
    cite="Vu et al. 2020",
)
