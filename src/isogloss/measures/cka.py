"""Linear CKA: how much translations vary alike, whatever the axes. 1 is the same up to rotation and scale."""

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import np
from isogloss.core.vectors import BLOCK
from isogloss.measures._vectors import check_varies, mean, pair, thin


def compare(a: Corpus, b: Corpus) -> float:
    """|Y'X|² / (|X'X| |Y'Y|), Frobenius, of centred vectors."""
    (x,), (y,) = (thin(each) for each in pair(a, b))
    first, second = mean(x), mean(y)
    width = x.shape[1]
    crosses = [np.zeros((width, width)) for _ in range(3)]
    for begin in range(0, len(x), BLOCK):
        left = np.asarray(x[begin : begin + BLOCK], np.float64) - first
        right = np.asarray(y[begin : begin + BLOCK], np.float64) - second
        for total, (one, other) in zip(crosses, ((right, left), (left, left), (right, right)), strict=True):
            total += one.T @ other
    for products, centre in zip(crosses[1:], (first, second), strict=True):
        check_varies(float(np.trace(products)) / len(x), centre)
    across, ours, theirs = (float(np.linalg.norm(each)) for each in crosses)
    return across**2 / (ours * theirs)


MEASURE = Measure(
    name="cka",
    title="linear CKA",
    family="alignment",
    compare=compare,
    needs=("vectors",),
    unit="similarity",
    bounds=(0.0, 1.0),
    direction="similarity",
    scope="target",
    parallel=True,
    cite="Kornblith et al. 2019",
)
