"""A classifier of the intermediate task before any training: Gaussian classes with one covariance on the vectors.

LEEP and NCE ask what a model of the source task says about the target's examples. Ours exists before the run is
paid for: Fisher's discriminant on the encoder's frozen vectors.
"""

from isogloss.core.measure import Corpus
from isogloss.core.typing import Float, np
from isogloss.measures._labels import classes, labels_of
from isogloss.measures._vectors import blocks, check_varies, moments, pair, ridge, thin

RIDGE = 1e-2


def probabilities(a: Corpus, b: Corpus) -> Float[np.ndarray, "m k"]:
    """For each example of the second corpus, how probable each class of the first is.

    Raises MetricError where the first corpus's vectors are all the same: nothing tells its classes apart.
    """
    wide = pair(a, b)
    x, y = thin(*wide)
    targets = classes(labels_of(a))
    counts = targets.sum(axis=0)
    means = (targets.T @ np.asarray(x, dtype=np.float64)) / counts[:, None]
    centre, total = moments(x)
    variance = float(np.trace(total))
    check_varies(variance, centre)
    gaps = means - means.T @ counts / len(x)
    within = total - (gaps.T * counts) @ gaps / (len(x) - 1)
    ridge(within, RIDGE, wide[0].shape[1], variance)
    weights = np.linalg.solve(within, means.T)
    offsets = np.log(counts / len(x)) - (means.T * weights).sum(axis=0) / 2
    parts = []
    for block in blocks(y):
        logits = block.astype(np.float64) @ weights + offsets
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        parts.append(powers / powers.sum(axis=1, keepdims=True))
    return np.concatenate(parts)
