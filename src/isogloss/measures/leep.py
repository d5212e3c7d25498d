"""LEEP: how well the intermediate task's labels, from a frozen classifier, predict the target's. Higher is better.

The log expected empirical prediction: mean log of Σ P(target label | source label) × P(source label | example).
"""

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import np
from isogloss.measures._labels import classes, labels_of
from isogloss.measures._source import probabilities


def compare(a: Corpus, b: Corpus) -> float:
    """Nats per example, at most 0."""
    source, labels = probabilities(a, b), labels_of(b)
    joint = classes(labels).T @ source / len(labels)
    conditional = joint / np.maximum(joint.sum(axis=0, keepdims=True), 1e-300)
    expected = (source * conditional[labels]).sum(axis=1)
    return float(np.log(np.maximum(expected, 1e-300)).mean())


MEASURE = Measure(
    name="leep",
    title="LEEP",
    family="label-aware",
    compare=compare,
    needs=("vectors", "labels"),
    unit="nats per example",
    bounds=(-float("inf"), 0.0),
    symmetric=False,
    direction="similarity",
    cite="Nguyen et al. 2020",
)
