"""Sinkhorn divergence: entropic optimal transport of squared distances, less what it costs each corpus with itself.

The debiased form is 0 for a corpus with itself and never negative (Feydy et al. 2019). At most 512 rows of each
corpus are looked at, since memory and time grow with their product.
"""

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, np
from isogloss.core.vectors import SINGLE
from isogloss.measures._vectors import difference, pair, sampled, spread, squares

SAMPLE = 512
BLUR = 0.1
"""Entropic regularisation, as a share of the mean cost between the corpora."""
STEPS, TOLERANCE, CHECK = 1000, 1e-4, 5
"""The dual value is flat where it is largest: potentials that still move by 1e-4 give it to seven digits."""
RANGE = 600.0
"""Largest cost over regularisation: beyond, exp(-cost) would leave double precision, so there is more of it."""
Matrix = Float[np.ndarray, "n m"]


def compare(a: Corpus, b: Corpus) -> float:
    """The divergence, in half squared units of the vectors."""
    x, y = (spread(each, SAMPLE) for each in pair(a, b))
    across = squares(x, y) / 2
    inside = squares(x, x) / 2, squares(y, y) / 2
    largest = max(float(across.max()), *(float(each.max()) for each in inside))
    if largest <= SINGLE**2 * max(float((each * each).sum(axis=1).max()) for each in (x, y)):
        return 0.0  # all vectors are the same, but for rounding
    blur = max(BLUR * float(across.mean()), largest / RANGE)
    whole = cost(across, blur)
    parts = cost(inside[0], blur) / 2, cost(inside[1], blur) / 2
    return difference(whole - sum(parts), max(whole, *parts))


def cost(costs: Matrix, blur: float) -> float:
    """Entropic transport between uniform weights: the dual value, by Sinkhorn's iteration with averaged steps.

    Both sides move at once, so that exchanging the corpora exchanges the potentials and nothing else.
    """
    kernel = np.exp(-costs / blur)
    u, v = np.ones(kernel.shape[0]), np.ones(kernel.shape[1])
    for step in range(STEPS):
        ahead, behind = np.sqrt(u / (kernel @ v / len(v))), np.sqrt(v / (kernel.T @ u / len(u)))
        before, u, v = (u, v), ahead, behind
        if step % CHECK == 0 and all(
            np.abs(np.log(new / old)).max() < TOLERANCE for new, old in zip((u, v), before, strict=True)
        ):
            break
    return blur * (float(np.log(u).mean()) + float(np.log(v).mean()))


MEASURE = Measure(
    name="sinkhorn",
    title="Sinkhorn divergence",
    family="distributional",
    compare=compare,
    needs=("vectors",),
    unit="half squared embedding distance",
    bounds=(0.0, float("inf")),
    method=sampled(SAMPLE),
    cite="Feydy et al. 2019",
)
