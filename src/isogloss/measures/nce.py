"""NCE: minus the entropy of the target's labels that is left once the intermediate task's are known. Higher is better.

The source labels of the target's examples are what a frozen classifier of the intermediate task gives.
"""

from isogloss.core.measure import ROUNDING, Corpus, Measure
from isogloss.core.typing import np
from isogloss.measures._labels import classes, labels_of
from isogloss.measures._source import probabilities


def compare(a: Corpus, b: Corpus) -> float:
    """Nats per example, at most 0."""
    source = probabilities(a, b)
    # Of labels that are equally probable but for rounding the first, on whatever machine.
    best = (source >= source.max(axis=1, keepdims=True) - ROUNDING).argmax(axis=1)
    given = np.eye(source.shape[1])[best]
    labels = labels_of(b)
    joint = given.T @ classes(labels) / len(labels)
    conditional = joint / np.maximum(joint.sum(axis=1, keepdims=True), 1e-300)
    seen = joint > 0
    return float(joint[seen] @ np.log(conditional[seen]))


MEASURE = Measure(
    name="nce",
    title="negative conditional entropy",
    family="label-aware",
    compare=compare,
    needs=("vectors", "labels"),
    unit="nats per example",
    bounds=(-float("inf"), 0.0),
    symmetric=False,
    direction="similarity",
    cite="Tran et al. 2019",
)
