"""Retrieval margin: by how much a sentence's translation is nearer than the best other sentence. Higher is better."""

from isogloss.core.measure import ROUNDING, Corpus, Measure
from isogloss.measures._parallel import cosines


def compare(a: Corpus, b: Corpus) -> float:
    """Mean over sentences and both directions of the cosine with the translation less the best other cosine."""
    found = cosines(a, b)
    value = float((found.own - (found.ahead + found.behind) / 2).mean())
    return 0.0 if abs(value) <= ROUNDING else value


MEASURE = Measure(
    name="retrieval_margin",
    title="retrieval margin",
    family="alignment",
    compare=compare,
    needs=("vectors",),
    unit="cosine",
    bounds=(-2.0, 2.0),
    direction="similarity",
    scope="target",
    parallel=True,
    cite="after Artetxe & Schwenk 2019",
)
