"""What label-aware measures share: labels that are there, and the moments of each class."""

from isogloss.core.errors import MetricError
from isogloss.core.measure import Corpus
from isogloss.core.typing import Float, Int, np


def labels_of(corpus: Corpus) -> Int[np.ndarray, "n"]:
    """Labels numbered from 0 without gaps. Raises MetricError for none, or for one class only."""
    if corpus.labels is None:
        raise MetricError(f"corpus '{corpus.name}' has no labels.")
    seen, numbered = np.unique(corpus.labels, return_inverse=True)
    if len(seen) < 2:
        raise MetricError(f"corpus '{corpus.name}' has {len(seen)} class; labels tell nothing then.")
    return np.asarray(numbered)


def classes(labels: Int[np.ndarray, "n"]) -> Float[np.ndarray, "n k"]:
    """One column per class, 1 where the example is of it."""
    return np.asarray(np.eye(int(labels.max()) + 1)[labels])
