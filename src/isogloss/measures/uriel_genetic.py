"""URIEL's genetic distance between two languages."""

from isogloss.core.measure import Corpus, Measure
from isogloss.measures._uriel import distance


def compare(a: Corpus, b: Corpus) -> float:
    """In [0, 1]."""
    return distance("genetic", a, b)


MEASURE = Measure(
    name="uriel_genetic",
    title="URIEL genetic distance",
    family="typological",
    compare=compare,
    needs=("language",),
    unit="angle, right angle = 1",
    bounds=(0.0, 1.0),
    scope="language",
    cite="Littell et al. 2017; Khan et al. 2025",
)
