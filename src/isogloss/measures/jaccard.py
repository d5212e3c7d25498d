"""Jaccard distance of vocabularies: 1 less the share of the sub-words of either corpus that both use."""

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure


def compare(a: Corpus, b: Corpus) -> float:
    """1 - overlap, in [0, 1]."""
    first, second = a.unigrams > 0, b.unigrams > 0
    either = int((first | second).sum())
    if not either:
        raise MetricError("jaccard: neither corpus has a sub-word.")
    return 1 - int((first & second).sum()) / either


MEASURE = Measure(
    name="jaccard",
    title="sub-word Jaccard distance",
    family="lexical",
    compare=compare,
    needs=("subwords",),
    unit="1 - overlap",
    bounds=(0.0, 1.0),
    cite="Jaccard 1912",
)
