"""log10 of the characters that an encoder was pretrained on in the target's language. A covariate, not a distance."""

from math import log10

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus, Measure


def compare(a: Corpus, b: Corpus) -> float:  # noqa: ARG001
    """In powers of ten. Raises MetricError for a language without pretraining text."""
    if not b.characters:
        raise MetricError(f"pretraining_size: no pretraining text is known for '{b.language}'.")
    return log10(b.characters)


MEASURE = Measure(
    name="pretraining_size",
    title="log pretraining size",
    family="typological",
    compare=compare,
    needs=("characters",),
    unit="log10 characters",
    bounds=(0.0, float("inf")),
    symmetric=False,
    direction="similarity",
    scope="language",
)
