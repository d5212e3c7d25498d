"""Vectors an encoder gave: how long they are, what among their digits is rounding, and what is left without a mean."""

from math import isfinite

from isogloss.core.errors import MetricError
from isogloss.core.typing import Float, np

SINGLE = 1e-6
"""Encoders compute in single precision: a smaller share of the numbers that something is computed from is rounding."""
BLOCK = 8192
"""Rows read at once: 48 MiB of 768 doubles."""


def length(rows: Float[np.ndarray, "n d"]) -> float:
    """The root mean square length of rows, read in blocks: NaN or infinite if a number is, 0 only if all are 0."""
    if not rows.size:
        return 0.0
    places = [slice(begin, begin + BLOCK) for begin in range(0, len(rows), BLOCK)]
    with np.errstate(all="ignore"):
        total = float(sum(np.vdot(block, block) for block in (np.asarray(rows[at]) for at in places)))
        if 1e-30 < total < 1e30:
            return float(np.sqrt(total / len(rows)))
    # Squares may have left the precision where the numbers have not.
    largest = [float(np.abs(np.asarray(rows[at], np.float64)).max()) for at in places]
    scale = max(largest) if all(map(isfinite, largest)) else float("nan")
    if not scale > 0:
        return scale
    scaled = (np.asarray(rows[at], np.float64) / scale for at in places)
    return scale * float(np.sqrt(sum(float(np.vdot(block, block)) for block in scaled) / len(rows)))


def centred(vectors: Float[np.ndarray, "n d"], middle: Float[np.ndarray, "d"]) -> Float[np.ndarray, "n d"]:
    """Vectors less a mean. Raises MetricError where nothing but rounding is left: then all of them were the same."""
    moved = vectors - middle
    if length(moved) <= SINGLE * length(vectors):
        raise MetricError("all vectors are the same, but for rounding: nothing is left of them without their mean.")
    return np.asarray(moved)
