"""Jensen–Shannon divergence of sub-word unigrams, in bits: 0 for the same frequencies, 1 for nothing in common."""

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, np


def compare(a: Corpus, b: Corpus) -> float:
    """The divergence, in bits."""
    if not a.unigrams.sum() or not b.unigrams.sum():
        raise MetricError("jensen_shannon: a corpus has no sub-words.")
    p, q = a.unigrams / a.unigrams.sum(), b.unigrams / b.unigrams.sum()
    return _entropy((p + q) / 2) - (_entropy(p) + _entropy(q)) / 2


def _entropy(p: Float[np.ndarray, "v"]) -> float:
    seen = p[p > 0]
    return -float(seen @ np.log2(seen))


MEASURE = Measure(
    name="jensen_shannon",
    title="Jensen–Shannon of sub-words",
    family="lexical",
    compare=compare,
    needs=("subwords",),
    unit="bits",
    bounds=(0.0, 1.0),
    cite="Lin 1991",
)
