"""OTDD: optimal transport of labelled examples; moving a label costs what it costs to move its class, as a Gaussian.

Transport is exact (an assignment), so a corpus lies at 0 from itself; entropic versions do not. That asks for equal
numbers of examples: at most 300 of each, on at most 32 principal components of both corpora together.
"""

from isogloss.core.measure import Corpus, Measure
from isogloss.core.typing import Float, Int, np
from isogloss.measures._gaussians import root, transport
from isogloss.measures._labels import labels_of
from isogloss.measures._vectors import apart, pair, ranks, squares, thin

SAMPLE = 300
COMPONENTS = 32
Vectors = Float[np.ndarray, "_ d"]


def compare(a: Corpus, b: Corpus) -> float:
    """The distance, in the units of the vectors."""
    from scipy.optimize import linear_sum_assignment

    x, y = _reduced(*pair(a, b))
    first, second = labels_of(a), labels_of(b)
    between = _between(x, first, y, second)
    count = min(len(x), len(y), SAMPLE)
    rows, columns = _even(x, count), _even(y, count)
    costs = squares(x[rows], y[columns]) + between[first[rows][:, None], second[columns]]
    return apart(float(np.sqrt(costs[linear_sum_assignment(costs)].mean())), a, b)


def _reduced(x: Vectors, y: Vectors) -> "tuple[Float[np.ndarray, '_ k'], Float[np.ndarray, '_ k']]":
    """Both on the leading principal components of their common second moments; each corpus counts the same."""
    from scipy.linalg import eigh

    x, y = (each.astype(np.float64) for each in thin(x, y))

    if x.shape[1] <= COMPONENTS:
        return x, y
    centre = (x.mean(axis=0) + y.mean(axis=0)) / 2
    x, y = x - centre, y - centre
    width = x.shape[1]
    _, axes = eigh(x.T @ x / len(x) + y.T @ y / len(y), subset_by_index=[width - COMPONENTS, width - 1])
    return x @ axes, y @ axes


def _between(
    x: Vectors, first: Int[np.ndarray, "n"], y: Vectors, second: Int[np.ndarray, "m"]
) -> Float[np.ndarray, "k l"]:
    """Squared 2-Wasserstein distances between the classes of both corpora."""
    ours, theirs = _classes(x, first), _classes(y, second)
    return np.array([[transport(*one, *other) for other in theirs] for one in ours])


def _classes(x: Vectors, labels: Int[np.ndarray, "n"]) -> list[tuple[Float[np.ndarray, "d"], Float[np.ndarray, "d d"]]]:
    found = []
    for label in range(int(labels.max()) + 1):
        rows = x[labels == label]
        centred = rows - rows.mean(axis=0)
        found.append((rows.mean(axis=0), root(centred.T @ centred / len(rows))))
    return found


def _even(x: Vectors, count: int) -> Int[np.ndarray, "c"]:
    order = ranks(x)
    return order[((np.arange(count) + 0.5) * len(order) / count).astype(np.int64)]


def _method(a: Corpus, b: Corpus) -> str:
    count = min(len(a), len(b), SAMPLE)
    return f"assignment of {count} + {count}, at most {COMPONENTS} principal components"


MEASURE = Measure(
    name="otdd",
    title="OTDD",
    family="label-aware",
    compare=compare,
    needs=("vectors", "labels"),
    unit="embedding distance",
    bounds=(0.0, float("inf")),
    method=_method,
    cite="Alvarez-Melis & Fusi 2020",
)
