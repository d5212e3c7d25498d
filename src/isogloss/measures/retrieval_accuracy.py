"""Retrieval accuracy: the share of sentences whose nearest sentence is their translation. Higher is better."""

from isogloss.core.measure import Corpus, Measure
from isogloss.measures._parallel import cosines


def compare(a: Corpus, b: Corpus) -> float:
    """Mean of both directions; a tie is not a hit."""
    found = cosines(a, b)
    return float((found.first.mean() + found.second.mean()) / 2)


MEASURE = Measure(
    name="retrieval_accuracy",
    title="retrieval accuracy",
    family="alignment",
    compare=compare,
    needs=("vectors",),
    unit="share",
    bounds=(0.0, 1.0),
    direction="similarity",
    scope="target",
    parallel=True,
    cite="Artetxe & Schwenk 2019",
)
