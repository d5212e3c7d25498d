"""MEXA: the share of sentence pairs that are each other's nearest, in both directions at once. Higher is better."""

from isogloss.core.measure import Corpus, Measure
from isogloss.measures._parallel import cosines


def compare(a: Corpus, b: Corpus) -> float:
    """Share of pairs whose cosine beats every other one of either sentence."""
    found = cosines(a, b)
    return float((found.first & found.second).mean())


MEASURE = Measure(
    name="mexa",
    title="MEXA",
    family="alignment",
    compare=compare,
    needs=("vectors",),
    unit="share",
    bounds=(0.0, 1.0),
    direction="similarity",
    scope="target",
    parallel=True,
    cite="Kargaran et al. 2024",
)
