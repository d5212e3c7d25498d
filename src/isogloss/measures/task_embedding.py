"""TaskEmb: 1 less the cosine of two tasks' Fisher information: which weights of the encoder each cares about."""

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure
from isogloss.measures._vectors import mean
from isogloss.measures.text_embedding import cosine_distance


def compare(a: Corpus, b: Corpus) -> float:
    """1 - cosine, in [0, 1], since Fisher information is never negative."""
    if a.fisher is None or b.fisher is None or not len(a.fisher) or not len(b.fisher):
        raise MetricError("task_embedding: a corpus has no Fisher information.")
    return cosine_distance(mean(a.fisher), mean(b.fisher), size=0.0)


MEASURE = Measure(
    name="task_embedding",
    title="TaskEmb",
    family="label-aware",
    compare=compare,
    needs=("fisher",),
    unit="1 - cosine",
    bounds=(0.0, 1.0),
    cite="Achille et al. 2019; Vu et al. 2020",
)
